"""Each privilege that a role should not have is found by the audit, and taken away or refused by name."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import closing
from typing import Final

import attrs
import psycopg
import pytest

from ventros import CRM, roles
from ventros.audit.checks import Finding, Question, ask, questions
from ventros.devserver import DevServer
from ventros.kernel.errors import ConfigurationError
from ventros.schema import create_database

TAKEN, REFUSED = "taken", "refused"
DATABASE: Final = "openings"


@attrs.frozen
class Opening:
    """``plant`` is a superuser's SQL; ``found`` begins the finding; ``since`` is the first server with it."""

    plant: str
    outcome: str
    found: str
    since: int = 15


OPENINGS: Final = {
    "app is a superuser": Opening(
        "ALTER ROLE ventros_app SUPERUSER", REFUSED, "the role ventros_app is a superuser"
    ),
    "app passes policies": Opening(
        "ALTER ROLE ventros_app BYPASSRLS", REFUSED, "the role ventros_app has BYPASSRLS"
    ),
    "app makes roles": Opening(
        "ALTER ROLE ventros_app CREATEROLE", REFUSED, "the role ventros_app may make roles"
    ),
    "relay makes databases": Opening(
        "ALTER ROLE ventros_relay CREATEDB", REFUSED, "the role ventros_relay may make databases"
    ),
    "scheduler copies the server": Opening(
        "ALTER ROLE ventros_scheduler REPLICATION", REFUSED, "the role ventros_scheduler may copy the server"
    ),
    "owner passes policies": Opening(
        "ALTER ROLE ventros_owner BYPASSRLS", REFUSED, "the role ventros_owner has BYPASSRLS"
    ),
    "owner is a superuser": Opening(
        "ALTER ROLE ventros_owner SUPERUSER", REFUSED, "the role ventros_owner is a superuser"
    ),
    "app is the owner": Opening(
        "GRANT ventros_owner TO ventros_app", REFUSED, "the role ventros_app is a member of ventros_owner"
    ),
    "app is the owner by way of a group": Opening(
        "GRANT ventros_owner TO staff; GRANT staff TO ventros_app",
        REFUSED,
        "the role ventros_app is a member of ventros_owner",
    ),
    "app may become the owner": Opening(
        "GRANT ventros_owner TO ventros_app WITH INHERIT FALSE",
        REFUSED,
        "the role ventros_app is a member of ventros_owner",
        since=16,
    ),
    "app may make itself the owner": Opening(
        "GRANT ventros_owner TO ventros_app WITH ADMIN TRUE, INHERIT FALSE, SET FALSE",
        REFUSED,
        "the role ventros_app is a member of ventros_owner",
        since=16,
    ),
    "app may become a superuser": Opening(
        "GRANT boss TO ventros_app", REFUSED, "the role ventros_app may become boss, which is a superuser"
    ),
    "app reads everything": Opening(
        "GRANT pg_read_all_data TO ventros_app",
        REFUSED,
        "the role ventros_app is a member of pg_read_all_data",
    ),
    "auditor writes everything": Opening(
        "GRANT pg_write_all_data TO ventros_auditor",
        REFUSED,
        "the role ventros_auditor is a member of pg_write_all_data",
    ),
    "relay runs programs": Opening(
        "GRANT pg_execute_server_program TO staff; GRANT staff TO ventros_relay",
        REFUSED,
        "the role ventros_relay is a member of pg_execute_server_program",
    ),
    "owner reads files": Opening(
        "GRANT pg_read_server_files TO ventros_owner",
        REFUSED,
        "the role ventros_owner is a member of pg_read_server_files",
    ),
    "app sees what the others say": Opening(
        "GRANT pg_monitor TO ventros_app", REFUSED, "the role ventros_app is a member of pg_monitor"
    ),
    "app is the relay": Opening(
        "GRANT ventros_relay TO ventros_app", REFUSED, "the role ventros_app is a member of ventros_relay"
    ),
    "owner is the auditor": Opening(
        "GRANT ventros_auditor TO ventros_owner",
        REFUSED,
        "the role ventros_owner is a member of ventros_auditor",
    ),
    "app owns a table": Opening(
        "ALTER TABLE contacts OWNER TO ventros_app", REFUSED, "the role ventros_app owns table contacts"
    ),
    "app owns a function": Opening(
        "ALTER FUNCTION ventros_tenant() OWNER TO ventros_app",
        REFUSED,
        "the role ventros_app owns function ventros_tenant()",
    ),
    "scheduler owns a schema": Opening(
        "CREATE SCHEMA theirs AUTHORIZATION ventros_scheduler",
        REFUSED,
        "the role ventros_scheduler owns schema theirs",
    ),
    "app owns the database": Opening(
        f"ALTER DATABASE {DATABASE} OWNER TO ventros_app",
        REFUSED,
        f"the role ventros_app owns database {DATABASE}",
    ),
    "everybody reads a table": Opening(
        "GRANT SELECT ON contacts TO PUBLIC", TAKEN, "everybody may SELECT on the table contacts"
    ),
    "everybody changes a column": Opening(
        "GRANT UPDATE (name) ON contacts TO PUBLIC",
        TAKEN,
        "everybody may UPDATE (name) on the table contacts",
    ),
    "app empties a table": Opening(
        "GRANT TRUNCATE ON contacts TO ventros_app",
        TAKEN,
        "the role ventros_app may TRUNCATE on the table contacts",
    ),
    "app puts triggers on a table": Opening(
        "GRANT TRIGGER, REFERENCES ON contacts TO ventros_app",
        TAKEN,
        "the role ventros_app may REFERENCES, TRIGGER on the table contacts",
    ),
    "app moves rows to another tenant": Opening(
        "GRANT UPDATE (tenant_id) ON contacts TO ventros_app",
        TAKEN,
        "the role ventros_app may UPDATE (tenant_id) on the table contacts",
    ),
    "app reads the marks": Opening(
        "GRANT SELECT ON ventros_migrations TO ventros_app",
        TAKEN,
        "the role ventros_app may SELECT on the table ventros_migrations",
    ),
    "app reads the history": Opening(
        "GRANT SELECT (after, before) ON aggregate_history TO ventros_app",
        TAKEN,
        "the role ventros_app may SELECT (after, before) on the table aggregate_history",
    ),
    "app vacuums a table": Opening(
        "GRANT MAINTAIN ON contacts TO ventros_app",
        TAKEN,
        "the role ventros_app may MAINTAIN on the table contacts",
        since=17,
    ),
    "relay reads what it does not need": Opening(
        "GRANT SELECT (name) ON contacts TO ventros_relay",
        TAKEN,
        "the role ventros_relay may SELECT (name) on the table contacts",
    ),
    "auditor reads secrets": Opening(
        "GRANT SELECT ON credentials TO ventros_auditor",
        TAKEN,
        "the role ventros_auditor may SELECT on the table credentials",
    ),
    "auditor writes": Opening(
        "GRANT INSERT (payload) ON outbox_events TO ventros_auditor",
        TAKEN,
        "the role ventros_auditor may INSERT (payload) on the table outbox_events",
    ),
    "app passes on what it has": Opening(
        "GRANT SELECT (name) ON contacts TO ventros_app WITH GRANT OPTION",
        TAKEN,
        "the role ventros_app may pass on SELECT (name) on the table contacts",
    ),
    "app has passed on what it has": Opening(
        "GRANT SELECT (name) ON contacts TO ventros_app WITH GRANT OPTION;"
        "SET ROLE ventros_app; GRANT SELECT (name) ON contacts TO ventros_relay; RESET ROLE",
        TAKEN,
        "the role ventros_app may pass on SELECT (name) on the table contacts",
    ),
    "app has something of a group": Opening(
        "GRANT UPDATE (role) ON users TO staff; GRANT staff TO ventros_app",
        REFUSED,
        "the role ventros_app may UPDATE (role) on the table users, by way of staff",
    ),
    "somebody else than the owner has granted it": Opening(
        "GRANT DELETE ON users TO staff WITH GRANT OPTION;"
        "SET ROLE staff; GRANT DELETE ON users TO ventros_app; RESET ROLE",
        REFUSED,
        "the role ventros_app may DELETE on the table users",
    ),
    "app makes tables": Opening(
        "GRANT CREATE ON SCHEMA public TO ventros_app",
        TAKEN,
        "the role ventros_app may CREATE on the schema public",
    ),
    "everybody makes tables": Opening(
        "GRANT CREATE ON SCHEMA public TO PUBLIC", TAKEN, "everybody may CREATE on the schema public"
    ),
    "everybody makes temporary tables": Opening(
        f"GRANT TEMPORARY ON DATABASE {DATABASE} TO PUBLIC",
        TAKEN,
        f"everybody may TEMPORARY on the database {DATABASE}",
    ),
    "scheduler makes schemas": Opening(
        f"GRANT CREATE ON DATABASE {DATABASE} TO ventros_scheduler",
        TAKEN,
        f"the role ventros_scheduler may CREATE on the database {DATABASE}",
    ),
    "app sets positions": Opening(
        "GRANT UPDATE ON SEQUENCE outbox_events_position_seq TO ventros_app",
        TAKEN,
        "the role ventros_app may UPDATE on the sequence outbox_events_position_seq",
    ),
    "app reads through a view": Opening(
        "CREATE VIEW everyone AS SELECT * FROM contacts; GRANT SELECT ON everyone TO ventros_app",
        TAKEN,
        "the role ventros_app may SELECT on the table everyone",
    ),
    "everybody reads through a view": Opening(
        "CREATE SCHEMA theirs; CREATE VIEW theirs.everyone AS SELECT * FROM contacts;"
        "GRANT SELECT ON theirs.everyone TO PUBLIC",
        TAKEN,
        "everybody may SELECT on the table theirs.everyone",
    ),
    "everybody calls a function that runs as a superuser": Opening(
        "CREATE FUNCTION all_names() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER"
        " AS 'SELECT name FROM contacts'",
        TAKEN,
        "everybody may EXECUTE on the function all_names()",
    ),
    "app calls a function that runs as the owner": Opening(
        "GRANT EXECUTE ON FUNCTION ventros_record_history() TO ventros_app",
        TAKEN,
        "the role ventros_app may EXECUTE on the function ventros_record_history()",
    ),
    "app reads files": Opening(
        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO ventros_app",
        TAKEN,
        "the role ventros_app may EXECUTE on the function pg_read_file(text)",
    ),
    "everybody reads verifiers of passwords": Opening(
        "GRANT SELECT ON pg_authid TO PUBLIC", TAKEN, "everybody may SELECT on the table pg_authid"
    ),
    "app switches triggers off": Opening(
        "GRANT SET ON PARAMETER session_replication_role TO ventros_app",
        TAKEN,
        "the role ventros_app may SET on the parameter session_replication_role",
    ),
    "everybody sets up the server": Opening(
        "GRANT ALTER SYSTEM ON PARAMETER work_mem TO PUBLIC",
        TAKEN,
        "everybody may ALTER SYSTEM on the parameter work_mem",
    ),
    "app will read new tables": Opening(
        "ALTER DEFAULT PRIVILEGES FOR ROLE ventros_owner GRANT SELECT ON TABLES TO ventros_app",
        TAKEN,
        "the role ventros_app will have SELECT on tables that ventros_owner makes",
    ),
    "everybody will write to new tables": Opening(
        "ALTER DEFAULT PRIVILEGES FOR ROLE ventros_owner IN SCHEMA public GRANT INSERT ON TABLES TO PUBLIC",
        TAKEN,
        "everybody will have INSERT on tables that ventros_owner makes in the schema public",
    ),
    "app has a tenant before it names one": Opening(
        "ALTER ROLE ventros_app SET app.tenant_id = 'acme'",
        REFUSED,
        "the role ventros_app begins its sessions with app.tenant_id=acme",
    ),
    "every role has a tenant before it names one": Opening(
        f"ALTER DATABASE {DATABASE} SET app.tenant_id = 'acme'",
        REFUSED,
        "the role ventros_app begins its sessions with app.tenant_id=acme",
    ),
    "the sessions of all roles begin with a tenant": Opening(
        "ALTER ROLE ALL SET app.tenant_id = 'acme'",
        REFUSED,
        "the role ventros_app begins its sessions with app.tenant_id=acme",
    ),
    "app reads through a view of a view": Opening(
        "CREATE VIEW inner_one AS SELECT * FROM contacts; CREATE VIEW outer_one AS SELECT * FROM inner_one;"
        "GRANT SELECT ON outer_one TO ventros_app",
        TAKEN,
        "the role ventros_app may SELECT on the table outer_one",
    ),
    "app reads a child of a table past the policy": Opening(
        "CREATE TABLE more_contacts () INHERITS (contacts); GRANT SELECT ON more_contacts TO ventros_app",
        TAKEN,
        "the role ventros_app may SELECT on the table more_contacts",
    ),
    "app reads verifiers of passwords": Opening(
        "GRANT SELECT (rolname, rolpassword) ON pg_authid TO ventros_app",
        TAKEN,
        "the role ventros_app may SELECT (rolname, rolpassword) on the table pg_authid",
    ),
    "app puts its own in front of everything": Opening(
        "GRANT CREATE ON SCHEMA pg_catalog TO ventros_app",
        TAKEN,
        "the role ventros_app may CREATE on the schema pg_catalog",
    ),
    "everybody calls a procedure that runs as a superuser": Opening(
        "CREATE PROCEDURE empty_all() LANGUAGE sql SECURITY DEFINER AS 'DELETE FROM users'",
        TAKEN,
        "everybody may EXECUTE on the procedure empty_all()",
    ),
    "everybody calls a function of another schema that runs as a superuser": Opening(
        "CREATE SCHEMA theirs; GRANT USAGE ON SCHEMA theirs TO PUBLIC;"
        "CREATE FUNCTION theirs.all_names() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER"
        " AS 'SELECT name FROM public.contacts'",
        TAKEN,
        "everybody may EXECUTE on the function theirs.all_names()",
    ),
    "app looks into another schema first": Opening(
        "ALTER ROLE ventros_app SET search_path = other, public",
        REFUSED,
        "the role ventros_app looks for tables in another schema before public",
    ),
    "relay looks into a schema of its name first": Opening(
        "CREATE SCHEMA ventros_relay",
        REFUSED,
        "the role ventros_relay looks for tables in the schema ventros_relay",
    ),
}


@pytest.fixture(scope="module")
def own_server() -> Iterator[DevServer]:
    """Whose roles may be spoilt. The database's copy of each test is as it was made for services."""
    with DevServer(durable=False) as running:
        create_database(running, CRM, "pristine")
        with psycopg.connect(running.superuser_dsn(), autocommit=True) as superuser:
            superuser.execute("CREATE ROLE staff; CREATE ROLE boss SUPERUSER")
        yield running


@pytest.fixture
def superuser(own_server: DevServer) -> Iterator[psycopg.Connection]:
    own_server.create_database(DATABASE, "pristine")
    roles.set_up(own_server.superuser_dsn(DATABASE), CRM)
    with closing(psycopg.connect(own_server.superuser_dsn(DATABASE), autocommit=True)) as connection:
        yield connection
        connection.execute("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM staff CASCADE")
        connection.execute("REVOKE ventros_owner, pg_execute_server_program FROM staff")
    with psycopg.connect(own_server.superuser_dsn(), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {DATABASE}".encode())


@functools.cache
def question() -> Question:
    (one,) = (one for one in questions(CRM) if one.name == "roles")
    return one


def found(superuser: psycopg.Connection) -> list[Finding]:
    return ask(superuser, question(), roles.DEFAULT, 60)


@pytest.mark.parametrize("name", OPENINGS)
def test_it_is_found_and_taken_away_or_refused_by_name(
    own_server: DevServer, superuser: psycopg.Connection, name: str
) -> None:
    opening = OPENINGS[name]
    if superuser.info.server_version < opening.since * 10_000:
        pytest.skip(f"from PostgreSQL {opening.since} on")
    assert found(superuser) == [], "the control: without it there is nothing to find"
    superuser.execute(opening.plant.encode())
    findings = found(superuser)
    assert [one.text for one in findings if one.text.startswith(opening.found)], findings
    reports: list[str] = []
    if opening.outcome == TAKEN:
        roles.set_up(own_server.superuser_dsn(DATABASE), CRM, report=reports.append)
        assert "took away" in str(reports)
    else:
        with pytest.raises(ConfigurationError) as caught:
            roles.set_up(own_server.superuser_dsn(DATABASE), CRM)
        assert opening.found in str(caught.value)
        for finding in findings:
            superuser.execute(finding.mend.encode())
    assert found(superuser) == []
    roles.set_up(own_server.superuser_dsn(DATABASE), CRM)


def test_there_are_enough_of_both_kinds() -> None:
    outcomes = [opening.outcome for opening in OPENINGS.values()]
    assert len(OPENINGS) >= 50
    assert min(outcomes.count(TAKEN), outcomes.count(REFUSED)) >= 20


def test_what_the_owner_may_not_take_away_is_refused_with_the_sql_for_who_may(
    own_server: DevServer, superuser: psycopg.Connection
) -> None:
    superuser.execute("GRANT SET ON PARAMETER session_replication_role TO ventros_app")
    with pytest.raises(ConfigurationError) as caught:
        roles.set_up(own_server.owner_dsn(DATABASE), CRM)
    mend = "REVOKE SET ON PARAMETER session_replication_role FROM ventros_app;"
    assert mend in str(caught.value)
    superuser.execute(mend)
    roles.set_up(own_server.owner_dsn(DATABASE), CRM)


def test_what_opens_nothing_is_no_finding(superuser: psycopg.Connection) -> None:
    """A group without powers, others' tables, a view that reads as who asks, a function as who calls."""
    superuser.execute(
        "GRANT staff TO ventros_app;"
        "CREATE SCHEMA theirs; CREATE TABLE theirs.orders (id integer);"
        "GRANT ALL ON theirs.orders TO ventros_app;"
        "CREATE VIEW asked WITH (security_invoker = true) AS SELECT * FROM contacts;"
        "GRANT SELECT ON asked TO ventros_app;"
        "CREATE FUNCTION plain() RETURNS integer LANGUAGE sql AS 'SELECT 1'"
    )
    assert found(superuser) == []
    superuser.execute("REVOKE staff FROM ventros_app")
