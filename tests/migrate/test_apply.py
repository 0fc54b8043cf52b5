"""What is applied and in which order; what a migration that fails leaves."""

from __future__ import annotations

import getpass
from pathlib import Path

import psycopg
import pytest

from tests.support.migrations import (
    A,
    B,
    C,
    applied,
    query,
    refused,
    relations,
    tables,
    write,
)
from ventros import migrate as module
from ventros.migrate import (
    migrate,
    rollback,
    status,
    write_checksums,
)


def test_applies_in_the_order_of_numbers_and_reports_each(dsn: str, folder: Path) -> None:
    seen: list[tuple[str, list[str]]] = []
    done = migrate(dsn, directory=folder, report=lambda id_: seen.append((id_, applied(dsn))))
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
