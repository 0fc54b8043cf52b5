"""Every statement has a plan that reads what it needs by an index, and every index has a statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import attrs
import psycopg
import pytest

from tests.conftest import SEEDED
from tests.plans import LARGE, Connection, all_faults, index_faults, scans, tenant_scans
from ventros.audit.shapes import listings, statements
from ventros.crm.contact_lists.audience_finder import evaluations
from ventros.devserver import DevServer
from ventros.kernel.statements import catalogue, columns

STATEMENTS = list(catalogue().values())
LISTS = [*(each for listing in listings().values() for each in statements(listing)), *evaluations()]
TENANTS = ("tenant-1", "tenant-20")  # the largest, with a fifth of all rows, and one in the middle
_INDEXES = """
SELECT i.indexrelid::regclass::text
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid
 WHERE c.relnamespace = 'public'::regnamespace AND NOT i.indisunique AND c.relname NOT LIKE '%yoyo%'
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
        act_for(TENANTS[0], connection)
        yield connection
        connection.rollback()


def act_for(tenant: str, connection: Connection) -> None:
    connection.execute("SELECT set_config('app.tenant_id', %s, false)", [tenant])


def test_every_statement_uses_an_index(connection: Connection) -> None:
    faults = []
    for tenant in TENANTS:
        act_for(tenant, connection)
        faults += [fault for each in STATEMENTS + LISTS for fault in index_faults(connection, each)]
    assert faults == []
    assert min(len(STATEMENTS), len(LISTS)) > 100


def test_a_statement_that_reads_more_of_its_tenant_than_it_returns_says_why(connection: Connection) -> None:
    """In the header's plan: line, and no other statement has one."""
    found: dict[str, list[str]] = {}
    for tenant in TENANTS:
        act_for(tenant, connection)
        for each in STATEMENTS:
            found[each.name] = found.get(each.name, []) + tenant_scans(connection, each)
    unsaid = {each.name: found[each.name] for each in STATEMENTS if found[each.name] and not each.plan}
    needless = [each.name for each in STATEMENTS if each.plan and not found[each.name]]
    assert (unsaid, needless) == ({}, [])


def test_an_index_that_is_no_key_is_missed_when_it_is_gone(connection: Connection) -> None:
    """So each of them serves a statement, and the tests above notice what they are for."""
    missed = {}
    faults = {each.name: all_faults(connection, each) for each in STATEMENTS + LISTS}
    read_by = defaultdict(list)
    for each in STATEMENTS + LISTS:
        for index in {scan.index for scan in scans(connection, each)}:
            read_by[index].append(each)
    for index in [row[0] for row in connection.execute(_INDEXES).fetchall()]:
        with connection.transaction(force_rollback=True):
            connection.execute(f"DROP INDEX {index}".encode())
            missed[index] = [
                each.name for each in read_by[index] if all_faults(connection, each) != faults[each.name]
            ]
    assert [index for index, names in missed.items() if not names] == []
    assert missed["broadcasts_due_idx"] == ["broadcasts.find_due"]
    assert len(missed) > 10


@pytest.mark.parametrize(
    ("key", "statement", "fault"),
    [
        ("contacts_pkey", "contacts.update", "reads all of contacts"),
        ("contacts_pkey", "contact_pipeline_statuses.find_change", "reads the tenant's contacts to keep"),
        ("channel_routes_pkey", "channel_routes.find", "reads all of channel_routes"),
        ("chats_live_individual_key", "chats.find_individual", "reads the tenant's chats to keep"),
        ("contacts_live_phone_key", "contacts.find_by_phone", "reads the tenant's contacts to keep"),
    ],
)
def test_a_key_that_is_gone_is_missed(connection: Connection, key: str, statement: str, fault: str) -> None:
    constraint = connection.execute(
        "SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'p' AND conname = %s", [key]
    ).fetchone()
    drop = f"ALTER TABLE {constraint[0]} DROP CONSTRAINT {key} CASCADE" if constraint else f"DROP INDEX {key}"
    assert all_faults(connection, catalogue()[statement]) == []
    connection.execute(drop.encode())
    assert fault in all_faults(connection, catalogue()[statement])[0]


def test_a_plan_that_no_index_helps_is_seen(connection: Connection) -> None:
    """Statements that pass by the key's first column, where row-level security does not lend it to them."""
    any_route = attrs.evolve(
        catalogue()["channel_routes.find"],
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
        assert index_faults(connection, statement)


def test_the_seed_is_large_and_its_foreign_keys_hold(server: DevServer, seeded_dsn: str) -> None:
    with psycopg.connect(server.superuser_dsn(SEEDED)) as superuser:
        sizes = superuser.execute(
            "SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND relname NOT LIKE '%yoyo%'"
            " AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        queries = [row[0] for row in superuser.execute(_FOREIGN_KEYS).fetchall()]
        orphans = [row for query in queries for row in superuser.execute(query.encode()).fetchall()]
    assert [(table, rows) for table, rows in sizes if rows < 20 * LARGE] == []
    assert orphans == []
    assert len(sizes) > 30
    assert len(queries) > 40
