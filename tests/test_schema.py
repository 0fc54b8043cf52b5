"""The project's own migrations: up and down without a rest, and a schema that keeps the design's rules."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import UUID

import psycopg
import pytest

from service.application import SERVICE
from tests.support.constants import NOW, OTHER_TENANT, TENANT, VERSIONED
from ventros import CRM, KERNEL, Application, Database, UnitOfWork, roles
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.migrate import migrate, rollback, status
from ventros.migration_files import verify_checksums
from ventros.schema import snapshot

OF_USERS = {"users", "billing_accounts"}
OF_NOBODY = {"outbox_consumers"}
SCHEMA = """
SELECT 'column', table_name, column_name, data_type, is_nullable, column_default
  FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '%migrations%'
UNION ALL
SELECT 'index', tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public'
   AND tablename NOT LIKE '%migrations%'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', ''
  FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '%migrations%'
UNION ALL
SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), '', '' FROM pg_trigger
 WHERE NOT tgisinternal
UNION ALL
SELECT 'policy', tablename, policyname, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'public'
UNION ALL
SELECT 'function', proname, '', prosrc, '', '' FROM pg_proc WHERE pronamespace = 'public'::regnamespace
ORDER BY 1, 2, 3
"""


def rows(dsn: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def tables(dsn: str) -> set[str]:
    return {
        row[0]
        for row in rows(dsn, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        if "ventros_migrations" not in row[0]
    }


@pytest.mark.parametrize("application", SERVICE.stack(), ids=lambda application: application.name)
def test_the_checksums_are_those_of_the_files(application: Application) -> None:
    verify_checksums(application.migrations)


@pytest.mark.parametrize("application", SERVICE.stack(), ids=lambda application: application.name)
def test_the_snapshot_is_what_the_migrations_make(server: DevServer, application: Application) -> None:
    """Else: ventros --app ventros:KERNEL migrate schema > sql/kernel/schema.sql, the same for others."""
    snapshot_file = application.statements.folder / "schema.sql"
    dumped_by = re.search(r"PostgreSQL (\d+)", snapshot_file.read_text(encoding="utf-8"))
    assert dumped_by is not None
    if server.version.split(".")[0] != dumped_by[1]:
        pytest.skip(f"pg_dump of PostgreSQL {dumped_by[1]} wrote it, another would write it otherwise")
    assert snapshot(server, application) == snapshot_file.read_text(encoding="utf-8")


def test_up_down_up_leaves_no_difference(server: DevServer) -> None:
    server.create_database("up_down_up")
    dsn = server.owner_dsn("up_down_up")
    migrate(dsn, CRM)
    up = rows(dsn, SCHEMA)
    assert len(up) > 200
    every = len(status(dsn, CRM))
    assert len(rollback(dsn, CRM, steps=every) + rollback(dsn, KERNEL, steps=every)) == every
    assert [row for row in rows(dsn, SCHEMA) if "ventros_migrations" not in row[1]] == []
    migrate(dsn, CRM)
    assert rows(dsn, SCHEMA) == up


async def test_versions_and_locking_indexes_go_and_come_on_a_populated_database(
    owner_dsn: str, seed: Seed
) -> None:
    def locking() -> set[str]:
        stored = rows(owner_dsn, "SELECT tablename FROM pg_indexes WHERE indexdef LIKE '%(id, version)'")
        return {row[0] for row in stored}

    def versioned() -> set[str]:
        stored = rows(
            owner_dsn,
            "SELECT table_name FROM information_schema.columns"
            " WHERE column_name = 'version' AND table_schema = 'public'",
        )
        return {row[0] for row in stored}

    assert (locking(), versioned()) == (set(), VERSIONED)
    rollback(owner_dsn, CRM, to="0051")
    assert locking() == VERSIONED - {"campaign_enrollments", "sequence_enrollments"}
    rollback(owner_dsn, CRM, to="0017")
    assert (locking(), versioned()) == (set(), set())
    migrate(owner_dsn, CRM)
    roles.set_up(owner_dsn, CRM)
    assert (locking(), versioned()) == (set(), VERSIONED)
    # As the owner: to the server, what reads a column that was made anew is another statement.
    async with await Database.open(UnitOfWork, owner_dsn) as db, db.unit_of_work(TENANT) as uow:
        assert (await uow.channels.get(seed.channel_id)).version == 1


def test_every_table_forces_row_level_security_and_a_tenants_has_its_key_by_tenant(
    owner_dsn: str,
) -> None:
    stored = dict(
        rows(
            owner_dsn,
            "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
            " AND relname <> 'ventros_migrations'",
        )
    )
    assert {name for name, forced in stored.items() if not forced} == OF_NOBODY
    keys = dict(
        rows(
            owner_dsn,
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE contype = 'p'",
        )
    )
    by_tenant = {name for name, key in keys.items() if key.startswith("PRIMARY KEY (tenant_id, ")}
    assert tables(owner_dsn) - by_tenant == OF_USERS | OF_NOBODY


def test_foreign_keys_between_tenant_tables_carry_the_tenant(owner_dsn: str) -> None:
    stored = rows(
        owner_dsn,
        "SELECT conrelid::regclass::text, confrelid::regclass::text, pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE contype = 'f'",
    )
    assert len(stored) > 10
    for source, target, definition in stored:
        if not {source, target} & (OF_USERS | OF_NOBODY):
            assert definition.startswith("FOREIGN KEY (tenant_id, "), (source, target)


def test_every_time_has_its_zone(owner_dsn: str) -> None:
    times = rows(
        owner_dsn,
        "SELECT table_name, column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = 'public' AND data_type ~ '^(date|time)'",
    )
    assert [time for time in times if time[2] != "timestamp with time zone"] == []
    assert len(times) > 90


def test_every_table_and_column_says_what_it_is(owner_dsn: str) -> None:
    silent = rows(
        owner_dsn,
        "SELECT c.relname, a.attname FROM pg_class c"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid, 'pg_class') IS NULL)",
    )
    assert silent == []


def test_no_index_holds_what_changes_with_most_updates(owner_dsn: str) -> None:
    """Not even in a predicate: every update would then have to touch every index of its table."""
    hot = ("version", "updated_at", "last_activity_at", "last_interaction_at", "message_count")
    stored = rows(owner_dsn, "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
    of_rows_that_stay = {"outbox_events_version_key", "aggregate_history_pkey"}
    kept = [
        name
        for name, definition in stored
        if name not in of_rows_that_stay and "ventros_migrations" not in definition
    ]
    assert len(kept) > 15
    for name, definition in stored:
        if name in kept:
            assert not any(column in definition.split(" USING ")[1] for column in hot), name


@pytest.mark.parametrize("table", sorted(VERSIONED))
def test_the_version_guard_stands_on_every_versioned_table(owner_dsn: str, table: str) -> None:
    stored = rows(
        owner_dsn, "SELECT tgrelid::regclass::text, tgenabled FROM pg_trigger WHERE tgname = 'version_guard'"
    )
    assert (table, b"O") in stored or (table, "O") in stored


async def stored_contact(db: Database[UnitOfWork], seed: Seed) -> Contact:
    contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
    async with db.unit_of_work(seed.tenant) as uow:
        await uow.contacts.add(contact)
        await uow.commit()
    return contact


async def test_a_hand_made_update_must_step_the_version(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    """Even the superuser's."""
    contact = await stored_contact(db, seed)
    for change in ("", ", version = version + 2", ", version = version"):
        with pytest.raises(psycopg.DatabaseError) as caught:
            superuser.execute(f"UPDATE contacts SET name = 'x'{change}")  # noqa: S608
        assert caught.value.sqlstate == "VT002"
        assert "version = version + 1" in str(caught.value.diag.message_hint)
    superuser.execute("UPDATE contacts SET name = 'x', version = version + 1")
    async with db.unit_of_work(TENANT) as uow:
        loaded = await uow.contacts.get(contact.id)
    assert (loaded.name, loaded.version) == ("x", 2)


async def test_without_a_tenant_nothing_is_read_and_the_error_says_why(
    owner_dsn: str, db: Database[UnitOfWork], seed: Seed
) -> None:
    await stored_contact(db, seed)
    with psycopg.connect(owner_dsn) as connection:
        for _ in range(2):  # the second time the setting is '' and no longer NULL
            with pytest.raises(psycopg.DatabaseError) as caught:
                connection.execute("SELECT * FROM contacts")
            assert caught.value.sqlstate == "VT001"
            connection.rollback()
            connection.execute("SET LOCAL app.tenant_id = 'acme'")
            connection.commit()


async def test_one_tenant_neither_sees_nor_writes_anothers_rows(
    owner_dsn: str, db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    contact = await stored_contact(db, seed)
    with psycopg.connect(owner_dsn) as connection:
        connection.execute("SET LOCAL app.tenant_id = 'umbrella'")
        assert connection.execute("SELECT count(*) FROM contacts").fetchone() == (0,)
        touched = connection.execute("UPDATE contacts SET name = 'x', version = version + 1")
        assert touched.rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("INSERT INTO processed_events VALUES ('acme', 'x', gen_random_uuid(), now())")
        connection.rollback()
        assert OTHER_TENANT == "umbrella"
        connection.execute("SET LOCAL app.tenant_id = 'acme'")
        assert connection.execute("SELECT id FROM contacts").fetchall() == [(contact.id,)]


def test_the_channel_directory_is_asked_without_a_tenant_and_written_only_with_it(owner_dsn: str) -> None:
    with psycopg.connect(owner_dsn) as connection:
        assert connection.execute("SELECT count(*) FROM channel_routes").fetchone() == (0,)
        with pytest.raises(psycopg.DatabaseError) as caught:
            connection.execute(
                "INSERT INTO channel_routes VALUES ('acme', 'waha', 'x', gen_random_uuid(), 'hook')"
            )
        assert caught.value.sqlstate == "VT001"


TIMES = [
    "infinity",
    "-infinity",
    "0001-01-01Z",
    "0044-03-15 BC",
    "9999-12-31T23:59:59.999999Z",
    "20000-01-01",
]
HOSTILE: dict[str, tuple[Any, list[Any]]] = {
    "timestamp with time zone": ("2026-01-02", TIMES),
    "text[]": (["a"], [["a", None], [["a"], ["b"]]]),
    "uuid[]": ([str(UUID(int=1))], [[None], [[str(UUID(int=1))], [str(UUID(int=2))]]]),
    "double precision": (0.5, ["NaN", "Infinity", "-Infinity"]),
    "numeric": (0.5, ["NaN", "Infinity", "-Infinity"]),
    "interval": ("1 day", ["1000000000 days"]),
    "text": ("a", ["a" * 501]),
}
"""By type: a value that may pass, and those that a CHECK has to refuse. Of texts, the indexed ones."""
COLUMNS = """
SELECT attrelid::regclass::text, attnum, attname, format_type(atttypid, NULL) FROM pg_attribute
  JOIN pg_class c ON c.oid = attrelid AND c.relkind IN ('r', 'p') AND relname NOT LIKE '%migrations%'
 WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
   AND (format_type(atttypid, NULL) IN ('timestamp with time zone', 'double precision', 'numeric', 'interval')
        OR format_type(atttypid, NULL) LIKE '%[]'
        OR atttypid IN ('text'::regtype, 'varchar'::regtype) AND EXISTS (
            SELECT FROM pg_index JOIN pg_class i ON i.oid = indexrelid
              JOIN pg_am a ON a.oid = i.relam AND a.amname = 'btree'
             WHERE indrelid = attrelid AND attnum = ANY (indkey)))
 ORDER BY 1, 2
"""
CHECKS = "SELECT conrelid::regclass::text, pg_get_expr(conbin, conrelid), conkey FROM pg_constraint WHERE {}"


def unbounded(connection: psycopg.Connection) -> list[tuple[str, str, Any]]:
    """Columns with a value that every CHECK of their table lets pass.

    A CHECK is asked about a row with that one value and NULLs. It refuses the value if it is false for it,
    and either not so for another value, or about this column alone. A column that refers to another row has
    the bound of the column there.
    """
    checks = connection.execute(CHECKS.format("contype = 'c' AND convalidated")).fetchall()
    references = connection.execute(CHECKS.format("contype = 'f' AND convalidated")).fetchall()
    referring = {(table, number) for table, _, key in references for number in key}
    return [
        (table, column, value)
        for table, number, column, kind in connection.execute(COLUMNS).fetchall()
        if (table, number) not in referring
        for value in HOSTILE[kind][1]
        if not any(
            refuses(connection, table, check, column, value)
            and (key == [number] or not refuses(connection, table, check, column, HOSTILE[kind][0]))
            for checked, check, key in checks
            if checked == table and number in key
        )
    ]


def refuses(connection: psycopg.Connection, table: str, check: str, column: str, value: Any) -> bool:
    try:
        row = connection.execute(
            f"SELECT ({check.replace('%', '%%')}) IS FALSE FROM jsonb_populate_record(NULL::{table}, %s)",  # noqa: S608
            [json.dumps({column: value})],
        ).fetchone()
    except psycopg.errors.FeatureNotSupported:  # array_position() of several dimensions
        return True
    assert row is not None
    return bool(row[0])


def test_every_time_array_float_and_indexed_text_has_its_bound(superuser: psycopg.Connection) -> None:
    superuser.execute("SET TimeZone = 'UTC'")
    assert unbounded(superuser) == []
    asked = {kind for *_, kind in superuser.execute(COLUMNS).fetchall()}
    assert asked >= {"timestamp with time zone", "text[]", "uuid[]", "double precision", "interval", "text"}


def test_control_a_table_without_bounds_is_found(superuser: psycopg.Connection) -> None:
    """And one whose bounds are too wide, or not validated, or of another column."""
    superuser.execute("""
        SET TimeZone = 'UTC';
        CREATE TABLE loose (
            a timestamptz, b text[], c text PRIMARY KEY, d numeric, e text, f timestamptz,
            CHECK (isfinite(a)), CHECK (char_length(c) <= 600), CHECK ((e IS NULL) = (f IS NULL)),
            CHECK (d < 'Infinity'), CHECK (array_ndims(b) = 1), CHECK (char_length(e) < 9)
        );
        ALTER TABLE loose ADD CHECK (f > '0001-01-01' AND f < '9999-12-31') NOT VALID
        """)
    found = unbounded(superuser)
    assert {(column, str(value)) for table, column, value in found if table == "loose"} == {
        *(("a", value) for value in TIMES if "infinity" not in value),
        ("b", "['a', None]"),
        ("c", "a" * 501),
        ("d", "-Infinity"),
        *(("f", value) for value in TIMES),
    }
    assert len(found) == len([row for row in found if row[0] == "loose"])


def test_no_index_entry_can_outgrow_its_page(superuser: psycopg.Connection) -> None:
    """A text of n characters takes 4 n bytes at most and 4 for its length, anything else here 16."""
    indexes = superuser.execute("""
        SELECT i.relname, x.indrelid::regclass::text, array_agg(a.attname::text), count(*) FROM pg_index x
          JOIN pg_class i ON i.oid = indexrelid JOIN pg_am m ON m.oid = i.relam AND m.amname = 'btree'
          JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = ANY (indkey)
           AND a.atttypid = 'text'::regtype
         WHERE i.relnamespace = 'public'::regnamespace AND i.relname NOT LIKE '%migrations%' GROUP BY 1, 2
        """).fetchall()
    checks = superuser.execute(CHECKS.format("contype = 'c'")).fetchall()
    referring = superuser.execute("""
        SELECT conrelid::regclass::text, attname FROM pg_constraint
          JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
         WHERE contype = 'f' AND atttypid = 'text'::regtype
        """).fetchall()
    assert {column for _, column in referring} == {"tenant_id", "webhook_id"}
    assert len(indexes) > 15
    for name, table, columns, _ in indexes:
        size = 8 + 16 * 4
        for column in columns:
            if (
                column == "tenant_id" and (table, column) in referring
            ):  # to projects in the end, whose tenant has 100 ASCII characters
                size += 4 + 100
                continue
            lengths = [
                length
                for length in (100, 255, 500)
                if not any(
                    refuses(superuser, table, check, column, "a" * length)
                    for owner, check, _ in checks
                    if owner == table and "char_length" in check and column in check
                )
            ]
            size += 4 + 4 * max(lengths)
        assert size <= 2704, name
