"""What the library sent is found again in pg_stat_statements, statement by statement, and nothing else is."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.counted_work import SHAPE, work
from tests.support.library import LIBRARY
from tests.support.program import ventros
from ventros import CRM, Database, Settings, UnitOfWork, roles
from ventros.audit.statistics import Reconciliation, entries, reconcile
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.run import run_both
from ventros.demo.seed import seed_tenant
from ventros.demo.stream import make_stream
from ventros.devserver import DevServer
from ventros.kernel.errors import ConfigurationError
from ventros.values import CustomField, CustomFieldType

OTHER = "other_app"
AD_HOC = "SELECT count(*) FROM contacts WHERE name = 'Ada'"


@pytest.fixture
def other_dsn(dsn: str, server: DevServer, owner_dsn: str, superuser: psycopg.Connection) -> Iterator[str]:
    """The app by another name: what it sends is not held against the app when all tests are over."""
    superuser.execute(f"CREATE ROLE {OTHER} LOGIN PASSWORD 'open'".encode())
    roles.set_up(owner_dsn, CRM, roles.Roles(app=OTHER))
    yield dsn.replace(f"{roles.APP}:{server.passwords[roles.APP]}", f"{OTHER}:open")
    superuser.execute(f"DROP OWNED BY {OTHER}".encode())
    superuser.execute(f"DROP ROLE {OTHER}".encode())


@pytest.fixture
async def other_db(other_dsn: str) -> AsyncIterator[Database[UnitOfWork]]:
    async with await Database.open(UnitOfWork, other_dsn) as db:
        yield db


def reconciled(owner_dsn: str, role: str) -> Reconciliation:
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        return reconcile(connection, LIBRARY, entries(connection, role))


async def test_each_statement_is_found_by_its_id_and_a_list_by_its_name(
    other_db: Database[UnitOfWork], owner_dsn: str
) -> None:
    seed = await seed_tenant(other_db, TENANT, "acme-phone", NOW)
    await work(other_db, seed)
    reconciliation = reconciled(owner_dsn, OTHER)
    counted = {statement.name: entry for statement, entry in reconciliation.known}
    assert {"contacts.insert", "contacts.get", "contacts.update", SHAPE} <= set(counted)
    assert (counted["contacts.get"].calls, counted["contacts.get"].rows) == (2, 2)
    assert counted["contacts.update"].wal_bytes > 0
    assert counted["contacts.get"].shared_hits > 0
    assert reconciliation.unknown == []
    never = {statement.name for statement in reconciliation.never_ran}
    assert "contacts.delete" in never
    assert not never & set(counted)


async def test_a_statement_that_has_two_ids_is_one(
    other_dsn: str, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    """A prepared statement is analysed again when its table was altered: to the server it is another then."""
    async with await Database.open(UnitOfWork, other_dsn, Settings(max_size=1)) as db:
        seed = await seed_tenant(db, TENANT, "acme-phone", NOW)
        contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        async with db.unit_of_work(TENANT) as uow:
            await uow.commit(contact)
        for number in range(4):
            async with db.unit_of_work(TENANT) as uow:
                field = CustomField("size", CustomFieldType.NUMBER, number)
                await uow.contact_custom_fields.set(contact.id, field, now=NOW)
                await uow.commit()
            if number == 0:
                superuser.execute("ALTER TABLE contact_custom_fields SET (fillfactor = 90)")
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        executed = entries(connection, OTHER)
        reconciliation = reconcile(connection, LIBRARY, executed)
    entered = [entry for entry in executed if "/* contact_custom_fields.set */" in entry.text]
    assert sorted(entry.calls for entry in entered) == [1, 3]
    (both,) = [
        entry for statement, entry in reconciliation.known if statement.name == "contact_custom_fields.set"
    ]
    assert both.calls == 4
    assert reconciliation.unknown == []


async def test_one_query_that_is_no_statement_is_found(
    other_db: Database[UnitOfWork], owner_dsn: str
) -> None:
    """It has a statement's name at its end, and is none the less none."""
    seed = await seed_tenant(other_db, TENANT, "acme-phone", NOW)
    await work(other_db, seed)
    async with other_db.unit_of_work(TENANT) as uow:
        await uow.connection.control("SAVEPOINT ventros")
        await uow.connection.driver.fetchval(f"{AD_HOC}\n/* contacts.get */")
        await uow.connection.driver.execute("SET LOCAL search_path = elsewhere")
    texts = {entry.text.split("=")[0].strip() for entry in reconciled(owner_dsn, OTHER).unknown}
    assert texts == {"SELECT count(*) FROM contacts WHERE name", "SET LOCAL search_path"}


async def test_the_commands_say_it(other_db: Database[UnitOfWork], owner_dsn: str) -> None:
    seed = await seed_tenant(other_db, TENANT, "acme-phone", NOW)
    await work(other_db, seed)
    clean = ventros("sql", "reconcile", "--dsn", owner_dsn, "--app-role", OTHER)
    assert (clean.returncode, "unknown, " in clean.stdout) == (0, False)
    assert "never ran: contacts.delete\n" in clean.stdout
    assert "0 unknown texts" in clean.stderr

    stats = json.loads(ventros("sql", "stats", "--json", database=owner_dsn).stdout)
    (get,) = [stat for stat in stats if stat["name"] == "contacts.get"]
    assert list(get) == [
        *("name", "calls", "percent", "mean_ms", "spread_ms", "max_ms", "rows", "shared_hits", "wal_bytes")
    ]
    assert get["max_ms"] >= get["mean_ms"] - 0.1
    assert 0 < sum(stat["percent"] for stat in stats) <= 101
    assert get["calls"] == 2
    assert "contacts.update" in ventros("sql", "stats", "--role", OTHER, database=owner_dsn).stdout

    async with other_db.unit_of_work(TENANT) as uow:
        await uow.connection.control("SAVEPOINT ventros")
        await uow.connection.driver.fetchval(AD_HOC)
    reported = ventros("sql", "reconcile", "--dsn", owner_dsn, "--app-role", OTHER)
    assert reported.returncode == 1
    assert "unknown, 1 calls: SELECT count(*) FROM contacts WHERE name = $1" in reported.stdout


def test_who_may_not_read_the_statistics_is_told(
    server: DevServer, superuser: psycopg.Connection, other_dsn: str
) -> None:
    """Else all would look known: the server shows a role without the right no text and no id."""
    refused = ventros("sql", "reconcile", "--dsn", other_dsn)
    assert refused.returncode == 2
    assert "pg_read_all_stats" in refused.stderr
    with pytest.raises(ConfigurationError, match="log in as another than other_app"):
        reconciled(other_dsn, OTHER)
    superuser.execute("DROP EXTENSION pg_stat_statements")
    with pytest.raises(ConfigurationError, match="CREATE EXTENSION pg_stat_statements"):
        reconciled(server.owner_dsn(superuser.info.dbname), OTHER)


@pytest.mark.parametrize("command", [("reconcile", "--app-role"), ("stats", "--role")])
def test_what_was_not_counted_is_no_clean_bill(
    server: DevServer, superuser: psycopg.Connection, owner_dsn: str, other_dsn: str, command: tuple[str, str]
) -> None:
    """No such role, nothing counted, counting switched off for the role, or for the whole server."""
    name, option = command

    def refused(role: str) -> str:
        done = ventros("sql", name, option, role, "--dsn", owner_dsn)
        assert (done.returncode, done.stdout) == (2, "")
        return done.stderr

    assert "there is no role nobody: name the one that services log in as" in refused("nobody")
    assert f"nothing of {OTHER} was counted since " in refused(OTHER)
    with psycopg.connect(other_dsn) as connection:
        connection.execute("SELECT 1")
    done = ventros("sql", name, option, OTHER, "--dsn", owner_dsn)
    assert done.returncode == (1 if name == "reconcile" else 0)
    assert "counted since " in done.stderr
    superuser.execute(f"ALTER ROLE {OTHER} SET pg_stat_statements.track = 'none'".encode())
    assert "pg_stat_statements.track is none: ALTER SYSTEM" in refused(OTHER)
    superuser.execute(f"ALTER ROLE {OTHER} RESET ALL".encode())


SUITE = Path(__file__).parents[1]


def test_a_test_that_sends_its_own_sql_as_the_app_fails_the_whole_run() -> None:
    """The control of the check in conftest.py, which stands at the end of every run."""
    chosen = "kernel/transaction/test_unit_of_work.py::test_without_commit_nothing_is_stored"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "tests.support.ad_hoc_query", SUITE / chosen],
        env=dict(os.environ),
        cwd=SUITE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert re.search(r"^1 passed, 1 error in", done.stdout, re.MULTILINE), done.stdout + done.stderr
    assert "the app executed what is no statement" in done.stdout
    assert "SELECT $1 AS ad_hoc" in done.stdout


async def test_the_demonstration_sends_nothing_else() -> None:
    """Its control, no part of the library, does not log in as the app; who consumes its events does."""
    stream = make_stream(("bakery-phone", "garage-phone"), messages=60, contacts=3, seed=1)
    with DevServer(durable=False, statistics=True) as server:
        await run_both(server, stream, workers=4, on_record=lambda _record: None)
        checked = reconciled(server.owner_dsn("checked"), roles.APP)
        assert checked.unknown == []
        assert "sessions.update_or_fail" in {statement.name for statement, _ in checked.known}
        consumed = reconciled(server.owner_dsn("control"), roles.APP)
        assert consumed.unknown == []
        tables = {statement.name.partition(".")[0] for statement, _ in consumed.known}
        assert tables == {"processed_events", "expected_events", "commit_markers"}
        # The control of this test: held against the owner, the saves without a check are seen.
        control = reconciled(server.superuser_dsn("control"), roles.OWNER)
        unguarded = [entry.text for entry in control.unknown]
        assert any("$3::integer IS NOT NULL" in text for text in unguarded)
