"""What an error in answer to COMMIT means: rolled back only where nobody can have stored it."""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, LiteralString

import asyncpg
import attrs
import psycopg
import pytest
from psycopg import sql

from tests.support.constants import SHORT, TENANT
from tests.support.contacts import Contacts
from tests.support.proxy import COMMITTED, Proxy
from ventros import CommitInDoubt, Database, Settings, UnitOfWork, VentrosError
from ventros.devserver import DevServer
from ventros.kernel.connection import sqlstates
from ventros.kernel.errors import CommitUnconfirmed
from ventros.kernel.outcome import Outcome
from ventros.kernel.transaction import pooled

Work = Callable[[Contacts, UnitOfWork, str], Coroutine[Any, Any, None]]
WRITES = pytest.mark.parametrize("work", [Contacts.rename, Contacts.rename_shortly])
WIRE = pytest.mark.parametrize("pipelining", [True, False], ids=["wire", "no wire"])
DECIDED = ["22001", "23514", "25006", "40001", "40P01", "42501", "44000", "57014", "P0001", "VT002"]
OPEN = ["XX000", "53100", "58030", "0A000", "08006", "55000", "57P05", "40003", "ABCDE"]


@pytest.fixture
async def through(proxy: Proxy, pipelining: bool) -> AsyncIterator[Database[UnitOfWork]]:
    settings = attrs.evolve(SHORT, pipelining=pipelining)
    async with await Database.open(UnitOfWork, proxy.dsn, settings) as database:
        yield database


def refuse(contacts: Contacts, code: str, *, at_commit: bool) -> None:
    """Each change of a contact, with that SQLSTATE, at the statement itself or at COMMIT."""
    deferred = "CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON contacts DEFERRABLE INITIALLY DEFERRED"
    contacts.superuser.execute(
        sql.SQL(
            "DROP TRIGGER IF EXISTS refuse ON contacts;"
            "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$BEGIN RAISE 'no' USING ERRCODE = {}; END$$; {} FOR EACH ROW EXECUTE FUNCTION refuse()"
        ).format(
            sql.Literal(code),
            sql.SQL(deferred if at_commit else "CREATE TRIGGER refuse BEFORE UPDATE ON contacts"),
        )
    )


def refusal(severity: str, code: str) -> bytes:
    """ErrorResponse and ReadyForQuery."""
    fields = f"S{severity}\0V{severity}\0C{code}\0Mno\0\0".encode()
    return b"E" + struct.pack("!I", len(fields) + 4) + fields + b"Z\0\0\0\5I"


@WIRE
@WRITES
async def test_of_a_class_that_is_decided_before(
    through: Database[UnitOfWork], contacts: Contacts, work: Work
) -> None:
    for code in DECIDED:
        refuse(contacts, code, at_commit=True)
        unit = through.unit_of_work(TENANT)
        with pytest.raises(VentrosError) as caught:
            await work(contacts, unit, code)
        assert (caught.value.sqlstate, unit.outcome) == (code, Outcome.ROLLED_BACK)
        assert not contacts.stored(code)


@WIRE
@WRITES
async def test_of_another_class_it_is_in_doubt(
    through: Database[UnitOfWork], contacts: Contacts, work: Work
) -> None:
    for code in OPEN:
        refuse(contacts, code, at_commit=True)
        unit = through.unit_of_work(TENANT)
        with pytest.raises(CommitInDoubt):
            await work(contacts, unit, code)
        assert await through.resolve(unit.marker, deadline=5) is Outcome.ROLLED_BACK, code
        assert not contacts.stored(code)


FATAL = [(severity, code) for severity in ("FATAL", "PANIC") for code in ("40001", "23514", "57014", "57P01")]
STORED = [*(("ERROR", code) for code in OPEN), *FATAL]


async def refused_and_stored(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, work: Work, severity: str, code: str
) -> UnitOfWork:
    """As by a coordinator, or a pooler that has lost its server: the server has answered COMMIT."""
    await work(contacts, through.unit_of_work(TENANT), "Warm")
    unit = through.unit_of_work(TENANT)
    proxy.swap_back = COMMITTED + b"Z\0\0\0\5I", refusal(severity, code)
    with pytest.raises(VentrosError):
        await work(contacts, unit, f"{severity} {code}")
    proxy.swap_back = None
    assert contacts.stored(f"{severity} {code}")
    return unit


@WIRE
@WRITES
async def test_what_was_stored_all_the_same_is_never_told_as_rolled_back(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, work: Work
) -> None:
    for severity, code in STORED:
        unit = await refused_and_stored(through, proxy, contacts, work, severity, code)
        assert unit.outcome is Outcome.IN_DOUBT, (severity, code)
        assert await through.resolve(unit.marker, deadline=5) is Outcome.COMMITTED
    print(f"stored, and answered with one of {len(STORED)} errors: outcome wrong 0")


@WIRE
async def test_control_an_error_that_is_taken_for_a_rollback(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pooled, "is_decided_before_commit", bool)
    wrong = 0
    for code in OPEN:
        unit = await refused_and_stored(through, proxy, contacts, Contacts.rename, "ERROR", code)
        wrong += unit.outcome is Outcome.ROLLED_BACK
    assert wrong == len(OPEN)


@WIRE
async def test_an_error_before_commit_in_the_same_message(
    through: Database[UnitOfWork], contacts: Contacts, pipelining: bool
) -> None:
    """Of whatever class: COMMIT was skipped, but who does not know what was completed is not believed."""
    await contacts.rename_shortly(through.unit_of_work(TENANT), "Warm")
    for code in [*DECIDED, *OPEN]:
        refuse(contacts, code, at_commit=False)
        unit = through.unit_of_work(TENANT)
        with pytest.raises(VentrosError) as caught:
            await contacts.rename_shortly(unit, code)
        doubted = code == sqlstates.COMPLETION_UNKNOWN and pipelining
        assert unit.outcome is (Outcome.IN_DOUBT if doubted else Outcome.ROLLED_BACK), code
        assert isinstance(caught.value, CommitInDoubt) == doubted
        assert await through.resolve(unit.marker, deadline=5) is Outcome.ROLLED_BACK
        assert not contacts.stored(code)


CANCEL: LiteralString = "pg_cancel_backend(pid)"


def waits(superuser: psycopg.Connection, then: LiteralString) -> bool:
    """Whether a session waits for a standby."""
    waiting = sql.SQL(
        "SELECT {} FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'SyncRep'"
    )
    return superuser.execute(waiting.format(sql.SQL(then))).fetchone() is not None


@contextmanager
def standby_missing(server: DevServer, superuser: psycopg.Connection) -> Iterator[None]:
    """Whoever commits synchronously waits for a standby that is not there, from the beginning on."""
    seen = threading.Event()

    def commit() -> None:
        dsn = server.superuser_dsn(superuser.info.dbname)
        with psycopg.connect(dsn, autocommit=True, options="-c synchronous_commit=on") as connection:
            while not seen.is_set():
                connection.execute("SELECT pg_logical_emit_message(true, 'a commit', '')")

    superuser.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
    superuser.execute("SELECT pg_reload_conf()")
    thread = threading.Thread(target=commit)
    thread.start()
    try:
        while not waits(superuser, "1"):
            pass
        seen.set()
        waits(superuser, CANCEL)
        thread.join()
        yield
    finally:
        superuser.execute("ALTER SYSTEM RESET synchronous_standby_names")
        superuser.execute("SELECT pg_reload_conf()")


async def until_waiting(superuser: psycopg.Connection, then: LiteralString = CANCEL) -> None:
    """By default a session's wait for the standby is then cancelled."""
    for _ in range(500):
        if waits(superuser, then):
            return
        await asyncio.sleep(0.01)
    pytest.fail("nobody waits for a standby")


@pytest.fixture
async def synchronous(dsn: str, pipelining: bool) -> AsyncIterator[Database[UnitOfWork]]:
    settings = Settings(max_size=2, pipelining=pipelining, server_settings={"synchronous_commit": "on"})
    async with asyncio.timeout(60), await Database.open(UnitOfWork, dsn, settings) as database:
        yield database


@WIRE
@WRITES
async def test_a_commit_that_no_standby_has_confirmed_is_not_acknowledged(
    server: DevServer, synchronous: Database[UnitOfWork], contacts: Contacts, work: Work
) -> None:
    await work(contacts, synchronous.unit_of_work(TENANT), "Warm")
    unit = synchronous.unit_of_work(TENANT)
    with standby_missing(server, contacts.superuser):
        working = asyncio.create_task(work(contacts, unit, "Alice"))
        await until_waiting(contacts.superuser)
        with pytest.raises(CommitUnconfirmed, match="no synchronous standby has confirmed it"):
            await working
        assert unit.outcome is Outcome.IN_DOUBT
        assert contacts.stored("Alice")
        asking = asyncio.create_task(synchronous.resolve(unit.marker))
        await until_waiting(contacts.superuser)
        await until_waiting(contacts.superuser)
        assert not asking.done(), "the answer to the question is not confirmed either"
    assert await asking is Outcome.COMMITTED
    assert synchronous.stats().in_use == 0


@pytest.mark.parametrize("pipelining", [True], ids=["wire"])
@WRITES
async def test_a_cancellation_that_ends_the_wait_does_not_say_committed(
    server: DevServer, synchronous: Database[UnitOfWork], contacts: Contacts, work: Work
) -> None:
    """asyncpg asks the server to cancel, which then waits no longer."""
    await work(contacts, synchronous.unit_of_work(TENANT), "Warm")
    unit = synchronous.unit_of_work(TENANT)
    with standby_missing(server, contacts.superuser):
        working = asyncio.create_task(work(contacts, unit, "Alice"))
        await until_waiting(contacts.superuser, "1")
        working.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await working
    assert caught.value.outcome is unit.outcome is Outcome.IN_DOUBT  # type: ignore[attr-defined]
    assert await synchronous.resolve(unit.marker) is Outcome.COMMITTED


async def test_control_asyncpgs_transaction_takes_it_for_acknowledged(
    server: DevServer, owner_dsn: str, superuser: psycopg.Connection
) -> None:
    driver = await asyncpg.connect(owner_dsn, server_settings={"synchronous_commit": "on"})
    await driver.execute("CREATE TABLE control (id integer)")

    async def work() -> None:
        async with driver.transaction():
            await driver.execute("INSERT INTO control VALUES (1)")

    with standby_missing(server, superuser):
        working = asyncio.create_task(work())
        await until_waiting(superuser)
        await working
    await driver.close()
