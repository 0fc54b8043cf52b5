"""Nothing waits longer than its bound, whatever the network does, and the pool is full again afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from tests.support.constants import NOW, SHORT, TENANT
from tests.support.contacts import Contacts
from tests.support.proxy import COMMIT, COMMITTED, Proxy
from ventros import CommitInDoubt, Database, Settings, UnitOfWork, VentrosError
from ventros.kernel.errors import ConnectionLost, OperationTimeout, ServerUnreachable
from ventros.kernel.outcome import Outcome

SLACK = 0.5
"""Seconds that anything may take beyond its bound."""


async def timed(work: Awaitable[Any]) -> tuple[BaseException | None, float]:
    started = time.monotonic()
    try:
        await work
    except (VentrosError, asyncio.CancelledError) as error:
        return error, time.monotonic() - started
    return None, time.monotonic() - started


async def at_begin(proxy: Proxy, contacts: Contacts, unit: UnitOfWork) -> None:
    proxy.black_hole = True
    await contacts.rename(unit, "Alice")


async def at_a_query(proxy: Proxy, contacts: Contacts, unit: UnitOfWork) -> None:
    async with unit as uow:
        contact = await uow.contacts.get(contacts.id)
        proxy.black_hole = True
        await uow.contacts.save(contact.rename("Alice", now=NOW))


async def at_a_savepoint(proxy: Proxy, contacts: Contacts, unit: UnitOfWork) -> None:
    async with unit as uow, uow.savepoint():
        contact = await uow.contacts.get(contacts.id)
        proxy.black_hole = True
        await uow.contacts.save(contact.rename("Alice", now=NOW))


async def at_commit(proxy: Proxy, contacts: Contacts, unit: UnitOfWork) -> None:
    proxy.hold = COMMIT
    swallow = asyncio.create_task(swallow_after(proxy))
    try:
        await contacts.rename(unit, "Alice")
    finally:
        await swallow


async def at_its_answer(proxy: Proxy, contacts: Contacts, unit: UnitOfWork) -> None:
    proxy.hold = COMMITTED
    swallow = asyncio.create_task(swallow_after(proxy))
    try:
        await contacts.rename(unit, "Alice")
    finally:
        await swallow


async def swallow_after(proxy: Proxy) -> None:
    await proxy.held.wait()
    proxy.black_hole = True


STATEMENT = SHORT.statement_timeout + SHORT.release_timeout
BLACK_HOLES = [
    (at_begin, STATEMENT, OperationTimeout, Outcome.ROLLED_BACK),
    (at_a_query, STATEMENT, OperationTimeout, Outcome.ROLLED_BACK),
    (at_a_savepoint, STATEMENT + SHORT.release_timeout, OperationTimeout, Outcome.ROLLED_BACK),
    (at_commit, SHORT.commit_timeout, CommitInDoubt, Outcome.IN_DOUBT),
    (at_its_answer, SHORT.commit_timeout, CommitInDoubt, Outcome.IN_DOUBT),
]


@pytest.mark.parametrize(
    ("place", "bound", "kind", "outcome"), BLACK_HOLES, ids=lambda value: getattr(value, "__name__", None)
)
async def test_a_black_hole(
    through: Database[UnitOfWork],
    proxy: Proxy,
    contacts: Contacts,
    place: Callable[[Proxy, Contacts, UnitOfWork], Awaitable[None]],
    bound: float,
    kind: type[VentrosError],
    outcome: Outcome,
) -> None:
    await contacts.rename(through.unit_of_work(TENANT), "Warm")
    unit = through.unit_of_work(TENANT)
    error, seconds = await timed(place(proxy, contacts, unit))
    print(f"black hole {place.__name__}: {type(error).__name__} after {seconds:.2f} s, bound {bound:.2f} s")
    assert isinstance(error, kind)
    assert unit.outcome is outcome
    assert seconds < bound + SLACK
    await serves_again(through, proxy, contacts)
    if isinstance(error, CommitInDoubt):
        resolved = await through.resolve(error.marker, deadline=5)
        assert (resolved is Outcome.COMMITTED) == contacts.stored("Alice") == (place is at_its_answer)


async def serves_again(database: Database[UnitOfWork], proxy: Proxy, contacts: Contacts) -> None:
    """With all its connections, once the network is back."""
    proxy.black_hole, proxy.hold = False, None
    proxy.cut()
    async with database.unit_of_work(TENANT) as one, database.unit_of_work(TENANT) as other:
        assert await one.contacts.get(contacts.id) == await other.contacts.get(contacts.id)
    assert database.stats().idle == database.stats().size == SHORT.max_size
    assert await contacts.still_in_transaction() == 0


async def test_a_black_hole_while_cancelling(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts
) -> None:
    """Asyncpg sends a cancel request over a second connection, which the black hole swallows too."""
    locked = contacts.superuser
    locked.autocommit = False
    locked.execute("SELECT FROM contacts WHERE id = %s FOR UPDATE", [contacts.id])
    unit = through.unit_of_work(TENANT)
    task = asyncio.create_task(contacts.rename(unit, "Alice"))
    await asyncio.sleep(0.2)
    proxy.black_hole = True
    task.cancel()
    error, seconds = await timed(task)
    locked.rollback()
    locked.autocommit = True
    print(f"black hole while cancelling: {type(error).__name__} after {seconds:.2f} s")
    assert isinstance(error, asyncio.CancelledError)
    assert seconds < SHORT.release_timeout + SLACK
    assert unit.outcome is Outcome.ROLLED_BACK
    await serves_again(through, proxy, contacts)


async def test_a_black_hole_while_a_new_connection_is_made(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts
) -> None:
    proxy.black_hole = True
    error, seconds = await timed(contacts.rename(through.unit_of_work(TENANT), "Alice"))
    assert isinstance(error, ServerUnreachable)
    assert seconds < SHORT.acquire_timeout + SLACK
    await serves_again(through, proxy, contacts)


async def test_closing_in_a_black_hole(proxy: Proxy, contacts: Contacts) -> None:
    database = await Database.open(UnitOfWork, proxy.dsn, SHORT)
    await contacts.rename(database.unit_of_work(TENANT), "Warm")
    proxy.black_hole = True
    error, seconds = await timed(database.close())
    assert error is None
    assert seconds < SHORT.release_timeout + SLACK


async def test_a_deaf_port(contacts: Contacts) -> None:
    """It takes connections and never says a word."""

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    settings = Settings(connect_timeout=0.5)
    error, seconds = await timed(
        Database.open(UnitOfWork, f"postgresql://u:secret@127.0.0.1:{port}/x", settings)
    )
    server.close()
    assert isinstance(error, ConnectionLost)
    assert "secret" not in str(error) + repr(error)
    assert seconds < settings.connect_timeout + SLACK


async def test_control_asyncpgs_release_waits_far_beyond_the_query(
    owner_dsn: str, proxy: Proxy, contacts: Contacts
) -> None:
    proxy.target = owner_dsn
    pool: asyncpg.Pool[Any] = await asyncpg.create_pool(proxy.dsn, min_size=1, max_size=1)
    started = time.monotonic()

    async def query() -> None:
        async with pool.acquire() as driver:
            proxy.black_hole = True
            await driver.execute("SELECT 1", timeout=0.5)

    task = asyncio.create_task(query())
    done, _ = await asyncio.wait({task}, timeout=4)
    print(f"asyncpg: a query with a timeout of 0.5 s still holds after {time.monotonic() - started:.1f} s")
    assert not done
    pool.terminate()
    proxy.cut()
    await asyncio.gather(task, return_exceptions=True)
