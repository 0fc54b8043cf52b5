"""What is applied and in which order; what a migration that fails leaves."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support.migrations import (
    A,
    B,
    C,
    applied,
    of,
    query,
    refused,
    relations,
    tables,
    write,
)
from ventros.migrate import (
    migrate,
    rollback,
    status,
)
from ventros.migration_files import write_checksums


def test_applies_in_the_order_of_numbers_and_reports_each(dsn: str, folder: Path) -> None:
    seen: list[tuple[str, list[str]]] = []
    done = migrate(dsn, of(folder), report=lambda id_: seen.append((id_, applied(dsn))))
    assert done == [A, B, C]
    assert seen == [(A, [A]), (B, [A, B]), (C, [A, B, C])]
    assert tables(dsn) == {"a", "b", "c"}


def test_a_second_run_applies_nothing(dsn: str, folder: Path) -> None:
    migrate(dsn, of(folder))
    seen: list[str] = []
    assert migrate(dsn, of(folder), report=seen.append) == []
    assert seen == []


def test_a_later_migration_is_applied_alone_even_below_the_newest(dsn: str, folder: Path) -> None:
    migrate(dsn, of(folder))
    write(folder, "0005.create-d", "CREATE TABLE d ();", "DROP TABLE d;")
    assert migrate(dsn, of(folder)) == ["0005.create-d"]


@pytest.mark.parametrize("to", [B, "0002"])
def test_to_is_the_last_one_applied(dsn: str, folder: Path, to: str) -> None:
    assert migrate(dsn, of(folder), to=to) == [A, B]
    assert migrate(dsn, of(folder), to=A) == []
    assert migrate(dsn, of(folder)) == [C]


@pytest.mark.parametrize(("to", "near"), [("0009", C), ("0003.create-x", B), ("create-b", B), ("", A)])
def test_an_unknown_to_names_the_nearest(dsn: str, folder: Path, to: str, near: str) -> None:
    with refused(repr(to), near):
        migrate(dsn, of(folder), to=to)
    with refused(repr(to), near):
        rollback(dsn, of(folder), to=to)
    assert relations(dsn) == set()


def test_a_dry_run_only_lists(dsn: str, folder: Path) -> None:
    seen: list[str] = []
    assert migrate(dsn, of(folder), to=B, dry_run=True, report=seen.append) == [A, B]
    assert seen == []
    assert relations(dsn) == set()
    migrate(dsn, of(folder), to=A)
    assert migrate(dsn, of(folder), dry_run=True) == [B, C]
    assert applied(dsn) == [A]


def test_an_empty_directory_is_nothing_to_do(dsn: str, tmp_path: Path) -> None:
    write_checksums(tmp_path)
    assert migrate(dsn, of(tmp_path)) == []
    assert rollback(dsn, of(tmp_path)) == []
    assert status(dsn, of(tmp_path)) == []
    assert relations(dsn) == set()


# Failure


def test_a_migration_that_fails_leaves_nothing_and_what_went_before_stays(dsn: str, folder: Path) -> None:
    up = "CREATE TABLE b (id int PRIMARY KEY); INSERT INTO b VALUES (4711); INSERT INTO b VALUES (4711);"
    write(folder, B, up, "DROP TABLE b;")
    seen: list[str] = []
    with refused(f"{B} failed: duplicate key", "[SQLSTATE 23505]", "nothing of it was kept") as caught:
        migrate(dsn, of(folder), report=seen.append)
    assert "4711" not in str(caught.value)  # the server's DETAIL quotes the row
    assert isinstance(caught.value.__cause__, psycopg.errors.UniqueViolation)
    assert seen == applied(dsn) == [A]
    assert tables(dsn) == {"a"}
    write(folder, B, "CREATE TABLE b ();", "DROP TABLE b;")
    assert migrate(dsn, of(folder)) == [B, C]


def test_a_check_at_commit_fails_the_migration_too(dsn: str, folder: Path) -> None:
    up = (
        "CREATE TABLE b (id int PRIMARY KEY, up int REFERENCES b DEFERRABLE INITIALLY DEFERRED);"
        "INSERT INTO b VALUES (1, 2);"
    )
    write(folder, B, up, "DROP TABLE b;")
    with refused(f"{B} failed: insert or update on table", "[SQLSTATE 23503]"):
        migrate(dsn, of(folder))
    assert applied(dsn) == [A]
    assert tables(dsn) == {"a"}


def test_the_mark_commits_with_the_migration_and_no_set_diverts_it(dsn: str, folder: Path) -> None:
    up = (
        "CREATE SCHEMA elsewhere; CREATE TABLE marks AS SELECT id FROM ventros_migrations;"
        "SET search_path TO elsewhere; SET lock_timeout TO '7s'; CREATE TABLE b ();"
    )
    down = "CREATE TABLE marks_left AS SELECT id FROM ventros_migrations; SET search_path TO elsewhere;"
    write(folder, B, up, down)
    write(
        folder,
        C,
        "CREATE TABLE c AS SELECT current_setting('lock_timeout') AS lock_timeout;",
        "DROP TABLE c;",
    )
    assert migrate(dsn, of(folder)) == [A, B, C]
    assert query(dsn, "SELECT id FROM marks ORDER BY 1") == [(A,), (B,)]
    assert query(dsn, "SELECT * FROM c") == [("5s",)], "the runner's own, not the 7s of the one before"
    assert rollback(dsn, of(folder), to=A) == [C, B]
    assert query(dsn, "SELECT id FROM marks_left") == [(A,)]
    assert applied(dsn) == [A]


def test_a_lost_connection_is_told_by_its_cause(dsn: str, folder: Path) -> None:
    write(folder, B, "CREATE TABLE b (); SELECT pg_terminate_backend(pg_backend_pid());", "DROP TABLE b;")
    with refused(f"{B} failed: terminating connection", "[SQLSTATE 57P01]"):
        migrate(dsn, of(folder))
    assert applied(dsn) == [A]
    assert tables(dsn) == {"a"}


def test_a_run_inside_an_except_block_tells_its_own_error(dsn: str, folder: Path) -> None:
    write(folder, B, "SELECT 1 / 0;")
    try:
        query(dsn, "SELECT * FROM nowhere")
    except psycopg.Error:
        with refused(f"{B} failed: division by zero"):
            migrate(dsn, of(folder))


def test_a_role_that_may_not_create_tables_is_told_so(dsn: str, owner: str, folder: Path) -> None:
    query(owner, "GRANT USAGE ON SCHEMA public TO PUBLIC")
    query(owner, "ALTER SCHEMA public OWNER TO postgres")
    with refused(f"{A} failed: permission denied for schema public", "42501"):
        migrate(dsn, of(folder))
    migrate(owner, of(folder), to=A)
    for run in (migrate, rollback):
        with refused("the state of the migrations cannot be read: permission denied", "42501"):
            run(dsn, of(folder))


def test_nothing_is_printed_or_logged(
    dsn: str, folder: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    write(folder, B, "SELECT 'printed' AS it;", "SELECT 'printed' AS it;")
    write(folder, C, "-- transactional: false\nSELECT 1; SELECT 1 / 0;", "SELECT 1 / 0; SELECT 1 / 0;")
    with refused(f"{C} failed: division by zero"):
        migrate(dsn, of(folder))
    rollback(dsn, of(folder))
    assert capfd.readouterr() == ("", "")
    assert caplog.text == ""
