"""Every statement touches one partition of each table that is split up by tenant, by its own predicate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import attrs
import psycopg
import pytest
from psycopg import sql

from tests.support.library import CATALOGUE, LIBRARY
from ventros.audit.expectations import read_committed
from ventros.audit.plans import planning
from ventros.audit.shards import PARTITIONS, Shards, split
from ventros.kernel.errors import DatabaseError
from ventros.kernel.statements import Statement, columns
from ventros.roles import OWNER

Connection = psycopg.Connection[Any]


@pytest.fixture
def connection(owner_dsn: str, superuser: Connection) -> Iterator[Connection]:
    """The owner's, whom policies bind, and who may make a schema here, as in a database of its own."""
    grant = sql.SQL("GRANT CREATE ON DATABASE {} TO {}")
    superuser.execute(grant.format(sql.Identifier(superuser.info.dbname), sql.Identifier(OWNER)))
    with psycopg.connect(owner_dsn, autocommit=True) as connection:
        yield connection


@pytest.fixture
def shards(connection: Connection) -> Iterator[Shards]:
    with planning(connection), split(connection, LIBRARY) as made:
        yield made


def spoiled(text: str, params: str) -> Statement:
    return attrs.evolve(CATALOGUE["contacts.get"], text=text, params=columns(params))


def test_every_statement_touches_one_partition_of_each_table(connection: Connection, shards: Shards) -> None:
    touched = {
        statement.name: shards.partitions_touched(connection, statement) for statement in LIBRARY.statements
    }
    scattered = {
        name: counts
        for name, counts in touched.items()
        if LIBRARY.find(name).role == "app"
        and not LIBRARY.find(name).tenant
        and any(count not in {0, 1, None} for count in counts.values())
    }
    assert scattered == {}
    counted = Counter(count for counts in touched.values() for count in counts.values())
    assert counted[1] > 700
    of_the_app = {name: counts for name, counts in touched.items() if LIBRARY.find(name).role == "app"}
    assert {count for counts in of_the_app.values() for count in counts.values()} <= {0, 1, None}
    expected, _ = read_committed(LIBRARY)
    said = {
        (expectation.statement, expectation.access.table): expectation.partitions for expectation in expected
    }
    assert {
        pair: said[pair] for pair in said if touched[pair[0]].get(pair[1], 0) not in {said[pair], 0}
    } == {}
    assert {statement.name for statement in LIBRARY.statements if statement.tenant} <= set(touched)


def test_all_but_these_are_split_with_their_keys(shards: Shards) -> None:
    directories = {"account_projects", "channel_routes"}
    assert set(shards.unsplit) == {"users", "billing_accounts", "outbox_consumers", *directories}
    assert "(webhook_id)" in shards.unsplit["channel_routes"]
    assert {*shards.partitions.values(), *shards.unsplit} == set(LIBRARY.tables)
    assert len(shards.partitions) == PARTITIONS * (len(LIBRARY.tables) - 5)
    assert [crossing.partition(" REFERENCES ")[0] for crossing in shards.crossing_keys] == [
        "account_projects: FOREIGN KEY (tenant_id, project_id)",
        "channel_routes: FOREIGN KEY (tenant_id, channel_id)",
        "channel_routes: FOREIGN KEY (tenant_id, webhook_id)",
    ]


@pytest.mark.parametrize(
    ("text", "params", "table"),
    [
        ("SELECT name FROM contacts WHERE id = $1", "id uuid", "contacts"),
        ("UPDATE contacts SET name = $2 WHERE id = $1", "id uuid, name text", "contacts"),
        ("DELETE FROM contacts WHERE id = $1", "id uuid", "contacts"),
        (
            "INSERT INTO commit_markers (tenant_id, id) VALUES ($1, $2)",
            "whose text, id uuid",
            "commit_markers",
        ),
        (
            (
                "SELECT s.id FROM contacts AS c JOIN sessions AS s ON s.contact_id = c.id"
                " WHERE c.tenant_id = $1 AND c.id = $2"
            ),
            "tenant_id text, id uuid",
            "sessions",
        ),
        (
            "SELECT name FROM contacts WHERE tenant_id = $1 OR phone = $2",
            "tenant_id text, phone text",
            "contacts",
        ),
    ],
)
def test_a_statement_without_the_tenant_touches_them_all(
    connection: Connection, shards: Shards, text: str, params: str, table: str
) -> None:
    assert shards.partitions_touched(connection, spoiled(text, params))[table] == PARTITIONS


def test_the_policies_are_not_what_leaves_partitions_out(connection: Connection, shards: Shards) -> None:
    """With them a statement that forgets its tenant looks as one that does not."""
    by_id = spoiled("SELECT name FROM contacts WHERE id = $1", "id uuid")
    assert shards.partitions_touched(connection, by_id) == {"contacts": PARTITIONS}
    connection.execute("ALTER TABLE contacts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    connection.execute("CREATE POLICY tenant ON contacts USING (tenant_id = public.ventros_tenant())")
    assert shards.partitions_touched(connection, by_id) == {"contacts": 1}


def test_what_is_executed_touches_no_more_than_its_plan(connection: Connection, shards: Shards) -> None:
    """As the server itself counts scans of each partition."""
    connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    by_tenant = CATALOGUE["contacts.get"]
    by_id = spoiled("SELECT name FROM contacts WHERE id = $2 AND $1 <> ''", "tenant_id text, id uuid")
    for statement, partitions in ((by_tenant, 1), (by_id, PARTITIONS)):
        before = scans(connection)
        connection.execute(f"PREPARE executed (text, uuid) AS {statement.text}".encode())
        for _ in range(3):
            connection.execute("EXECUTE executed ('audit', '01900000-0000-7000-8000-000000000000')")
        connection.execute("DEALLOCATE executed")
        executed = scans(connection) - before
        assert len(executed) == partitions == shards.partitions_touched(connection, statement)["contacts"]
        assert set(executed.values()) == {3}


def scans(connection: Connection) -> Counter[str]:
    rows = connection.execute(
        "SELECT relname, seq_scan + coalesce(idx_scan, 0) FROM pg_stat_xact_user_tables"
        " WHERE schemaname = 'ventros_shards' AND seq_scan + coalesce(idx_scan, 0) > 0"
    ).fetchall()
    return Counter(dict(rows))


def test_what_does_not_go_by_the_tenant_is_told(connection: Connection) -> None:
    connection.execute("CREATE TABLE notes (tenant_id text, id uuid, PRIMARY KEY (tenant_id, id))")
    connection.execute("CREATE TABLE marks (tenant_id text, note text, id uuid, PRIMARY KEY (tenant_id, id))")
    connection.execute("ALTER TABLE marks ADD FOREIGN KEY (note, id) REFERENCES notes (tenant_id, id)")
    with planning(connection), split(connection, LIBRARY) as shards:
        assert [key.partition(":")[0] for key in shards.crossing_keys] == [
            *("account_projects", "channel_routes", "channel_routes", "marks")
        ]
    connection.execute("CREATE UNIQUE INDEX alone ON marks (id)")
    with planning(connection), split(connection, LIBRARY) as shards:
        assert "alone" in shards.unsplit["marks"]
    assert connection.execute("SELECT to_regnamespace('ventros_shards')").fetchone() == (None,)


def test_who_may_not_make_the_schema_is_told(owner_dsn: str) -> None:
    refused = pytest.raises(DatabaseError, match="cannot be split: permission denied")
    with psycopg.connect(owner_dsn, autocommit=True) as connection, planning(connection), refused:
        split(connection, LIBRARY).__enter__()
