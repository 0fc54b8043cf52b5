"""The app may do what the statements do, and not one thing more; the owner migrates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from tests.support.constants import NOW, TENANT
from tests.support.library import LIBRARY
from tests.support.migrations import of
from ventros import CRM, KERNEL, Database, OptimisticLockError, UnitOfWork, roles
from ventros.audit.grants import Privilege, privileges
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import Statement
from ventros.roles import Roles

HAND = "a_hand"
SERVED = sorted({f"ventros_{statement.role}" for statement in LIBRARY.statements})


def allowed(connection: psycopg.Connection, statement: Statement) -> bool:
    """Whether the role of ``connection`` may execute it: EXPLAIN checks every privilege."""
    nothing = ", ".join(["NULL"] * len(statement.params))
    connection.execute(f"PREPARE asked AS {statement.text}".encode())
    try:
        with connection.transaction():
            connection.execute(f"EXPLAIN EXECUTE asked{f'({nothing})' if nothing else ''}".encode())
    except psycopg.errors.InsufficientPrivilege:
        return False
    finally:
        connection.execute("DEALLOCATE asked")
    return True


@pytest.fixture
def role() -> str:
    """Whose privileges the hand has."""
    return roles.APP


@pytest.fixture
def hand(superuser: psycopg.Connection, role: str) -> Iterator[psycopg.Connection]:
    """Somebody who has the role's privileges, in a transaction of the tenant; its SQL is not the role's."""
    text: LiteralString = "CREATE ROLE {} IN ROLE {}"
    superuser.prepare_threshold = None  # psycopg would deallocate ours with its own
    with superuser.transaction(force_rollback=True):
        superuser.execute(sql.SQL(text).format(sql.Identifier(HAND), sql.Identifier(role)))
        superuser.execute(f"SET LOCAL ROLE {HAND}".encode())
        superuser.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        superuser.execute("SET LOCAL app.tenant_id = 'acme'")
        yield superuser


def statements_of(role: str) -> list[Statement]:
    return [statement for statement in LIBRARY.statements if f"ventros_{statement.role}" == role]


@pytest.mark.parametrize("role", SERVED)
def test_a_role_may_execute_each_of_its_statements(hand: psycopg.Connection, role: str) -> None:
    own = statements_of(role)
    assert [statement.name for statement in own if not allowed(hand, statement)] == []


def parts(privilege: Privilege) -> Iterator[tuple[str, str]]:
    for column in privilege.columns or ("",):
        yield f"{privilege.action} ({column})" if column else privilege.action, privilege.table


@pytest.mark.parametrize(("role", "least"), [(roles.APP, 700), (roles.RELAY, 10)])
def test_each_single_privilege_is_needed_by_a_statement(
    hand: psycopg.Connection, role: str, least: int
) -> None:
    """Taken away one by one: each time there is a statement that the role may no longer execute."""
    statements = statements_of(role)
    needless = []
    count = 0
    for privilege in privileges(LIBRARY, statements):
        readers = [statement for statement in statements if privilege.table in statement.text]
        for what, table in parts(privilege):
            count += 1
            hand.execute("SAVEPOINT whole")
            hand.execute("RESET ROLE")
            hand.execute(f"REVOKE {what} ON {table} FROM {role}".encode())
            hand.execute(f"SET LOCAL ROLE {HAND}".encode())
            if all(allowed(hand, reader) for reader in readers):
                needless.append(f"{what} ON {table}")
            hand.execute("ROLLBACK TO whole")
    assert needless == []
    assert count > least


REFUSED: list[LiteralString] = [
    "CREATE TABLE mine (id integer)",
    "DROP TABLE contacts",
    "ALTER TABLE contacts DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE contacts DISABLE TRIGGER version_guard",
    "TRUNCATE contacts",
    "UPDATE contacts SET tenant_id = 'umbrella' WHERE false",
    "UPDATE contacts SET id = id WHERE false",
    "INSERT INTO contacts (version) VALUES (7)",
    "UPDATE outbox_events SET payload = '{}' WHERE false",
    "DELETE FROM outbox_events",
    "SELECT * FROM ventros_migrations",
    "SET ROLE ventros_owner",
    "SET ROLE postgres",
]


@pytest.mark.parametrize("text", REFUSED)
def test_what_no_statement_does_is_refused(hand: psycopg.Connection, text: LiteralString) -> None:
    hand.execute(f"SET SESSION AUTHORIZATION {HAND}".encode())
    with pytest.raises(psycopg.errors.InsufficientPrivilege), hand.transaction():
        hand.execute(text)


def test_the_roles_are_no_superusers_and_the_app_owns_nothing(superuser: psycopg.Connection) -> None:
    flags = superuser.execute(
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication"
        " FROM pg_roles WHERE rolname LIKE 'ventros%' ORDER BY 1"
    ).fetchall()
    assert flags == [(role, False) for role in sorted(roles.DEFAULT.all)]
    owners = superuser.execute(
        "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    ).fetchall()
    assert owners == [(roles.OWNER,)]


def test_it_may_be_run_again_and_takes_back_what_was_granted_by_hand(
    server: DevServer, superuser: psycopg.Connection
) -> None:
    def granted() -> list[tuple[object, ...]]:
        return superuser.execute(
            "SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges"
            " WHERE grantee = 'ventros_app' UNION ALL"
            " SELECT table_name, '', privilege_type FROM information_schema.table_privileges"
            " WHERE grantee = 'ventros_app' ORDER BY 1, 2, 3"
        ).fetchall()

    before = granted()
    superuser.execute("GRANT ALL ON contacts TO ventros_app")
    superuser.execute("GRANT UPDATE (tenant_id) ON agents TO ventros_app")
    superuser.execute("GRANT SELECT ON ventros_migrations TO ventros_app")
    superuser.execute("GRANT USAGE ON SEQUENCE outbox_events_position_seq TO ventros_app")
    assert granted() != before
    reports: list[str] = []
    roles.set_up(server.owner_dsn(superuser.info.dbname), CRM, report=reports.append)
    assert granted() == before
    for name, line in zip(("kernel", "crm"), reports, strict=False):
        assert re.fullmatch(rf"granted ventros_app, .*ventros_auditor what grants\.sql of {name} says", line)
    assert [line.partition(":")[0] for line in reports[2:]] == ["took away from ventros_app"] * 4
    assert [line.rpartition(" ")[2] for line in reports[2:]] == [
        *("agents", "contacts", "outbox_events_position_seq", "ventros_migrations"),
    ]
    assert "took away from ventros_app: UPDATE (tenant_id) on agents" in reports
    assert "took away from ventros_app: SELECT on ventros_migrations" in reports
    again: list[str] = []
    roles.set_up(server.owner_dsn(superuser.info.dbname), CRM, report=again.append)
    assert again == reports[:2], "there is nothing to take away any more"


def test_temporary_tables_are_taken_away_by_whoever_may_and_else_refused(
    server: DevServer, superuser: psycopg.Connection
) -> None:
    name = superuser.info.dbname
    superuser.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO PUBLIC").format(sql.Identifier(name)))
    with pytest.raises(ConfigurationError, match="everybody may TEMPORARY on the database"):
        roles.set_up(server.owner_dsn(name), CRM)
    reports: list[str] = []
    roles.set_up(server.superuser_dsn(name), CRM, report=reports.append)
    assert f"took away from PUBLIC and all but {roles.OWNER}: TEMPORARY on the database {name}" in reports
    asked = "SELECT has_database_privilege(%s, current_database(), 'TEMPORARY')"
    may = [superuser.execute(asked, [role]).fetchone() for role in (roles.APP, roles.OWNER)]
    assert may == [(False,), (True,)]


def test_the_app_has_its_timeouts_by_role_and_keeps_those_that_it_was_given(
    server: DevServer, superuser: psycopg.Connection, other: str
) -> None:
    superuser.execute("ALTER ROLE other_app SET lock_timeout = 77")
    roles.set_up(
        server.owner_dsn(superuser.info.dbname), CRM, Roles(app=other)
    )  # who may not: it does without
    reports: list[str] = []
    roles.set_up(server.superuser_dsn(superuser.info.dbname), CRM, Roles(app=other), report=reports.append)
    told = "set for other_app: statement_timeout 9000 ms, idle_in_transaction_session_timeout 30000 ms"
    assert told in reports
    has = superuser.execute("SELECT rolconfig FROM pg_roles WHERE rolname = 'other_app'").fetchone()
    timeouts = {"lock_timeout=77", "statement_timeout=9000", "idle_in_transaction_session_timeout=30000"}
    assert has is not None
    assert set(has[0]) == timeouts
    reports.clear()
    roles.set_up(server.superuser_dsn(superuser.info.dbname), CRM, Roles(app=other), report=reports.append)
    assert told not in reports


def test_what_was_granted_on_tables_of_others_is_left_alone_and_told(
    server: DevServer, superuser: psycopg.Connection
) -> None:
    superuser.execute(
        "CREATE SCHEMA theirs; CREATE TABLE theirs.orders (id int, note text); CREATE TABLE logs ()"
    )
    superuser.execute("GRANT SELECT ON theirs.orders TO ventros_app")
    superuser.execute("GRANT UPDATE (note) ON theirs.orders TO ventros_app")
    superuser.execute("GRANT INSERT ON logs TO ventros_app")
    reports: list[str] = []
    roles.set_up(server.owner_dsn(superuser.info.dbname), CRM, report=reports.append)
    assert reports[2:] == ["left alone: what ventros_app may do on logs, theirs.orders"]
    kept = superuser.execute(
        "SELECT has_table_privilege('ventros_app', 'theirs.orders', 'SELECT')"
        " AND has_column_privilege('ventros_app', 'theirs.orders', 'note', 'UPDATE')"
        " AND has_table_privilege('ventros_app', 'logs', 'INSERT')"
    )
    assert kept.fetchone() == (True,)


INVOICES = """
-- name: invoicing.invoices.close
-- why: a closed invoice is paid
-- params: id uuid
-- rows: affected
UPDATE invoicing.invoices SET closed = true WHERE id = $1;
"""
INVOICING_GRANTS = """
GRANT USAGE ON SCHEMA invoicing TO ventros_app;
GRANT
    SELECT (id),
    UPDATE (closed)
    ON invoicing.invoices TO ventros_app;
"""


def test_a_schema_of_its_own_is_made_and_opened_to_the_app(
    server: DevServer, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    """An application on the kernel, beside the CRM: neither takes anything from the other."""
    (tmp_path / "invoices.sql").write_text(INVOICES)
    invoicing = of(tmp_path, KERNEL, name="invoicing", schema="invoicing")
    owner_dsn, reports = server.owner_dsn(superuser.info.dbname), list[str]()
    roles.set_up(server.superuser_dsn(superuser.info.dbname), invoicing, report=reports.append)
    assert "what grants.sql of kernel says" in reports.pop(1)
    assert reports[:2] == [
        "made the schema invoicing",
        "nothing is granted yet for invoicing: run this again after ventros migrate",
    ]
    assert "left alone: " in str(reports[2:])
    with psycopg.connect(owner_dsn) as owner:
        owner.execute("CREATE TABLE invoicing.invoices (id uuid, closed boolean, total int)")
    with pytest.raises(ConfigurationError, match=r"grants\.sql is missing: ventros sync"):
        roles.set_up(owner_dsn, invoicing)
    (tmp_path / "grants.sql").write_text(INVOICING_GRANTS)
    superuser.execute("GRANT SELECT ON invoicing.invoices TO ventros_app")
    reports.clear()
    roles.set_up(owner_dsn, invoicing, report=reports.append)
    assert reports[1] == "granted ventros_app what grants.sql of invoicing says"
    assert "took away from ventros_app: SELECT on invoicing.invoices" in reports
    reports.clear()
    roles.set_up(owner_dsn, CRM, report=reports.append)
    assert reports[2:] == ["left alone: what ventros_app may do on invoicing.invoices"]


@pytest.fixture
def other(superuser: psycopg.Connection) -> Iterator[str]:
    """Another role for the app."""
    superuser.execute("CREATE ROLE other_app")
    yield "other_app"
    superuser.execute("DROP OWNED BY other_app")
    superuser.execute("DROP ROLE other_app")


@pytest.mark.parametrize(
    ("power", "reason"),
    [
        ("ALTER ROLE other_app SUPERUSER", "is a superuser"),
        ("ALTER ROLE other_app BYPASSRLS", "has BYPASSRLS"),
        ("GRANT ventros_owner TO other_app", "is a member of ventros_owner"),
        ("GRANT CREATE ON SCHEMA public TO other_app", "may CREATE on the schema public"),
        ("CREATE SCHEMA theirs AUTHORIZATION other_app", "owns schema theirs"),
    ],
)
def test_a_role_that_may_do_more_is_not_made_the_app(
    server: DevServer, superuser: psycopg.Connection, other: str, power: LiteralString, reason: str
) -> None:
    dsn = server.owner_dsn(superuser.info.dbname)
    roles.set_up(dsn, CRM, Roles(app=other))  # the control: without it all is well
    superuser.execute(power)
    with pytest.raises(ConfigurationError, match=reason):
        roles.set_up(dsn, CRM, Roles(app=other))


def test_tables_of_another_owner_are_told(server: DevServer, superuser: psycopg.Connection) -> None:
    superuser.execute("ALTER TABLE contacts OWNER TO postgres")
    with pytest.raises(ConfigurationError, match="postgres owns tables, not ventros_owner"):
        roles.set_up(server.superuser_dsn(superuser.info.dbname), CRM)


async def test_by_hand_the_right_form_works_and_a_service_then_conflicts(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, owner_dsn: str
) -> None:
    """For the app's privileges and for the owner's."""
    contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        held = await uow.contacts.add(contact)
        await uow.commit()
    with psycopg.connect(owner_dsn) as owner:
        for role, connection in ((roles.APP, superuser), (roles.OWNER, owner)):
            with connection.transaction():
                if role == roles.APP:
                    connection.execute("CREATE ROLE a_hand IN ROLE ventros_app")
                    connection.execute("SET LOCAL ROLE a_hand")
                connection.execute("SET LOCAL app.tenant_id = 'acme'")
                with pytest.raises(psycopg.DatabaseError) as caught, connection.transaction():
                    connection.execute("UPDATE contacts SET name = 'x' WHERE id = %s", [contact.id])
                assert caught.value.sqlstate == "VT002"
                assert "version = version + 1" in str(caught.value.diag.message_hint)
                done = connection.execute(
                    "UPDATE contacts SET name = %s, version = version + 1"
                    " WHERE tenant_id = 'acme' AND id = %s AND version = %s",
                    [role, contact.id, held.version],
                )
                assert done.rowcount == 1
            async with db.unit_of_work(TENANT) as uow:
                with pytest.raises(OptimisticLockError):
                    await uow.contacts.save(held.rename("Bob", now=NOW))
            async with db.unit_of_work(TENANT) as uow:
                held = await uow.contacts.get(contact.id)
            assert held.name == role
    superuser.execute("DROP ROLE a_hand")
