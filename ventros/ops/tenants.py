"""A tenant is forgotten: the owner of the tables deletes every row of it, and proves that none is left.

How, and what is not touched: ``docs/tenants.md``.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, TypeVar

import attrs
import psycopg
from psycopg import sql

from ventros import administration
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.validators import tenant_id
from ventros.ops.tenant_tables import Reference, Table, in_order, read_references, read_tables

_Result = TypeVar("_Result")

BATCH = 2_000
"""Rows that one transaction deletes of a table; of a partitioned one, of each partition."""

_ATTEMPTS = 30
_BOUNDS: LiteralString = (
    "SET LOCAL lock_timeout = '500ms'; SET LOCAL statement_timeout = 0; SET LOCAL row_security = on"
)
_DELETE: LiteralString = """
DELETE FROM {table}
 WHERE {match} AND ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {match} LIMIT %(batch)s))
"""
_PASSES = 10
_BUSY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


@attrs.frozen(kw_only=True)
class Holdings:
    """``rows`` by table, empty ones included; ``kept`` by table without tenants, the keys referred to.

    What is kept may be referred to by other tenants, which only a superuser can see.
    """

    rows: Mapping[str, int]
    kept: Mapping[str, Sequence[str]]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


@attrs.frozen(kw_only=True)
class Forgotten:
    """``before`` is what was found, ``erased`` the rows deleted, ``left`` those found afterwards, by table.

    More may be erased than was found: a history records deletions, and is erased with them. ``refusals`` are
    what the server said where it would not delete.
    """

    before: Holdings
    erased: Mapping[str, int]
    left: Mapping[str, int]
    refusals: Sequence[str]


def holdings(dsn: str, tenant: str) -> Holdings:
    """What the database holds of ``tenant``. Raises as :func:`forget`."""
    with _connection(dsn, tenant) as connection:
        return _holdings(connection, tenant, read_tables(connection), read_references(connection))


def forget(
    dsn: str,
    tenant: str,
    *,
    batch: int = BATCH,
    found: Callable[[Holdings], None] = lambda _holdings: None,
    report: Callable[[str, int], None] = lambda _table, _rows: None,
) -> Forgotten:
    """Delete every row of ``tenant`` of every table with a ``tenant_id``, in transactions of ``batch`` rows.

    Tables that refer come before those that they refer to; of tables in a ring, and of one that refers to
    itself, all rows go in one statement. ``found`` is told what there is before any of it is deleted: nothing
    tells afterwards what is kept. ``report`` is called with each table and the rows deleted there, once a
    pass is done with it. What is cut short may be run again.

    To be run by the owner of the tables, once nobody works for the tenant any more: what is written meanwhile
    may be told as left. Raises ValidationError when ``tenant`` is no tenant's id, ConfigurationError when the
    database is not migrated, a table is not the caller's, or one stays in use.
    """
    with _connection(dsn, tenant) as connection:
        tables, references = read_tables(connection), read_references(connection)
        before = _holdings(connection, tenant, tables, references)
        found(before)
        order = in_order([table for table in tables if table.erasable], references)
        erased: Counter[str] = Counter()
        refusals: list[str] = []
        for _ in range(_PASSES if before.total else 0):
            refusals, deleted = [], Counter[str]()
            for group in order:
                looped = any({one.child, one.parent} <= {table.oid for table in group} for one in references)
                counts: Counter[str] = Counter()
                try:
                    for rows in _batches(connection, tenant, group, None if looped else batch):
                        counts.update(rows)
                except psycopg.OperationalError:
                    raise
                except psycopg.DatabaseError as error:
                    names = ", ".join(table.name for table in group)
                    refusals.append(f"{names}: {administration.message(error)}")
                deleted += counts
                for table in group:
                    if counts[table.name] > batch:
                        _vacuum(connection, table)
                for name, number in (+counts).items():
                    report(name, number)
            erased += deleted
            if not deleted:
                break
        left = {name: rows for name, rows in _count(connection, tenant, tables).items() if rows}
    return Forgotten(before=before, erased=erased, left=left, refusals=refusals)


def _batches(
    connection: psycopg.Connection, tenant: str, group: Sequence[Table], batch: int | None
) -> Iterator[dict[str, int]]:
    """Rows deleted by table, until there are none. Without a ``batch`` all go at once."""
    if batch is None:
        yield _delete_together(connection, tenant, group)
        return
    (table,) = group
    while rows := _delete(connection, tenant, table, batch):
        yield {table.name: rows}


def _delete(connection: psycopg.Connection, tenant: str, table: Table, batch: int) -> int:
    text = sql.SQL(_DELETE).format(table=table.identifier, match=table.match)

    def work() -> int:
        with _suspended(connection, [table] if table.keeps else [], [table]):
            return connection.execute(text, {"tenant": tenant, "batch": batch}).rowcount

    return _transaction(connection, tenant, work)


def _delete_together(connection: psycopg.Connection, tenant: str, group: Sequence[Table]) -> dict[str, int]:
    """In one statement: foreign keys are checked at its end, when none of the rows is there any more."""
    one: LiteralString = "{name} AS (DELETE FROM {table} WHERE {match} RETURNING 1)"
    names = [sql.Identifier(f"deleted_{number}") for number in range(len(group))]
    deletes = [
        sql.SQL(one).format(name=name, table=table.identifier, match=table.match)
        for name, table in zip(names, group, strict=True)
    ]
    counts = [sql.SQL("(SELECT count(*) FROM {})").format(name) for name in names]
    text = sql.SQL("WITH {} SELECT {}").format(sql.SQL(", ").join(deletes), sql.SQL(", ").join(counts))

    def work() -> dict[str, int]:
        with _suspended(connection, [table for table in group if table.keeps], group):
            (rows,) = connection.execute(text, {"tenant": tenant})
            return dict(zip([table.name for table in group], rows, strict=True))

    return _transaction(connection, tenant, work)


def _vacuum(connection: psycopg.Connection, table: Table) -> None:
    """Else each row that it referred to is looked up among all of the rows that are dead."""
    text: LiteralString = "VACUUM (ANALYZE, INDEX_CLEANUP ON, TRUNCATE OFF, SKIP_LOCKED) {}"
    connection.execute("SET statement_timeout = 0")
    connection.execute(sql.SQL(text).format(table.identifier))


def _holdings(
    connection: psycopg.Connection, tenant: str, tables: Sequence[Table], references: Sequence[Reference]
) -> Holdings:
    by_oid = {table.oid: table for table in tables}
    text: LiteralString = (
        "SELECT DISTINCT concat_ws(', ', {key}) FROM {table} WHERE {match} AND ({key}) IS NOT NULL"
    )
    kept: dict[str, set[str]] = {}
    for one in references:
        if one.child in by_oid and one.parent not in by_oid:
            key = sql.SQL(", ").join(map(sql.Identifier, one.columns))
            rows = _read(connection, tenant, by_oid[one.child], text, key=key)
            kept.setdefault(one.table, set()).update(str(value) for (value,) in rows)
    return Holdings(
        rows=_count(connection, tenant, tables),
        kept={name: sorted(keys) for name, keys in sorted(kept.items()) if keys},
    )


def _count(connection: psycopg.Connection, tenant: str, tables: Sequence[Table]) -> dict[str, int]:
    text: LiteralString = "SELECT count(*) FROM {table} WHERE {match}"
    counts = {}
    for table in tables:
        ((counts[table.name],),) = _read(connection, tenant, table, text)
    return counts


def _read(
    connection: psycopg.Connection, tenant: str, table: Table, text: LiteralString, **parts: sql.Composable
) -> list[tuple[Any, ...]]:
    query = sql.SQL(text).format(table=table.identifier, match=table.match, **parts)

    def work() -> list[tuple[Any, ...]]:
        with _suspended(connection, [table] if table.hides else []):
            return connection.execute(query, {"tenant": tenant}).fetchall()

    return _transaction(connection, tenant, work)


@contextmanager
def _suspended(
    connection: psycopg.Connection, secured: Sequence[Table], guarded: Sequence[Table] = ()
) -> Iterator[None]:
    """Until the transaction's end at most, and for it alone: FORCE ROW LEVEL SECURITY and append-only guards.

    Both lock the table against everybody.
    """
    for table in secured:
        _alter(connection, "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY", table.identifier)
    triggers = [
        (table.identifier, sql.Identifier(name), state)
        for table in guarded
        for name, state in table.guards.items()
    ]
    for identifier, trigger, _state in triggers:
        _alter(connection, "ALTER TABLE {} DISABLE TRIGGER {}", identifier, trigger)
    yield
    if secured or triggers:  # no table is altered while it has checks to come
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for identifier, trigger, state in triggers:
        always: LiteralString = "ALTER TABLE {} ENABLE ALWAYS TRIGGER {}"
        enable: LiteralString = "ALTER TABLE {} ENABLE TRIGGER {}"
        _alter(connection, always if state == "A" else enable, identifier, trigger)
    for table in secured:
        _alter(connection, "ALTER TABLE {} FORCE ROW LEVEL SECURITY", table.identifier)


def _alter(connection: psycopg.Connection, text: LiteralString, *names: sql.Identifier) -> None:
    connection.execute(sql.SQL(text).format(*names))


def _transaction(connection: psycopg.Connection, tenant: str, work: Callable[[], _Result]) -> _Result:
    """``work`` in a transaction of its own, from the start when somebody else holds a lock for too long."""
    for attempt in range(_ATTEMPTS):
        try:
            with connection.transaction():
                connection.execute(_BOUNDS)
                connection.execute("SELECT set_config('app.tenant_id', %s, true)", [tenant])
                return work()
        except _BUSY as error:
            if attempt == _ATTEMPTS - 1:
                raise ConfigurationError(
                    f"a table stays in use: {administration.message(error)}; what was erased stays erased, "
                    "run it again for the rest"
                ) from error
            time.sleep(random.uniform(0.05, 0.5))  # noqa: S311 - so that two do not meet again
    raise AssertionError


@contextmanager
def _connection(dsn: str, tenant: str) -> Iterator[psycopg.Connection]:
    tenant_id(tenant)
    with administration.connect(administration.parameters(dsn)) as connection:
        connection.prepare_threshold = None  # each plan is for this tenant
        try:
            yield connection
        except psycopg.Error as error:
            raise ConfigurationError(
                f"the server refused: {administration.message(error)}; what was erased stays erased, run it "
                "again for the rest"
            ) from error
