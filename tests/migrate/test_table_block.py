"""The block that docs/tables.md gives for a versioned table does what it says, in whichever schema."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar
from uuid import UUID

import psycopg
import pytest

from tests.support.constants import TENANT
from tests.support.migrations import write
from ventros import CRM, KERNEL, Application, Catalogue, ConfigurationError
from ventros.devserver import DevServer
from ventros.kernel.repository import Repository
from ventros.kernel.transaction.held import Held
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.migrate import migrate, rollback
from ventros.ops import history

PAGE = Path(__file__).parents[2] / "docs" / "tables.md"
ID = UUID(int=1)
GET = """
-- name: {table}.get
-- why: an invoice by its id
-- params: tenant_id text, id uuid
-- rows: maybe
-- returns: id uuid
SELECT id FROM {table} WHERE tenant_id = $1 AND id = $2;
"""


def block(table: str) -> str:
    text = PAGE.read_text(encoding="utf-8").partition("```sql\n")[2].partition("```")[0]
    return re.sub(r"\binvoices\b", table, text)


@pytest.fixture(params=["public", "invoicing"])
def invoicing(request: pytest.FixtureRequest, tmp_path: Path) -> Application:
    """An application with that table, whose name is a secret."""
    schema = request.param
    table = "invoices" if schema == "public" else f"{schema}.invoices"
    write(tmp_path, "0001.create-invoices", block(table), f"DROP TABLE IF EXISTS {table};")
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "invoices.sql").write_text(GET.format(table=table))
    catalogue = Catalogue(tmp_path / "sql", schema)

    class Invoices(Repository):  # type: ignore[type-arg]
        resource = "invoice"
        mapper = SimpleNamespace(COLUMNS=("tenant_id", "id", "version", "name", "created_at", "updated_at"))
        TABLE = catalogue.table("invoices")
        SECRET_COLUMNS = ("name",)

    class InvoicingUnitOfWork(UnitOfWork):
        REPOSITORIES: ClassVar = {"invoice": "invoices"}
        invoices = Held(Invoices)

    return Application(
        name="invoicing",
        statements=catalogue,
        migrations=tmp_path,
        unit_of_work=InvoicingUnitOfWork,
        stands_on=(KERNEL,),
    )


@pytest.fixture
def table(invoicing: Application, server: DevServer, superuser: psycopg.Connection, owner_dsn: str) -> str:
    """The table's name in SQL, with one row in it at version 1."""
    schema = invoicing.statements.schema
    superuser.execute(f"CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION ventros_owner".encode())
    migrate(owner_dsn, invoicing)
    name = "invoices" if schema == "public" else f"{schema}.invoices"
    superuser.execute(f"INSERT INTO {name} VALUES ('{TENANT}', '{ID}', 1, 'Ada', now(), now())".encode())  # noqa: S608
    return name


def test_tenant_and_version_are_guarded(table: str, owner_dsn: str, superuser: psycopg.Connection) -> None:
    with psycopg.connect(owner_dsn) as owner:
        with pytest.raises(psycopg.DatabaseError) as caught, owner.transaction():
            owner.execute(f"SELECT * FROM {table}".encode())  # noqa: S608
        assert caught.value.sqlstate == "VT001"
        owner.execute("SET LOCAL app.tenant_id = 'umbrella'")
        assert owner.execute(f"SELECT * FROM {table}".encode()).fetchall() == []  # noqa: S608
        owner.execute(f"SET LOCAL app.tenant_id = '{TENANT}'".encode())
        with pytest.raises(psycopg.DatabaseError) as caught, owner.transaction():
            owner.execute(f"UPDATE {table} SET name = 'Bea'".encode())  # noqa: S608
        assert (caught.value.sqlstate, caught.value.diag.table_name) == ("VT002", "invoices")
        stepped = owner.execute(f"UPDATE {table} SET name = 'Bea', version = version + 1".encode())  # noqa: S608
        assert stepped.rowcount == 1


@pytest.mark.parametrize(
    ("call", "state"),
    [
        ("ventros_not_saved(%(table)s, 'tenant_id', %(tenant)s, %(id)s, 7, NULL)", "VT010"),
        ("ventros_not_saved(%(table)s, 'tenant_id', %(tenant)s, %(id)s, 1, NULL)", "VT011"),
        ("ventros_not_saved(%(table)s, 'tenant_id', %(tenant)s, %(id)s, 1, 3)", "VT012"),
        ("ventros_not_added(%(table)s, true)", "23505"),
        ("ventros_not_added(%(table)s, false)", "VT011"),
    ],
)
def test_what_was_not_written_is_told_with_the_bare_name(
    table: str, superuser: psycopg.Connection, call: str, state: str
) -> None:
    with pytest.raises(psycopg.DatabaseError) as caught:
        superuser.execute(f"SELECT {call}".encode(), {"table": table, "tenant": TENANT, "id": ID})
    assert (caught.value.sqlstate, caught.value.diag.table_name) == (state, "invoices")
    assert table in str(caught.value.diag.message_primary)


def test_its_history_is_recorded_beside_that_of_others(
    invoicing: Application, table: str, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    history.enable(owner_dsn, CRM)
    crm = history.status(owner_dsn, CRM)
    assert crm.not_recorded == ()
    assert table not in crm.recorded
    assert history.enable(owner_dsn, invoicing) == 1
    assert history.status(owner_dsn, invoicing).recorded == (table,)
    superuser.execute(f"UPDATE {table} SET name = 'Bea', version = version + 1".encode())  # noqa: S608
    superuser.execute(f"DELETE FROM {table}".encode())  # noqa: S608
    rows = superuser.execute(
        "SELECT kind, before, after ->> 'name' FROM aggregate_history WHERE aggregate_table = %s"
        " ORDER BY aggregate_version",
        [table],
    ).fetchall()
    assert [row[0] for row in rows] == ["baseline", "update", "delete"]
    assert rows[0][2] == "***"
    assert rows[1] == ("update", {"name": "***"}, "***")
    assert history.enable(owner_dsn, invoicing) == 0
    history.disable(owner_dsn, invoicing)
    assert history.status(owner_dsn, invoicing).recorded == ()
    assert history.status(owner_dsn, CRM).recorded == crm.recorded


def test_an_owner_who_is_none_of_its_table_is_told(
    invoicing: Application, table: str, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    superuser.execute(f"ALTER TABLE {table} OWNER TO postgres".encode())
    with pytest.raises(ConfigurationError, match=f"does not own {table}, postgres does"):
        history.enable(owner_dsn, invoicing)


def test_its_rollback_leaves_nothing(invoicing: Application, table: str, owner_dsn: str) -> None:
    assert rollback(owner_dsn, invoicing) == ["invoicing/0001.create-invoices"]
    with psycopg.connect(owner_dsn) as owner:
        assert owner.execute("SELECT to_regclass(%s)", [table]).fetchone() == (None,)
