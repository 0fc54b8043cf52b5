"""A row that others wrote, past every CHECK: what no aggregate can hold is named by table, row and column.

The superuser writes it into a database whose CHECKs were dropped; the control is that the CHECKs refuse it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.support.constants import TENANT
from tests.support.hostile_json import json_fields
from tests.support.stored import new_contact
from tests.support.subjects import only
from ventros import Database, NotFound, UnitOfWork
from ventros.demo.seed import Seed
from ventros.kernel.errors import MappingError
from ventros.testing import Subject

TIMES = ("20000-01-01", "0044-03-15 BC", "infinity", "-infinity")
ARRAYS = {"text[]": ("{a,NULL}", "{{a},{b}}"), "uuid[]": ("{NULL}",)}
COLUMNS = """
SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
 WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
   AND (atttypid = 'timestamptz'::regtype OR format_type(atttypid, NULL) LIKE '%%[]') ORDER BY attnum
"""


def columns(superuser: psycopg.Connection, table: str) -> list[tuple[str, str]]:
    """Times and arrays of a table, each with its values that no aggregate can hold."""
    found = superuser.execute(COLUMNS, [table]).fetchall()
    return [(name, value) for name, kind in found for value in ARRAYS.get(kind, TIMES)]


def drop_checks(superuser: psycopg.Connection, table: str) -> None:
    for (name,) in superuser.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", [table]
    ).fetchall():
        superuser.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name))
        )


@contextmanager
def spoiled(superuser: psycopg.Connection, table: str, id_: Any, column: str, value: str) -> Iterator[None]:
    """The row with that value, and afterwards with its own."""
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
    before = superuser.execute(
        sql.SQL("SELECT {column}::text FROM {table} WHERE id = %s").format(**names), [id_]
    ).fetchone()
    assert before is not None
    superuser.execute("SET session_replication_role = replica")  # past the version guard
    update = sql.SQL("UPDATE {table} SET {column} = %s WHERE id = %s").format(**names)
    superuser.execute(update, [value, id_])
    yield
    superuser.execute(update, [before[0], id_])
    superuser.execute("SET session_replication_role = origin")


def table_of(subject: Subject) -> str:
    return subject.repository(subject.unit()).INSERT.path.stem


async def test_what_no_aggregate_can_hold_is_named_by_table_row_and_column(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    added, table = await subject.stored(), table_of(subject)
    drop_checks(superuser, table)
    for column, value in columns(superuser, table):
        with spoiled(superuser, table, added.id, column, value):
            async with subject.unit() as uow:
                repository = subject.repository(uow)
                if column == "deleted_at":  # it is for nobody to read
                    with pytest.raises(NotFound):
                        await repository.get(added.id)
                    continue
                for read in reads(repository, added.id):
                    with pytest.raises(MappingError) as caught:
                        await read
                    error = caught.value
                    assert (error.table, error.id, error.column) == (table, added.id, column), (column, value)
                    assert f"row {added.id} of {table} is not valid: {column}" in str(error)
    assert await subject.load(added.id) == added, "in the same pool"


def reads(repository: Any, id_: Any) -> Iterator[Any]:
    yield repository.get(id_)
    yield repository.get_many([id_])
    if hasattr(repository, "page"):
        yield repository.page()


async def test_control_the_checks_refuse_each_of_them(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    added, table = await subject.stored(), table_of(subject)
    for column, value in columns(superuser, table):
        with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.FeatureNotSupported)):
            superuser.execute(
                sql.SQL("UPDATE {} SET {} = %s, version = version + 1 WHERE id = %s").format(
                    sql.Identifier(table), sql.Identifier(column)
                ),
                [value, added.id],
            )


CHILDREN = {
    "campaign": "campaign_steps",
    "sequence": "sequence_steps",
    "pipeline": "pipeline_custom_fields",
    "contact_list": "contact_list_filters",
}


@only(lambda factory: factory.resource in CHILDREN)
async def test_so_is_the_row_of_a_child(subject: Subject, superuser: psycopg.Connection) -> None:
    assert subject.factory.change_child is not None
    added = await subject.stored()
    saved = await subject.save(subject.factory.change_child(added, added.created_at))
    table = CHILDREN[subject.factory.resource]
    drop_checks(superuser, table)
    ids = superuser.execute(sql.SQL("SELECT id FROM {}").format(sql.Identifier(table))).fetchall()
    for column, value in columns(superuser, table):
        with spoiled(superuser, table, ids[0][0], column, value):
            with pytest.raises(MappingError) as caught:
                await subject.load(saved.id)
            assert (caught.value.table, caught.value.id, caught.value.column) == (table, ids[0][0], column)


async def test_the_transaction_and_its_connection_are_as_good_as_before(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    good, bad = new_contact(seed), new_contact(seed)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(good)
        await uow.contacts.add(bad)
        await uow.commit()
    drop_checks(superuser, "contacts")
    with spoiled(superuser, "contacts", bad.id, "updated_at", "20000-01-01"):
        async with db.unit_of_work(TENANT) as uow:
            with pytest.raises(MappingError):
                await uow.contacts.page()
            loaded = await uow.contacts.get(good.id)
            assert loaded.created_at == good.created_at
            await uow.contacts.save(loaded.rename("Bea", now=good.created_at))
            await uow.commit()
    async with db.unit_of_work(TENANT) as uow:
        assert (await uow.contacts.get(good.id)).name == "Bea"


async def test_so_is_json_that_python_cannot_read(subject: Subject, superuser: psycopg.Connection) -> None:
    """What is nested too deep for its decoder, and for a field of any JSON a number beyond every float."""
    added, table = await subject.stored(), table_of(subject)
    drop_checks(superuser, table)
    documents = superuser.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND atttypid = 'jsonb'::regtype",
        [table],
    )
    for (column,) in documents.fetchall():
        numbers = [f'{{"a": 1{400 * "0"}}}'] if column in json_fields(type(added)) else []
        for value in ('{"a": ' * 4000 + "1" + "}" * 4000, *numbers):
            with spoiled(superuser, table, added.id, column, value):
                with pytest.raises(MappingError) as caught:
                    await subject.load(added.id)
                error = caught.value
                assert (error.table, error.id, error.column) == (table, added.id, column)
