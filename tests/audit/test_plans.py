"""Every statement has the plan that is expected of it, by an index, and every index has a statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.library import CATALOGUE, LIBRARY
from tests.support.program import ventros
from ventros import CRM
from ventros.audit.expectations import (
    HEAD,
    LARGE,
    TENANTS,
    deviations,
    expectations_text,
    format_expectations,
    major,
    observe,
    read,
    read_committed,
)
from ventros.audit.plans import MODES, planning, trees
from ventros.devserver import DevServer
from ventros.kernel.errors import ConfigurationError, DatabaseError
from ventros.kernel.resources import directory
from ventros.kernel.statements import Column, Statement, columns
from ventros.kernel.statements.types import TYPES, declare

Connection = psycopg.Connection[Any]
STATEMENTS = LIBRARY.statements
EXPECTED, VERSIONS = read_committed(LIBRARY)
_INDEXES = """
SELECT i.indexrelid::regclass::text
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid
 WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique AND c.relname NOT LIKE '%migrations%'
 ORDER BY 1
"""
_FOREIGN_KEYS = """
SELECT format('SELECT %L FROM %s AS child LEFT JOIN %s AS parent ON (%s) = (%s) WHERE (%s) IS NOT NULL '
              'AND parent IS NULL LIMIT 1',
              f.conname, f.conrelid::regclass, f.confrelid::regclass, parent.names, child.names, child.names)
  FROM pg_constraint AS f,
LATERAL (SELECT string_agg('child.' || quote_ident(attname), ', ' ORDER BY at) AS names
           FROM unnest(f.conkey) WITH ORDINALITY AS key (number, at)
           JOIN pg_attribute ON attrelid = f.conrelid AND attnum = number) AS child,
LATERAL (SELECT string_agg('parent.' || quote_ident(attname), ', ' ORDER BY at) AS names
           FROM unnest(f.confkey) WITH ORDINALITY AS key (number, at)
           JOIN pg_attribute ON attrelid = f.confrelid AND attnum = number) AS parent
 WHERE f.contype = 'f'
"""


@pytest.fixture
def connection(seeded_dsn: str) -> Iterator[Connection]:
    """In a transaction that is rolled back, as the owner: row-level security binds it as it does the app."""
    with psycopg.connect(seeded_dsn) as connection:
        yield connection
        connection.rollback()


def deviating(connection: Connection, *statements: Statement) -> list[str]:
    return [str(deviation) for deviation in deviations(connection, statements, EXPECTED)]


def test_the_file_is_what_the_command_prints(connection: Connection) -> None:
    """To the letter, if made on this version: neither more nor less, and by the same kind of plan.

    Of the app's statements: the owner, who asks here, is confined to a tenant; relay and scheduler are not.
    """
    version = major(connection)
    text = expectations_text(LIBRARY, [connection])
    chosen, versions = read(text)
    assert versions == {version}
    head = text[text.index("# rows:") : text.index("\nagent_counters.bump")]
    assert head in (directory("sql") / "plans" / "expected.txt").read_text(encoding="utf-8")
    names = {statement.name for statement in LIBRARY.own_statements if statement.role == "app"}
    if version in VERSIONS:
        of_this_version = [
            attrs.evolve(
                expectation, plans=frozenset(plan for plan in expectation.plans if plan[0] == version)
            )
            for expectation in EXPECTED
            if expectation.statement in names
        ]
        assert [expectation for expectation in chosen if expectation.statement in names] == [
            expectation for expectation in of_this_version if expectation.plans
        ]


def test_the_file_holds_every_statement_and_is_read_as_it_is_written() -> None:
    no_table = {"outbox_events.find_horizon_holders"}
    names = {statement.name for statement in STATEMENTS}
    assert {expectation.statement for expectation in EXPECTED} == names - no_table
    assert len(STATEMENTS) > 600
    for application in CRM.stack():
        text = (application.statements.folder / "plans" / "expected.txt").read_text(encoding="utf-8")
        lines = "\n".join(format_expectations(*read(text)))
        assert text.endswith(f"\n{lines}")
        assert all(line.startswith("#") for line in text.removesuffix(lines).splitlines())
        assert text.splitlines()[:3] == HEAD.splitlines()[:3]
    with pytest.raises(ConfigurationError, match=r"expected\.txt:2 cannot be read: contacts  by chance"):
        read("contacts.get\n    contacts  by chance\n")


def test_no_statement_of_the_app_reads_more_than_a_tenant() -> None:
    """The relay and the scheduler work for all; a user's unit asks for all tenants that the user pays for."""
    more = {expectation.statement for expectation in EXPECTED if expectation.access.rows == "all"}
    assert {name for name in more if LIBRARY.find(name).role == "app"} == {"account_projects.find"}


def test_a_statement_that_reads_more_of_its_tenant_than_it_returns_says_why() -> None:
    """In the header's plan: line."""
    filtering = {expectation.statement for expectation in EXPECTED if expectation.access.filtered}
    told = {statement.name for statement in STATEMENTS if statement.plan}
    of_the_app = {statement.name for statement in STATEMENTS if statement.role == "app"}
    assert filtering & of_the_app & set(CATALOGUE) - told == set()
    assert len(filtering & of_the_app & set(CATALOGUE)) > 5


def test_what_is_looked_for_by_its_key_is_one_row() -> None:
    by_id = {
        statement.name: statement.name.split(".")[0]
        for statement in CATALOGUE.values()
        if tuple(param.name for param in statement.params[:2]) == ("tenant_id", "id")
        and "INSERT INTO" not in statement.text
        and statement.role == "app"
    }
    expectations = [
        expectation
        for expectation in EXPECTED
        if by_id.get(expectation.statement) == expectation.access.table
    ]
    assert [expectation for expectation in expectations if expectation.access.rows != "one"] == []
    assert len(expectations) > 50


def test_an_index_that_is_no_key_is_missed_when_it_is_gone(connection: Connection) -> None:
    """So each of them serves a statement, and the tests above notice what they are for."""
    missed = {}
    read_by = defaultdict(set)
    for expectation in EXPECTED:
        read_by[expectation.access.index].add(expectation.statement)
    for index in [row[0] for row in connection.execute(_INDEXES).fetchall()]:
        with connection.transaction(force_rollback=True):
            connection.execute(f"DROP INDEX {index}".encode())
            readers = [statement for statement in STATEMENTS if statement.name in read_by[index]]
            missed[index] = [deviation.statement for deviation in deviations(connection, readers, EXPECTED)]
    assert [index for index, names in missed.items() if not names] == []
    assert set(missed["channels_active_waha_idx"]) == {"channels.list_active_waha"}
    assert len(missed) > 10


@pytest.mark.parametrize(
    ("key", "statement", "fault"),
    [
        (
            "contacts_pkey",
            "contacts.update",
            "reads contacts by -: all, expected contacts_pkey(tenant_id, id): one",
        ),
        (
            "contacts_pkey",
            "placements.find_change",
            "reads contacts by any(tenant_id): tenant",
        ),
        # On 18 by all of the primary key's index, on 15 by none.
        ("channel_routes_webhook_key", "channel_routes.find_by_webhook", "reads channel_routes by "),
        (
            "chats_live_individual_key",
            "chats.find_individual",
            "reads chats by any(tenant_id): tenant, filtered",
        ),
        ("contacts_live_phone_key", "contacts.find_by_phone", "reads contacts by any(tenant_id): tenant"),
    ],
)
def test_a_key_that_is_gone_is_missed(connection: Connection, key: str, statement: str, fault: str) -> None:
    constraint = connection.execute(
        "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype IN ('p', 'u') AND conname = %s",
        [key],
    ).fetchone()
    drop = f"ALTER TABLE {constraint[0]} DROP CONSTRAINT {key} CASCADE" if constraint else f"DROP INDEX {key}"
    connection.execute(drop.encode())
    assert f"{statement}: {fault}" in " ".join(deviating(connection, CATALOGUE[statement]))


def test_a_plan_that_no_index_helps_is_seen(connection: Connection) -> None:
    """Statements that pass by the key's first column, where row-level security does not lend it to them."""
    for table in ("channel_routes", "billing_accounts"):
        connection.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY".encode())
    any_route = attrs.evolve(
        CATALOGUE["channel_routes.find"],
        text="SELECT tenant_id, channel_id FROM channel_routes WHERE external_id = $1",
        params=columns("external_id text"),
    )
    last_route = attrs.evolve(
        any_route, text="SELECT platform FROM channel_routes ORDER BY platform DESC LIMIT 1", params=()
    )
    any_account = attrs.evolve(
        any_route, text="SELECT id FROM billing_accounts WHERE name LIKE $1", params=columns("name text")
    )
    for statement in (any_route, last_route, any_account):
        assert {access.rows for _, access in observe(connection, [statement])} == {"all"}
        assert deviating(connection, statement)


@pytest.mark.parametrize("type_name", TYPES)
def test_every_type_has_an_argument_that_is_planned_for(connection: Connection, type_name: str) -> None:
    statement = attrs.evolve(
        CATALOGUE["channel_routes.find"],
        text="SELECT 1 WHERE $1 IS NOT NULL AND $2 IS NOT NULL",
        params=columns(f"one {type_name}, several {type_name}[]"),
    )
    with planning(connection, "tenant-1"):
        assert trees(connection, statement).keys() == set(MODES)


def test_control_what_a_domain_refuses_is_told_until_it_has_a_sample(connection: Connection) -> None:
    connection.execute("CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%')")
    find = attrs.evolve(
        CATALOGUE["channel_routes.find"],
        text="SELECT 1 WHERE $1 IS NOT NULL",
        params=(Column("mail", "email", declare("email", "text")),),
    )
    with planning(connection, "tenant-1"), pytest.raises(DatabaseError, match="email_check"):
        trees(connection, find)
    sampled = attrs.evolve(find, params=(Column("mail", "email", declare("email", "text", "'a@b'")),))
    with planning(connection, "tenant-1"):
        assert trees(connection, sampled).keys() == set(MODES)


def test_a_small_table_may_be_read_anyhow(superuser: Connection) -> None:
    find = CATALOGUE["channel_routes.find_by_webhook"]
    superuser.execute("ALTER TABLE channel_routes DROP CONSTRAINT channel_routes_webhook_key")
    assert {access.rows for _, access in observe(superuser, [find])} == {"all"}
    assert deviating(superuser, find) == []
    superuser.execute("UPDATE pg_class SET reltuples = %s WHERE relname = 'channel_routes'", [LARGE])
    assert deviating(superuser, find) != []


def test_a_database_is_compared_by_the_command(
    server: DevServer, ventros_seeded: str, seeded_dsn: str
) -> None:
    of = [argument for tenant in TENANTS for argument in ("--tenant", tenant)]
    same = ventros("sql", "plans", "--dsn", seeded_dsn, *of)
    assert (same.returncode, same.stdout) == (0, "")
    of_the_app = [statement for statement in STATEMENTS if statement.role == "app"]
    others = len(STATEMENTS) - len(of_the_app)
    assert same.stderr.splitlines() == [
        f"{len(of_the_app)} statements, 0 deviations",
        f"{others} not compared: only who may execute them, or become who may, can",
    ]
    server.create_database("without_index", ventros_seeded)
    with psycopg.connect(server.superuser_dsn("without_index"), autocommit=True) as superuser:
        superuser.execute("DROP INDEX channels_active_waha_idx")
    other = ventros("sql", "plans", "--dsn", server.owner_dsn("without_index"), *of)
    with psycopg.connect(server.superuser_dsn(), autocommit=True) as superuser:
        superuser.execute("DROP DATABASE without_index")  # it is in memory
    assert other.returncode == 1
    assert {line.split(":")[0] for line in other.stdout.splitlines()} == {"channels.list_active_waha"}
    assert "expected channels_active_waha_idx(tenant_id" in other.stdout
    alone = ventros("sql", "plans", "--dsn", seeded_dsn)
    assert alone.returncode == 2
    assert "--dsn and --tenant go together" in alone.stderr


def test_what_differs_between_versions_is_written_and_read_again() -> None:
    expectation = EXPECTED[0]
    plans = {
        "always": {(15, "generic"), (15, "custom"), (18, "generic"), (18, "custom")},
        "custom": {(15, "custom"), (18, "custom")},
        "18": {(18, "generic"), (18, "custom")},
        "15 custom, 18": {(15, "custom"), (18, "generic"), (18, "custom")},
    }
    for text, chosen in plans.items():
        line = "\n".join(format_expectations([attrs.evolve(expectation, plans=frozenset(chosen))], (18, 15)))
        assert f"  {text}  " in line
        assert read(f"# PostgreSQL: 15, 18; 20,000 rows\n{line}")[0][0].plans == chosen


def test_the_seed_is_large_and_its_foreign_keys_hold(server: DevServer, ventros_seeded: str) -> None:
    with psycopg.connect(server.superuser_dsn(ventros_seeded)) as superuser:
        sizes = superuser.execute(
            "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND relname NOT LIKE '%migrations%'"
            " AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        queries = [row[0] for row in superuser.execute(_FOREIGN_KEYS).fetchall()]
        orphans = [row for query in queries for row in superuser.execute(query.encode()).fetchall()]
    assert [(table, rows) for table, rows in sizes if rows < LARGE] == []
    assert orphans == []
    assert len(sizes) > 30
    assert len(queries) > 40
