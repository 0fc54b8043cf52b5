"""ventros.migrate against a real server, with small migration directories made on the spot."""

from __future__ import annotations

import getpass
import hashlib
import importlib.util
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql
from yoyo import exceptions as yoyo_exceptions
from yoyo.backends import PostgresqlPsycopgBackend

from ventros import administration
from ventros import migrate as module
from ventros.devserver import DevServer
from ventros.kernel import resources
from ventros.kernel.errors import ConfigurationError, MigrationError
from ventros.migrate import (
    CHECKSUMS,
    LOCK_KEY,
    MigrationState,
    migrate,
    rollback,
    status,
    verify_checksums,
    write_checksums,
)

DATABASE = "migrations"
UNREACHABLE = "postgresql:///db?host=/nowhere"
A, B, C = "0001.create-a", "0002.create-b", "0010.create-c"


@pytest.fixture(scope="session")
def owner(server: DevServer) -> str:
    """The superuser in the one database that all tests use: CREATE DATABASE takes most of a test's time."""
    server.create_database(DATABASE)
    return server.superuser_dsn(DATABASE)


@pytest.fixture
def dsn(server: DevServer, owner: str) -> Iterator[str]:
    """A database as empty as a new one. No run may leave a session in it."""
    query(owner, "DROP SCHEMA IF EXISTS public, elsewhere CASCADE")
    query(owner, "CREATE SCHEMA public AUTHORIZATION pg_database_owner")
    yield server.owner_dsn(DATABASE)
    left: LiteralString = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
    until(lambda: not query(owner, left, DATABASE))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three migrations, each of which creates a table and cannot be applied twice."""
    folder = tmp_path / "migrations [1]"  # a name that is a pattern to glob
    folder.mkdir()
    for each in (B, C, A):
        write(folder, each, f"CREATE TABLE {each[-1]} (id int);", f"DROP TABLE {each[-1]};")
    write_checksums(folder)
    return folder


def write(folder: Path, id: str, up: str, down: str = "SELECT 1;") -> None:  # noqa: A002
    (folder / f"{id}.sql").write_text(up, encoding="utf-8")
    (folder / f"{id}.rollback.sql").write_text(down, encoding="utf-8")
    write_checksums(folder)


def query(dsn: str, statement: LiteralString, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def relations(dsn: str) -> set[str]:
    rows = query(
        dsn,
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')",
    )
    return {name for (name,) in rows if not name.endswith("_pkey")}


def tables(dsn: str) -> set[str]:
    return {name for name in relations(dsn) if "yoyo" not in name}


def applied(dsn: str) -> list[str]:
    return [name for (name,) in query(dsn, "SELECT migration_id FROM _yoyo_migration ORDER BY migration_id")]


def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@contextmanager
def refused(
    *parts: str, error: type[Exception] = MigrationError
) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """The block raises exactly ``error``, with a message of one line that holds all ``parts``."""
    with pytest.raises(error) as caught:
        yield caught
    assert type(caught.value) is error
    for part in parts:
        assert part in str(caught.value)
    assert "\n" not in str(caught.value)


# What is applied, and in which order


def test_applies_in_the_order_of_numbers_and_reports_each(dsn: str, folder: Path) -> None:
    seen: list[tuple[str, list[str]]] = []
    done = migrate(dsn, directory=folder, report=lambda each: seen.append((each, applied(dsn))))
    assert done == [A, B, C]
    assert seen == [(A, [A]), (B, [A, B]), (C, [A, B, C])]
    assert tables(dsn) == {"a", "b", "c"}


def test_a_second_run_applies_nothing(dsn: str, folder: Path) -> None:
    migrate(dsn, directory=folder)
    seen: list[str] = []
    assert migrate(dsn, directory=folder, report=seen.append) == []
    assert seen == []


def test_a_later_migration_is_applied_alone_even_below_the_newest(dsn: str, folder: Path) -> None:
    migrate(dsn, directory=folder)
    write(folder, "0005.create-d", "CREATE TABLE d ();", "DROP TABLE d;")
    assert migrate(dsn, directory=folder) == ["0005.create-d"]


@pytest.mark.parametrize("to", [B, "0002"])
def test_to_is_the_last_one_applied(dsn: str, folder: Path, to: str) -> None:
    assert migrate(dsn, directory=folder, to=to) == [A, B]
    assert migrate(dsn, directory=folder, to=A) == []
    assert migrate(dsn, directory=folder) == [C]


@pytest.mark.parametrize(("to", "near"), [("0009", C), ("0003.create-x", B), ("create-b", B), ("", A)])
def test_an_unknown_to_names_the_nearest(dsn: str, folder: Path, to: str, near: str) -> None:
    with refused(repr(to), near):
        migrate(dsn, directory=folder, to=to)
    with refused(repr(to), near):
        rollback(dsn, directory=folder, to=to)
    assert relations(dsn) == set()


def test_a_dry_run_only_lists(dsn: str, folder: Path) -> None:
    seen: list[str] = []
    assert migrate(dsn, directory=folder, to=B, dry_run=True, report=seen.append) == [A, B]
    assert seen == []
    assert relations(dsn) == set()
    migrate(dsn, directory=folder, to=A)
    assert migrate(dsn, directory=folder, dry_run=True) == [B, C]
    assert applied(dsn) == [A]


def test_an_empty_directory_is_nothing_to_do(dsn: str, tmp_path: Path) -> None:
    write_checksums(tmp_path)
    assert migrate(dsn, directory=tmp_path) == []
    assert rollback(dsn, directory=tmp_path) == []
    assert status(dsn, tmp_path) == []
    assert relations(dsn) == set()


# Status


def test_status_of_an_empty_database_creates_nothing(dsn: str, folder: Path) -> None:
    assert [(each.id, each.applied) for each in status(dsn, folder)] == [(A, False), (B, False), (C, False)]
    assert relations(dsn) == set()


def test_status_tells_when_and_what_only_the_database_knows(dsn: str, folder: Path) -> None:
    migrate(dsn, directory=folder, to=B)
    (folder / f"{A}.sql").unlink()
    (folder / f"{A}.rollback.sql").unlink()
    first, second, third = status(dsn, folder)
    assert (first.id, first.applied, first.in_directory) == (A, True, False)
    assert (second.id, second.applied, second.in_directory) == (B, True, True)
    assert second.applied_at is not None
    assert abs(second.applied_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert third == MigrationState(id=C, applied=False, applied_at=None, in_directory=True)


def test_a_database_newer_than_the_code_is_left_alone(dsn: str, folder: Path) -> None:
    migrate(dsn, directory=folder)
    (folder / f"{C}.sql").unlink()
    (folder / f"{C}.rollback.sql").unlink()
    write(folder, "0003.create-d", "CREATE TABLE d ();")
    for run in (migrate, rollback):
        with refused(f"newer than this code, which has no {C}"):
            run(dsn, directory=folder)
    with refused("newer than this code", C):
        migrate(dsn, directory=folder, dry_run=True)
    assert tables(dsn) == {"a", "b", "c"}


# Rolling back


def test_rollback_takes_the_newest(dsn: str, folder: Path) -> None:
    migrate(dsn, directory=folder)
    seen: list[str] = []
    assert rollback(dsn, directory=folder, report=seen.append) == [C]
    assert seen == [C]
    assert applied(dsn) == [A, B]
    assert rollback(dsn, directory=folder, steps=99) == [B, A]
    assert tables(dsn) == set()
    assert rollback(dsn, directory=folder) == []
    assert migrate(dsn, directory=folder) == [A, B, C]


@pytest.mark.parametrize("to", [A, "0001"])
def test_rollback_to_keeps_to(dsn: str, folder: Path, to: str) -> None:
    migrate(dsn, directory=folder)
    assert rollback(dsn, directory=folder, to=to) == [C, B]
    assert tables(dsn) == {"a"}
    assert rollback(dsn, directory=folder, to=to) == []


def test_rollback_undoes_at_least_one(dsn: str, folder: Path) -> None:
    with refused("steps is 0"):
        rollback(dsn, directory=folder, steps=0)


def test_rollback_runs_the_statements_in_the_order_of_the_file(dsn: str, folder: Path) -> None:
    down = (
        "CREATE TABLE log (n int GENERATED ALWAYS AS IDENTITY, t text); INSERT INTO log (t) VALUES ('x');"
        "INSERT INTO log (t) VALUES ('y'); INSERT INTO log (t) VALUES ('z');"
    )
    write(folder, C, "SELECT 1; SELECT 2;", down)
    migrate(dsn, directory=folder)
    rollback(dsn, directory=folder)
    assert query(dsn, "SELECT t FROM log ORDER BY n") == [("x",), ("y",), ("z",)]


def test_a_rollback_that_fails_leaves_its_migration_whole(dsn: str, folder: Path) -> None:
    write(folder, C, "CREATE TABLE c (id int);", "DROP TABLE c; DROP TABLE nowhere;")
    migrate(dsn, directory=folder)
    with refused(f"the rollback of {C} failed", 'table "nowhere" does not exist', "42P01"):
        rollback(dsn, directory=folder, steps=2)
    assert applied(dsn) == [A, B, C]
    assert tables(dsn) == {"a", "b", "c"}


# Checksums


def test_checksums_are_those_of_sha256sum(folder: Path) -> None:
    path = write_checksums(folder)
    assert path == folder / CHECKSUMS
    lines = path.read_bytes().decode().splitlines()
    assert lines == [
        f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.name}"
        for each in sorted(folder.glob("*.sql"))
    ]
    assert len(lines) == 6
    verify_checksums(folder)


def _edit(folder: Path) -> str:
    (folder / f"{A}.sql").write_text("CREATE TABLE a (id bigint);")
    return f"{A}.sql was changed"


def _edit_rollback(folder: Path) -> str:
    (folder / f"{A}.rollback.sql").write_text("")
    return f"{A}.rollback.sql was changed"


def _remove(folder: Path) -> str:
    (folder / f"{B}.sql").unlink()
    (folder / f"{B}.rollback.sql").unlink()
    return f"{B}.rollback.sql is missing"


def _add(folder: Path) -> str:
    (folder / "0011.create-d.sql").touch()
    (folder / "0011.create-d.rollback.sql").touch()
    return "0011.create-d.rollback.sql is new"


def _drop_list(folder: Path) -> str:
    (folder / CHECKSUMS).unlink()
    return f"{CHECKSUMS} is missing"


def _damage_list(folder: Path) -> str:
    with (folder / CHECKSUMS).open("a") as file:
        file.write("<<<<<<< HEAD\n")
    return f"{CHECKSUMS} is missing or damaged"


@pytest.mark.parametrize("change", [_edit, _edit_rollback, _remove, _add, _drop_list, _damage_list])
def test_no_connection_is_made_when_a_file_is_not_what_was_recorded(
    folder: Path, change: Callable[[Path], str]
) -> None:
    expected = change(folder)
    for run in (migrate, rollback):
        with refused(expected, "ventros migrate checksums"):
            run(UNREACHABLE, directory=folder)
    with refused(expected):
        verify_checksums(folder)
    write_checksums(folder)
    verify_checksums(folder)


# Files


def _without_rollback(folder: Path) -> str:
    (folder / f"{C}.rollback.sql").unlink()
    return f"{C}.rollback.sql is missing"


def _only_rollback(folder: Path) -> str:
    (folder / f"{C}.sql").unlink()
    return f"{C}.sql is missing"


def _same_number(folder: Path) -> str:
    write(folder, "0002.create-twin", "SELECT 1;")
    return "0002.create-b and 0002.create-twin have the same number"


def _odd_name(folder: Path) -> str:
    (folder / "12_Create.sql").touch()
    return "12_Create.sql is no migration"


def _python(folder: Path) -> str:
    (folder / "0011.run-me.py").write_text("raise SystemExit('ran')")
    return "0011.run-me.py is no migration"


@pytest.mark.parametrize("change", [_without_rollback, _only_rollback, _same_number, _odd_name, _python])
def test_no_connection_is_made_when_the_names_are_wrong(folder: Path, change: Callable[[Path], str]) -> None:
    expected = change(folder)
    write_checksums(folder)
    for run in (migrate, rollback):
        with refused(expected):
            run(UNREACHABLE, directory=folder, to=A)


def _depends(folder: Path) -> str:
    write(folder, C, f"-- depends: {A}\nSELECT 1;")
    return "take it out"


def _depends_on_nothing(folder: Path) -> str:
    write(folder, C, "-- depends: nowhere\nSELECT 1;")
    return f"{C}.sql or its rollback file cannot be read"


def _odd_header(folder: Path) -> str:
    write(folder, C, "-- transactional: perhaps\nSELECT 1;")
    return f"{C}.sql or its rollback file cannot be read"


def _rollback_alone_without_transaction(folder: Path) -> str:
    write(folder, C, "SELECT 1;", "-- transactional: false\nSELECT 1;")
    return f"{C}.rollback.sql is `-- transactional: false`"


def _not_utf8(folder: Path) -> str:
    (folder / f"{C}.sql").write_bytes("SELECT 'é';".encode("latin-1"))
    return f"{C}.sql or its rollback file cannot be read"


def _own_commit(folder: Path) -> str:
    write(folder, C, "CREATE TABLE c ();\n-- now\nCOMMIT;\nSELECT 1;")
    return f"{C}.sql or its rollback begins or ends a transaction"


def _own_end(folder: Path) -> str:
    write(folder, C, "SELECT 1;\n/* now;\n*/ end; SELECT 1;")
    return f"{C}.sql or its rollback begins or ends a transaction"


def _own_begin(folder: Path) -> str:
    write(folder, C, "SELECT 1;", "begin; DROP TABLE c; commit;")
    return f"{C}.sql or its rollback begins or ends a transaction"


@pytest.mark.parametrize(
    "change",
    [
        _depends,
        _depends_on_nothing,
        _odd_header,
        _rollback_alone_without_transaction,
        _not_utf8,
        _own_commit,
        _own_end,
        _own_begin,
    ],
)
def test_nothing_runs_when_a_later_file_is_wrong(
    dsn: str, folder: Path, change: Callable[[Path], str]
) -> None:
    migrate(dsn, directory=folder, to=A)
    expected = change(folder)
    write_checksums(folder)
    for dry_run in (False, True):
        with refused(expected):
            migrate(dsn, directory=folder, dry_run=dry_run)
    assert tables(dsn) == {"a"}
    query(dsn, "UPDATE _yoyo_migration SET migration_id = %s", C)
    with refused(expected):
        rollback(dsn, directory=folder)


def test_other_files_are_nobodys_business(dsn: str, folder: Path) -> None:
    (folder / "README.md").write_text("Read me.")
    assert migrate(dsn, directory=folder) == [A, B, C]


def test_a_directory_that_is_none(tmp_path: Path) -> None:
    with refused("nowhere is not a directory"):
        migrate(UNREACHABLE, directory=tmp_path / "nowhere")


def test_the_directory_defaults_to_the_projects_own(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    asked: list[str] = []

    def directory(name: str) -> Path:
        asked.append(name)
        return folder

    monkeypatch.setattr(resources, "directory", directory)
    assert write_checksums() == folder / CHECKSUMS
    assert asked == ["migrations"]


# Failure


def test_a_migration_that_fails_leaves_nothing_and_what_went_before_stays(dsn: str, folder: Path) -> None:
    up = "CREATE TABLE b (id int PRIMARY KEY); INSERT INTO b VALUES (4711); INSERT INTO b VALUES (4711);"
    write(folder, B, up, "DROP TABLE b;")
    seen: list[str] = []
    with refused(f"{B} failed: duplicate key", "[SQLSTATE 23505]", "nothing of it was kept") as caught:
        migrate(dsn, directory=folder, report=seen.append)
    assert "4711" not in str(caught.value)  # the server's DETAIL quotes the row
    assert isinstance(caught.value.__cause__, psycopg.errors.UniqueViolation)
    assert seen == applied(dsn) == [A]
    assert tables(dsn) == {"a"}
    write(folder, B, "CREATE TABLE b ();", "DROP TABLE b;")
    assert migrate(dsn, directory=folder) == [B, C]


def test_a_check_at_commit_fails_the_migration_too(dsn: str, folder: Path) -> None:
    up = (
        "CREATE TABLE b (id int PRIMARY KEY, up int REFERENCES b DEFERRABLE INITIALLY DEFERRED);"
        "INSERT INTO b VALUES (1, 2);"
    )
    write(folder, B, up, "DROP TABLE b;")
    with refused(f"{B} failed: insert or update on table", "[SQLSTATE 23503]"):
        migrate(dsn, directory=folder)
    assert applied(dsn) == [A]
    assert tables(dsn) == {"a"}


def test_the_mark_commits_with_the_migration_and_no_set_diverts_it(dsn: str, folder: Path) -> None:
    up = (
        "CREATE SCHEMA elsewhere; CREATE TABLE marks AS SELECT migration_id FROM _yoyo_migration;"
        "SET search_path TO elsewhere; SET lock_timeout TO '7s'; CREATE TABLE b ();"
    )
    down = (
        "CREATE TABLE marks_left AS SELECT migration_id FROM _yoyo_migration; SET search_path TO elsewhere;"
    )
    write(folder, B, up, down)
    write(
        folder,
        C,
        "CREATE TABLE c AS SELECT current_setting('lock_timeout') AS lock_timeout;",
        "DROP TABLE c;",
    )
    assert migrate(dsn, directory=folder) == [A, B, C]
    assert query(dsn, "SELECT migration_id FROM marks ORDER BY 1") == [(A,), (B,)]
    assert query(dsn, "SELECT * FROM c") == [("5s",)], "the runner's own, not the 7s of the one before"
    assert rollback(dsn, directory=folder, to=A) == [C, B]
    assert query(dsn, "SELECT migration_id FROM marks_left") == [(A,)]
    assert applied(dsn) == [A]


def test_a_lost_connection_is_told_by_its_cause(dsn: str, folder: Path) -> None:
    write(folder, B, "CREATE TABLE b (); SELECT pg_terminate_backend(pg_backend_pid());", "DROP TABLE b;")
    with refused(f"{B} failed: terminating connection", "[SQLSTATE 57P01]"):
        migrate(dsn, directory=folder)
    assert applied(dsn) == [A]
    assert tables(dsn) == {"a"}


def test_a_run_inside_an_except_block_tells_its_own_error(dsn: str, folder: Path) -> None:
    write(folder, B, "SELECT 1 / 0;")
    try:
        query(dsn, "SELECT * FROM nowhere")
    except psycopg.Error:
        with refused(f"{B} failed: division by zero"):
            migrate(dsn, directory=folder)


def test_a_role_that_may_not_create_tables_is_told_so(dsn: str, owner: str, folder: Path) -> None:
    query(owner, "GRANT USAGE ON SCHEMA public TO PUBLIC")
    query(owner, "ALTER SCHEMA public OWNER TO postgres")
    with refused(f"{A} failed: permission denied for schema public", "42501"):
        migrate(dsn, directory=folder)
    migrate(owner, directory=folder, to=A)
    for run in (migrate, rollback):
        with refused("the state of the migrations cannot be read: permission denied", "42501"):
            run(dsn, directory=folder)


def test_nothing_is_printed_or_logged(
    dsn: str,
    folder: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(folder, B, "SELECT 'printed' AS it;", "SELECT 'printed' AS it;")
    # Its second statement fails, and so does the undoing of its first, which yoyo logs with a traceback.
    write(folder, C, "-- transactional: false\nSELECT 1; SELECT 1 / 0;", "SELECT 1 / 0; SELECT 1 / 0;")
    with refused(f"{C} failed: division by zero"):
        migrate(dsn, directory=folder)
    rollback(dsn, directory=folder)
    assert capfd.readouterr() == ("", "")
    assert caplog.text == ""
    # The control: with psycopg's own cursor yoyo prints the result.
    monkeypatch.setattr(module, "_QuietCursor", psycopg.Cursor)
    migrate(dsn, directory=folder, to=B)
    assert "printed" in capfd.readouterr().out


def test_the_log_needs_no_name_for_the_uid(dsn: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", nameless)
    migrate(dsn, directory=folder, to=A)
    rollback(dsn, directory=folder)
    rows = query(dsn, "SELECT migration_id, operation, username FROM _yoyo_log ORDER BY created_at_utc")
    assert rows == [(A, "apply", "ventros_owner"), (A, "rollback", "ventros_owner")]


# Outside a transaction

INDEX = "-- transactional: false\nCREATE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);"
UNIQUE = "-- transactional: false\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id);"
DROP_INDEX = "-- transactional: false\nDROP INDEX CONCURRENTLY IF EXISTS a_id;"


def test_an_index_is_created_and_dropped_concurrently(dsn: str, folder: Path) -> None:
    write(folder, B, INDEX, DROP_INDEX)
    assert migrate(dsn, directory=folder, to=B) == [A, B]
    assert tables(dsn) == {"a", "a_id"}
    assert rollback(dsn, directory=folder) == [B]
    assert tables(dsn) == {"a"}
    # The control: in a transaction the server refuses it.
    write(folder, B, INDEX.partition("\n")[2], DROP_INDEX.partition("\n")[2])
    with refused(f"{B} failed: CREATE INDEX CONCURRENTLY cannot run inside a transaction block"):
        migrate(dsn, directory=folder)


def test_an_invalid_index_is_never_taken_for_a_finished_one(dsn: str, folder: Path) -> None:
    write(folder, A, "CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1);", "DROP TABLE a;")
    write(folder, B, UNIQUE, DROP_INDEX)
    with refused(f"{B} failed: could not create unique index", "INVALID (a_id)"):
        migrate(dsn, directory=folder)
    query(dsn, "DELETE FROM a")
    with refused(f"{B} ran, but a_id is INVALID"):  # IF NOT EXISTS found the index that is no index
        migrate(dsn, directory=folder)
    assert applied(dsn) == [A]
    query(dsn, "DROP INDEX a_id")
    assert migrate(dsn, directory=folder) == [B, C]
    assert query(dsn, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_id'::regclass") == [(True,)]


def test_invalid_indexes_of_others_are_no_concern(dsn: str, folder: Path) -> None:
    up = (
        "CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1);"
        "CREATE TABLE parts (id int) PARTITION BY LIST (id);"
        "CREATE TABLE part PARTITION OF parts DEFAULT; CREATE INDEX parts_id ON ONLY parts (id);"
    )
    write(folder, A, up, "DROP TABLE a, parts;")
    migrate(dsn, directory=folder, to=A)
    with pytest.raises(psycopg.errors.UniqueViolation):
        query(dsn, "CREATE UNIQUE INDEX CONCURRENTLY by_hand ON a (id)")
    write(
        folder,
        B,
        f"{INDEX} -- not parts_id, which stays INVALID until its partitions have theirs",
        DROP_INDEX,
    )
    assert migrate(dsn, directory=folder, to=B) == [B]


def test_without_a_transaction_the_rollback_file_undoes_what_was_done(dsn: str, folder: Path) -> None:
    up = "-- transactional: false\nCREATE TABLE b (); CREATE TABLE d (); SELECT 1 / 0;"
    write(folder, B, up, "DROP TABLE IF EXISTS e; DROP TABLE IF EXISTS d; DROP TABLE IF EXISTS b;")
    with refused(f"{B} failed: division by zero", "look before you run again"):
        migrate(dsn, directory=folder)
    assert applied(dsn) == [A]


# How statements are split

FUNCTION = """
CREATE FUNCTION fence() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER fence BEFORE UPDATE ON b FOR EACH ROW EXECUTE FUNCTION fence();
INSERT INTO b DEFAULT VALUES; -- don't; split
UPDATE b SET version = version + 1;
/* the end; it's */
"""


def test_function_bodies_pass_unharmed(dsn: str, folder: Path) -> None:
    write(folder, B, FUNCTION, "DROP TABLE b, made; DROP FUNCTION fence();")
    migrate(dsn, directory=folder)
    assert query(dsn, "SELECT * FROM b") == [(2, "a;b'c; BEGIN")]
    with pytest.raises(psycopg.errors.RaiseException, match="version 2 of b; not one more"):
        query(dsn, "UPDATE b SET version = version")
    assert rollback(dsn, directory=folder, to=A) == [C, B]


def test_begin_and_declare_as_names_matter_only_outside_a_transaction(dsn: str, folder: Path) -> None:
    """sqlparse splits nothing after them. In a transaction several statements may go as one."""
    for each, name in ((B, "begin"), (C, "declare")):
        write(folder, each, f"CREATE TABLE {each[-1]} ({name} int, id int);\nSELECT 1;\nSELECT 2;")
    assert migrate(dsn, directory=folder) == [A, B, C]
    write(folder, "0011.index-b", "-- transactional: false\n" + "CREATE INDEX CONCURRENTLY ON b (begin);" * 2)
    with refused("0011.index-b failed: CREATE INDEX CONCURRENTLY cannot"):
        migrate(dsn, directory=folder)
    write(
        folder, "0011.index-b", "-- transactional: false\n" + 'CREATE INDEX CONCURRENTLY ON b ("begin");' * 2
    )
    assert migrate(dsn, directory=folder) == ["0011.index-b"]


# The way to the database

PASSWORD = "p@s/s:%41 ?#&'\\é"  # noqa: S105 - of a role that lives for one test


@pytest.fixture
def role(dsn: str, owner: str) -> Iterator[str]:
    """A role with that password, which owns the schema of the database of ``dsn``."""
    assert dsn
    name = "o'r @home"
    parts = {"role": sql.Identifier(name), "password": PASSWORD}
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE ROLE {role} LOGIN PASSWORD {password}").format(**parts))
        connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {role}").format(**parts))
        yield name
        connection.execute(sql.SQL("DROP OWNED BY {role}").format(**parts))
        connection.execute(sql.SQL("DROP ROLE {role}").format(**parts))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+asyncpg"])
def test_a_socket_and_a_difficult_password(server: DevServer, role: str, folder: Path, scheme: str) -> None:
    user = f"{scheme}://{quote(role, safe='')}:{quote(PASSWORD, safe='')}"
    host = quote(server.host, safe="")
    assert migrate(f"{user}@/{DATABASE}?host={host}&port={server.port}", directory=folder, to=A) == [A]
    assert migrate(f"{user}@{host}:{server.port}/{DATABASE}", directory=folder) == [B, C]
    with refused("cannot be reached", "password authentication failed", error=ConfigurationError) as caught:
        status(f"{user}x@/{DATABASE}?host={host}&port={server.port}", folder)
    assert "p@s" not in str(caught.value)


@pytest.mark.parametrize(
    "place", ["127.0.0.1:1/db", "/db?host=/nowhere", "no-such-host.invalid/db", "/db?host=/a,/b&port=1,2"]
)
def test_a_database_that_is_not_there(folder: Path, place: str) -> None:
    for run in (migrate, rollback, status):
        with refused("the database cannot be reached: ", error=ConfigurationError) as caught:
            run(f"postgresql://user:sesame@{place}", directory=folder)
        assert "sesame" not in str(caught.value)


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://user:open@sesame@host/db",
        "postgresql://user:open/sesame@host/db",
        "postgresql://user:/sesame@host/db",
        "postgresql://user:open%sesame@host/db",
        "postgresql://user:sesame@host:port/db",
        "postgresql://user:sesame@host/db?server_settings=1",
        "mysql://user:sesame@host/db",
        "sesame",
    ],
)
def test_a_dsn_that_cannot_be_read_is_not_quoted(folder: Path, dsn: str) -> None:
    with refused("the DSN cannot be read: write postgresql://", error=ConfigurationError) as caught:
        migrate(dsn, directory=folder)
    assert "sesame" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_what_the_dsn_says_goes_before_our_own(dsn: str, folder: Path) -> None:
    up = (
        "CREATE TABLE b AS SELECT current_setting('application_name') AS n, current_setting('work_mem') AS m;"
    )
    write(folder, B, up, "DROP TABLE b;")
    own = f"{dsn}&application_name=deploy&options=-c%20work_mem%3D5MB"
    migrate(own, directory=folder)
    assert query(dsn, "SELECT n, m FROM b") == [("deploy", "5MB")]


def test_the_extra_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yoyo", None)
    spec = importlib.util.spec_from_file_location("ventros_migrate_without_yoyo", module.__file__)
    assert spec is not None
    assert spec.loader is not None
    with refused("yoyo", "pip install 'ventros[migrate]'", error=ConfigurationError):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


# Two runs at once


def sessions(dsn: str, statement: str) -> list[int]:
    """Backends of migration runs whose latest statement begins with ``statement``."""
    rows = query(
        dsn,
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        "   AND application_name = 'ventros migrate' AND query LIKE %s",
        f"{statement}%",
    )
    return [pid for (pid,) in rows]


def test_two_runs_at_once_apply_each_migration_once(dsn: str, folder: Path) -> None:
    write(folder, B, INDEX.replace("IF NOT EXISTS ", ""), DROP_INDEX)
    start = threading.Barrier(4)

    def run() -> list[str]:
        start.wait()
        return migrate(dsn, directory=folder)

    with ThreadPoolExecutor(4) as pool:
        done = [future.result() for future in [pool.submit(run) for _ in range(4)]]
    assert sorted(done) == [[], [], [], [A, B, C]]


def test_a_second_run_waits_its_bound_and_names_the_first(dsn: str, folder: Path) -> None:
    def second(_id: str) -> None:
        began = time.monotonic()
        for run in (migrate, rollback):
            (holder,) = sessions(dsn, "SELECT 1")
            with refused(f"pid {holder} (ventros migrate, role ventros_owner, from a socket", "waited 0.2 s"):
                run(dsn, directory=folder, lock_wait=0.2)
        assert 0.4 < time.monotonic() - began < 5
        assert migrate(dsn, directory=folder, dry_run=True) == [B, C]
        assert len(status(dsn, folder)) == 3

    assert migrate(dsn, directory=folder, report=lambda each: second(each) if each == A else None) == [
        A,
        B,
        C,
    ]


def test_control_without_the_lock_two_runs_collide(
    dsn: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_lock", lambda parameters, _wait: administration.connected(parameters))

    def second(each: str) -> None:
        if each == A:
            assert migrate(dsn, directory=folder) == [B, C]

    with refused(f"{B} failed: duplicate key value", "_yoyo_migration_pkey"):
        migrate(dsn, directory=folder, report=second)


def wait_politely(dsn: str, folder: Path) -> object:
    return migrate(dsn, directory=folder)


def wait_in_the_server(dsn: str, _folder: Path) -> object:
    return query(dsn, "SELECT pg_advisory_lock(%s)", LOCK_KEY)


@pytest.mark.parametrize("waiting", [wait_politely, wait_in_the_server])
def test_an_index_is_built_while_another_run_waits(
    dsn: str, folder: Path, waiting: Callable[[str, Path], object]
) -> None:
    """The control is the run that waits inside the server: its snapshot stops the index for ever."""
    write(folder, B, INDEX.replace("\n", "\nSET lock_timeout = '300ms';\n"), DROP_INDEX)
    with ThreadPoolExecutor(1) as pool:
        others = []

        def report(each: str) -> None:
            if each == A:
                others.append(pool.submit(waiting, dsn, folder))
                until(lambda: bool(sessions(dsn, "SELECT pg_try_advisory_lock") or blocked(dsn)))

        if waiting is wait_politely:
            assert migrate(dsn, directory=folder, report=report) == [A, B, C]
            assert others[0].result() == []
        else:
            with refused(f"{B} failed: canceling statement due to lock timeout"):
                migrate(dsn, directory=folder, report=report)
            assert others[0].result() == [("",)]


def blocked(dsn: str) -> bool:
    return bool(query(dsn, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))


def test_the_lock_is_free_after_a_failure(dsn: str, folder: Path) -> None:
    write(folder, B, "SELECT 1 / 0;")
    for _ in range(2):
        with refused(f"{B} failed: division by zero"):
            migrate(dsn, directory=folder, lock_wait=0)
    assert query(dsn, "SELECT pid FROM pg_locks WHERE locktype = 'advisory'") == []


def test_databases_of_one_server_do_not_wait_for_each_other(
    server: DevServer, dsn: str, folder: Path
) -> None:
    server.create_database("migrations_other")
    other = server.owner_dsn("migrations_other")
    seen: list[list[str]] = []

    def report(each: str) -> None:
        seen.append(migrate(other, directory=folder, to=each, lock_wait=0))

    migrate(dsn, directory=folder, report=report)
    assert seen == [[A], [B], [C]]


def test_a_run_that_lost_the_lock_stops(dsn: str, folder: Path) -> None:
    def lose(_id: str) -> None:
        (holder,) = sessions(dsn, "SELECT 1")
        query(dsn, "SELECT pg_terminate_backend(%s)", holder)
        until(lambda: not sessions(dsn, "SELECT 1"))

    with refused(f"stopped before {B}: the migration lock is lost"):
        migrate(dsn, directory=folder, report=lose)
    assert applied(dsn) == [A]
    assert migrate(dsn, directory=folder) == [B, C]


def test_a_server_that_ends_idle_sessions_does_not_take_the_lock_away(dsn: str, folder: Path) -> None:
    write(folder, A, "CREATE TABLE a (); SELECT pg_sleep(0.5);", "DROP TABLE a;")
    own = f"{dsn}&options=-c%20idle_session_timeout%3D200"
    assert migrate(own, directory=folder) == [A, B, C]


def test_yoyos_own_lock_left_by_a_crash_stops_nobody(
    dsn: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query(dsn, "CREATE TABLE yoyo_lock (locked int DEFAULT 1 PRIMARY KEY, ctime timestamp, pid int NOT NULL)")
    query(dsn, "INSERT INTO yoyo_lock VALUES (1, now(), 4711)")
    assert migrate(dsn, directory=folder, to=A) == [A]
    # The control: yoyo's lock meets the row whenever it sets up its tables.
    query(dsn, "DROP TABLE _yoyo_migration, _yoyo_log, _yoyo_version, a")
    monkeypatch.setattr(
        module._Backend, "lock", lambda backend: PostgresqlPsycopgBackend.lock(backend, timeout=0.1)
    )
    with pytest.raises(yoyo_exceptions.LockTimeout, match="Process 4711"):
        migrate(dsn, directory=folder)
