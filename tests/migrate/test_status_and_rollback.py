"""What a database has, and how it is taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

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
    MigrationState,
    migrate,
    rollback,
    status,
)


def test_status_of_an_empty_database_creates_nothing(dsn: str, folder: Path) -> None:
    assert [(migration.id, migration.applied) for migration in status(dsn, of(folder))] == [
        (A, False),
        (B, False),
        (C, False),
    ]
    assert relations(dsn) == set()


def test_status_tells_when_and_what_only_the_database_knows(dsn: str, folder: Path) -> None:
    migrate(dsn, of(folder), to=B)
    (folder / f"{A}.sql").unlink()
    (folder / f"{A}.rollback.sql").unlink()
    first, second, third = status(dsn, of(folder))
    assert (first.id, first.applied, first.in_directory) == (A, True, False)
    assert (second.id, second.applied, second.in_directory) == (B, True, True)
    assert second.applied_at is not None
    assert abs(second.applied_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert third == MigrationState(
        label=C, application="own", id=C, applied=False, applied_at=None, in_directory=True
    )


def test_status_tells_what_is_not_as_it_ran_or_as_checksums_say(dsn: str, folder: Path) -> None:
    migrate(dsn, of(folder))
    assert all(state.settled for state in status(dsn, of(folder)))
    (folder / f"{A}.rollback.sql").write_text("SELECT 2;", encoding="utf-8")
    (folder / f"{B}.sql").write_text("CREATE TABLE b (id bigint);", encoding="utf-8")
    states = {state.id: (state.edited, state.changed, state.settled) for state in status(dsn, of(folder))}
    assert states == {A: (True, False, False), B: (True, True, False), C: (False, False, True)}
    write(folder, C, (folder / f"{C}.sql").read_text(encoding="utf-8"))  # and CHECKSUMS, as of now
    states = {state.id: (state.edited, state.changed, state.settled) for state in status(dsn, of(folder))}
    assert states == {A: (False, False, True), B: (False, True, False), C: (False, False, True)}


def test_status_tells_of_a_migration_that_checksums_alone_know(dsn: str, folder: Path) -> None:
    (folder / f"{C}.sql").unlink()
    (folder / f"{C}.rollback.sql").unlink()
    *_, last = status(dsn, of(folder))
    assert (last.id, last.applied, last.in_directory, last.edited) == (C, False, False, True)


def test_a_database_newer_than_the_code_is_left_alone(dsn: str, folder: Path) -> None:
    migrate(dsn, of(folder))
    (folder / f"{C}.sql").unlink()
    (folder / f"{C}.rollback.sql").unlink()
    write(folder, "0003.create-d", "CREATE TABLE d ();")
    for run in (migrate, rollback):
        with refused(f"newer than this code, which has no {C}"):
            run(dsn, of(folder))
    with refused("newer than this code", C):
        migrate(dsn, of(folder), dry_run=True)
    assert tables(dsn) == {"a", "b", "c"}


# Rolling back


def test_rollback_takes_the_newest(dsn: str, folder: Path) -> None:
    migrate(dsn, of(folder))
    seen: list[str] = []
    assert rollback(dsn, of(folder), report=seen.append) == [C]
    assert seen == [C]
    assert applied(dsn) == [A, B]
    assert rollback(dsn, of(folder), steps=99) == [B, A]
    assert tables(dsn) == set()
    assert rollback(dsn, of(folder)) == []
    assert migrate(dsn, of(folder)) == [A, B, C]


@pytest.mark.parametrize("to", [A, "0001"])
def test_rollback_to_keeps_to(dsn: str, folder: Path, to: str) -> None:
    migrate(dsn, of(folder))
    assert rollback(dsn, of(folder), to=to) == [C, B]
    assert tables(dsn) == {"a"}
    assert rollback(dsn, of(folder), to=to) == []


def test_rollback_undoes_at_least_one(dsn: str, folder: Path) -> None:
    with refused("steps is 0"):
        rollback(dsn, of(folder), steps=0)


def test_rollback_runs_the_statements_in_the_order_of_the_file(dsn: str, folder: Path) -> None:
    down = (
        "CREATE TABLE log (n int GENERATED ALWAYS AS IDENTITY, t text); INSERT INTO log (t) VALUES ('x');"
        "INSERT INTO log (t) VALUES ('y'); INSERT INTO log (t) VALUES ('z');"
    )
    write(folder, C, "SELECT 1; SELECT 2;", down)
    migrate(dsn, of(folder))
    rollback(dsn, of(folder))
    assert query(dsn, "SELECT t FROM log ORDER BY n") == [("x",), ("y",), ("z",)]


def test_a_rollback_that_fails_leaves_its_migration_whole(dsn: str, folder: Path) -> None:
    write(folder, C, "CREATE TABLE c (id int);", "DROP TABLE c; DROP TABLE nowhere;")
    migrate(dsn, of(folder))
    with refused(f"the rollback of {C} failed", 'table "nowhere" does not exist', "42P01"):
        rollback(dsn, of(folder), steps=2)
    assert applied(dsn) == [A, B, C]
    assert tables(dsn) == {"a", "b", "c"}
