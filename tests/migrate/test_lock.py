"""Two runs at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

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
    until,
    write,
)
from tests.support.pooler import pooler
from ventros import migrate as module
from ventros.devserver import DevServer
from ventros.migrate import (
    LOCK_KEY,
    migrate,
    rollback,
    status,
)


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
        return migrate(dsn, of(folder))

    with ThreadPoolExecutor(4) as pool:
        done = [future.result() for future in [pool.submit(run) for _ in range(4)]]
    assert sorted(done) == [[], [], [], [A, B, C]]


def test_a_second_run_waits_its_bound_and_names_the_first(dsn: str, folder: Path) -> None:
    def second(_id: str) -> None:
        began = time.monotonic()
        for run in (migrate, rollback):
            (holder,) = sessions(dsn, "SELECT 1")
            with refused(f"pid {holder} (ventros migrate, role ventros_owner, from a socket", "waited 0.2 s"):
                run(dsn, of(folder), lock_wait=0.2)
        assert 0.4 < time.monotonic() - began < 5
        assert migrate(dsn, of(folder), dry_run=True) == [B, C]
        assert len(status(dsn, of(folder))) == 3

    assert migrate(dsn, of(folder), report=lambda id_: second(id_) if id_ == A else None) == [
        A,
        B,
        C,
    ]


def test_control_without_the_lock_two_runs_collide(
    dsn: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_lock", lambda dsn, _wait: module._connect(dsn))

    def second(id_: str) -> None:
        if id_ == A:
            assert migrate(dsn, of(folder)) == [B, C]

    with refused(f"{B} failed: duplicate key value", "ventros_migrations_pkey"):
        migrate(dsn, of(folder), report=second)


def wait_politely(dsn: str, folder: Path) -> object:
    return migrate(dsn, of(folder))


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

        def report(id_: str) -> None:
            if id_ == A:
                others.append(pool.submit(waiting, dsn, folder))
                until(lambda: bool(sessions(dsn, "ROLLBACK") or blocked(dsn)))

        if waiting is wait_politely:
            assert migrate(dsn, of(folder), report=report) == [A, B, C]
            assert others[0].result() == []
        else:
            with refused(f"{B} failed: canceling statement due to lock timeout"):
                migrate(dsn, of(folder), report=report)
            assert others[0].result() == [("",)]


class Extended(psycopg.Cursor[Any]):
    """Sends every query by the extended protocol; of commands it may be given several at once."""

    def execute(self, query: Any, params: Any = None, **_keywords: Any) -> Self:
        return super().execute(query, params, binary=str(query).lstrip().startswith("SELECT"))


def lock_by_extended_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = module._connect

    @contextmanager
    def connect_otherwise(dsn: str) -> Iterator[psycopg.Connection]:
        with connect(dsn) as connection:
            connection.cursor_factory = Extended
            yield connection

    monkeypatch.setattr(module, "_connect", connect_otherwise)


def lock_with_a_snapshot(monkeypatch: pytest.MonkeyPatch) -> None:
    def try_lock(connection: psycopg.Connection) -> bool:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        return connection.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_KEY]).fetchone() == (True,)

    monkeypatch.setattr(module, "_try_lock", try_lock)


@pytest.mark.parametrize("spoil", [None, lock_by_extended_queries, lock_with_a_snapshot])
def test_the_transaction_of_the_lock_holds_up_no_index(
    dsn: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[pytest.MonkeyPatch], None] | None,
) -> None:
    """The controls are a lock in a transaction that keeps a snapshot, of one kind or the other."""
    write(folder, B, INDEX.replace("\n", "\nSET lock_timeout = '300ms';\n"), DROP_INDEX)
    held = "SELECT backend_xmin, backend_xid FROM pg_stat_activity WHERE pid = ANY (%s)"
    seen: list[object] = []

    def look(_label: str) -> None:
        seen.extend(query(dsn, held, sessions(dsn, "SELECT 1")))

    if spoil is None:
        assert migrate(dsn, of(folder), report=look) == [A, B, C]
        assert seen == [(None, None)] * 3
        return
    spoil(monkeypatch)
    with refused(f"{B} failed: canceling statement due to lock timeout"):
        migrate(dsn, of(folder))


def hold_no_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock as a session's, which a pooler in transaction mode does not know."""

    def try_lock(connection: psycopg.Connection) -> bool:
        return connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_KEY]).fetchone() == (True,)

    monkeypatch.setattr(module, "_try_lock", try_lock)


@pytest.mark.parametrize("spoil", [None, hold_no_transaction])
def test_a_pooler_in_transaction_mode_keeps_the_lock(
    server: DevServer,
    dsn: str,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[pytest.MonkeyPatch], None] | None,
) -> None:
    """The control is a lock that the session holds, not a transaction: the second run does not see it."""
    write(folder, B, INDEX, DROP_INDEX)
    if spoil is not None:
        spoil(monkeypatch)

    with pooler(server, dsn, size=3, prepared=False) as pooled:

        def second(label: str) -> None:
            if label != A:
                return
            if spoil is None:
                with refused("another run goes on: pid "):
                    migrate(pooled, of(folder), lock_wait=0.2)
            else:
                assert migrate(pooled, of(folder), lock_wait=0.2) == [B, C]

        if spoil is None:
            assert migrate(pooled, of(folder), report=second) == [A, B, C]
            assert rollback(pooled, of(folder), steps=3) == [C, B, A]
        else:
            with refused(f"{B} failed: duplicate key value"):
                migrate(pooled, of(folder), report=second)


def test_two_runs_at_once_through_a_pooler_apply_each_migration_once(
    server: DevServer, dsn: str, folder: Path
) -> None:
    write(folder, B, INDEX.replace("IF NOT EXISTS ", ""), DROP_INDEX)
    with pooler(server, dsn, size=3, prepared=False) as pooled, ThreadPoolExecutor(2) as pool:
        start = threading.Barrier(2)

        def run() -> list[str]:
            start.wait()
            return migrate(pooled, of(folder))

        done = [future.result() for future in [pool.submit(run) for _ in range(2)]]
    assert sorted(done) == [[], [A, B, C]]


def blocked(dsn: str) -> bool:
    return bool(query(dsn, "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))


def test_the_lock_is_free_after_a_failure(dsn: str, folder: Path) -> None:
    write(folder, B, "SELECT 1 / 0;")
    for _ in range(2):
        with refused(f"{B} failed: division by zero"):
            migrate(dsn, of(folder), lock_wait=0)
    assert query(dsn, "SELECT pid FROM pg_locks WHERE locktype = 'advisory'") == []


def test_databases_of_one_server_do_not_wait_for_each_other(
    server: DevServer, dsn: str, folder: Path
) -> None:
    server.create_database("migrations_other")
    other = server.owner_dsn("migrations_other")
    seen: list[list[str]] = []

    def report(id_: str) -> None:
        seen.append(migrate(other, of(folder), to=id_, lock_wait=0))

    migrate(dsn, of(folder), report=report)
    assert seen == [[A], [B], [C]]


def test_a_run_that_lost_the_lock_stops(dsn: str, folder: Path) -> None:
    def lose(_id: str) -> None:
        (holder,) = sessions(dsn, "SELECT 1")
        query(dsn, "SELECT pg_terminate_backend(%s)", holder)
        until(lambda: not sessions(dsn, "SELECT 1"))

    with refused(f"stopped before {B}: the migration lock is lost"):
        migrate(dsn, of(folder), report=lose)
    assert applied(dsn) == [A]
    assert migrate(dsn, of(folder)) == [B, C]


@pytest.mark.parametrize(
    "timeout", ["idle_session_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"]
)
def test_a_server_that_ends_idle_sessions_does_not_take_the_lock_away(
    server: DevServer, dsn: str, owner: str, folder: Path, timeout: str
) -> None:
    """The migration takes longer than each. Of a transaction's length only the lock's is left unbounded."""
    if timeout == "transaction_timeout" and int(server.version.split(".")[0]) < 17:
        pytest.skip("PostgreSQL knows it from version 17")
    write(folder, A, "-- transactional: false\nCREATE TABLE a (); SELECT pg_sleep(0.5);", "DROP TABLE a;")
    if timeout == "transaction_timeout":  # a single statement is a transaction, too
        write(folder, A, "-- transactional: false\nSET transaction_timeout = 0; SELECT pg_sleep(0.5);")
        write(folder, "0000.create-a", "CREATE TABLE a ();", "DROP TABLE a;")
        write(folder, "0003.sleep-on", "SET LOCAL transaction_timeout = 0; SELECT pg_sleep(0.5);")
    own = f"{dsn}&options=-c%20{timeout}%3D200"
    assert migrate(own, of(folder))[-1] == C
    assert query(owner, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'") == []
