"""Migrations outside a transaction, and statements that are split."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support.migrations import (
    DROP_INDEX,
    INDEX,
    A,
    B,
    C,
    applied,
    of,
    query,
    refused,
    tables,
    write,
)
from ventros.migrate import (
    migrate,
    rollback,
)

UNIQUE = "-- transactional: false\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);"


def test_an_index_is_created_and_dropped_concurrently(dsn: str, folder: Path) -> None:
    write(folder, B, INDEX, DROP_INDEX)
    assert migrate(dsn, of(folder), to=B) == [A, B]
    assert tables(dsn) == {"a", "a_id"}
    assert rollback(dsn, of(folder)) == [B]
    assert tables(dsn) == {"a"}
    # The control: in a transaction the server refuses it.
    write(folder, B, INDEX.partition("\n")[2], DROP_INDEX.partition("\n")[2])
    with refused(f"{B} failed: CREATE INDEX CONCURRENTLY cannot run inside a transaction block"):
        migrate(dsn, of(folder))


def test_an_invalid_index_is_never_taken_for_a_finished_one(dsn: str, folder: Path) -> None:
    write(folder, A, "CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1);", "DROP TABLE a;")
    write(folder, B, UNIQUE, DROP_INDEX)
    with refused(f"{B} failed: could not create unique index", "INVALID (a_id)"):
        migrate(dsn, of(folder))
    query(dsn, "DELETE FROM a")
    with refused(f"{B} ran, but a_id is INVALID"):  # IF NOT EXISTS found the index that is no index
        migrate(dsn, of(folder))
    assert applied(dsn) == [A]
    query(dsn, "DROP INDEX a_id")
    assert migrate(dsn, of(folder)) == [B, C]
    assert query(dsn, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass") == [(True,)]


def test_invalid_indexes_of_others_are_no_concern(dsn: str, folder: Path) -> None:
    up = (
        "CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1);"
        "CREATE TABLE parts (id int) PARTITION BY LIST (id);"
        "CREATE TABLE part PARTITION OF parts DEFAULT; CREATE INDEX parts_id ON ONLY parts (id);"
    )
    write(folder, A, up, "DROP TABLE a, parts;")
    migrate(dsn, of(folder), to=A)
    with pytest.raises(psycopg.errors.UniqueViolation):
        query(dsn, "CREATE UNIQUE INDEX CONCURRENTLY by_hand ON a (id)")
    write(
        folder,
        B,
        f"{INDEX} -- not parts_id, which stays INVALID until its partitions have theirs",
        DROP_INDEX,
    )
    assert migrate(dsn, of(folder), to=B) == [B]


def test_without_a_transaction_the_rollback_file_undoes_what_was_done(dsn: str, folder: Path) -> None:
    up = "-- transactional: false\nCREATE TABLE b (); CREATE TABLE d (); SELECT 1 / 0;"
    write(folder, B, up, "DROP TABLE IF EXISTS e; DROP TABLE IF EXISTS d; DROP TABLE IF EXISTS b;")
    with refused(f"{B} failed: division by zero", "look before you run again"):
        migrate(dsn, of(folder))
    assert applied(dsn) == [A]


# How statements are split

FUNCTION = """
CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    step int := 1; -- it's one; always
BEGIN
    IF NEW.version IS DISTINCT FROM OLD.version + step THEN
        RAISE EXCEPTION 'version % of %; not one more', NEW.version, TG_TABLE_NAME;
    END IF;
    FOR i IN 1..2 LOOP PERFORM i; END LOOP;
    CASE WHEN step = 1 THEN NULL; ELSE RETURN NULL; END CASE;
    RETURN NEW;
END $$;
DO $body$ BEGIN EXECUTE $inner$ CREATE TABLE made (id int); $inner$; END; $body$;
CREATE TABLE b (version int DEFAULT 1, note text DEFAULT 'a;b''c; BEGIN');
CREATE TRIGGER guard BEFORE UPDATE ON b FOR EACH ROW EXECUTE FUNCTION guard();
INSERT INTO b DEFAULT VALUES; -- don't; split
UPDATE b SET version = version + 1;
/* the end; it's */
"""


def test_function_bodies_pass_unharmed(dsn: str, folder: Path) -> None:
    write(folder, B, FUNCTION, "DROP TABLE b, made; DROP FUNCTION guard();")
    migrate(dsn, of(folder))
    assert query(dsn, "SELECT * FROM b") == [(2, "a;b'c; BEGIN")]
    with pytest.raises(psycopg.errors.RaiseException, match="version 2 of b; not one more"):
        query(dsn, "UPDATE b SET version = version")
    assert rollback(dsn, of(folder), to=A) == [C, B]


def test_begin_and_declare_as_names_matter_only_outside_a_transaction(dsn: str, folder: Path) -> None:
    """sqlparse splits nothing after them. In a transaction several statements may go as one."""
    for id_, name in ((B, "begin"), (C, "declare")):
        write(folder, id_, f"CREATE TABLE {id_[-1]} ({name} int, id int);\nSELECT 1;\nSELECT 2;")
    assert migrate(dsn, of(folder)) == [A, B, C]
    write(folder, "0011.index-b", "-- transactional: false\n" + "CREATE INDEX CONCURRENTLY ON b (begin);" * 2)
    with refused("0011.index-b failed: CREATE INDEX CONCURRENTLY cannot"):
        migrate(dsn, of(folder))
    write(
        folder, "0011.index-b", "-- transactional: false\n" + 'CREATE INDEX CONCURRENTLY ON b ("begin");' * 2
    )
    assert migrate(dsn, of(folder)) == ["0011.index-b"]
