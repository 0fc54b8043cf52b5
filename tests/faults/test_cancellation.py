"""Cancelled at each of its suspension points, a unit reports the truth and leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from tests.support.constants import NOW, SHORT, TENANT
from tests.support.contacts import Contacts
from tests.support.interrupt import Interrupted
from ventros import Database, UnitOfWork
from ventros.kernel.outcome import Outcome


async def plain(contacts: Contacts, unit: UnitOfWork, name: str) -> None:
    await contacts.rename(unit, name)


async def with_savepoint(contacts: Contacts, unit: UnitOfWork, name: str) -> None:
    async with unit as uow:
        contact = await uow.contacts.get(contacts.id)
        async with uow.savepoint():
            contact = await uow.contacts.save(contact.add_tag(name.lower().replace(" ", "-"), now=NOW))
            async with uow.savepoint():
                await uow.contacts.save(contact.rename(name, now=NOW))
        await uow.commit()


async def short(contacts: Contacts, unit: UnitOfWork, name: str) -> None:
    await contacts.rename_shortly(unit, name)


@pytest.mark.parametrize("work", [plain, short, with_savepoint])
@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
@pytest.mark.parametrize("late", [False, True], ids=["while waiting", "as the answer comes"])
async def test_cancelled_at_every_suspension_point(
    dsn: str,
    contacts: Contacts,
    work: Callable[[Contacts, UnitOfWork, str], Awaitable[None]],
    warm: bool,
    late: bool,
) -> None:
    outcomes: Counter[str] = Counter()
    wrong, leaked, dirty, points = 0, 0, 0, 0
    database = await Database.open(UnitOfWork, dsn, SHORT)
    while True:
        if warm:
            await work(contacts, database.unit_of_work(TENANT), f"Warm {points}")
        else:
            await database.close()
            database = await Database.open(UnitOfWork, dsn, SHORT)
        unit, name = database.unit_of_work(TENANT), f"Point {points}"
        interrupted = Interrupted(work(contacts, unit, name), points + 1, late)
        try:
            await asyncio.create_task(run(interrupted))
        except asyncio.CancelledError as error:
            outcome = getattr(error, "outcome", None)
            assert outcome is not None, f"point {points}: the cancellation does not say what became of it"
        else:
            outcome = unit.outcome
        wrong += outcome is not unit.outcome or (outcome is Outcome.COMMITTED) != contacts.stored(name)
        leaked += database.stats().in_use
        dirty += await contacts.still_in_transaction()
        if not interrupted.reached:
            break
        points += 1
        outcomes[outcome.value] += 1
    await database.close()
    print(f"{points} points: {dict(outcomes)}; wrong {wrong}, leaked {leaked}, dirty {dirty}")
    assert (wrong, leaked, dirty) == (0, 0, 0)
    assert outcomes["committed"] > 0, "no point was cancelled during or after COMMIT"
    assert outcomes["rolled back"] >= MESSAGES[work] - 1


MESSAGES = {plain: 3, short: 2, with_savepoint: 8}
"""For so many answers each unit waits, of which the last is COMMIT's."""


async def run(interrupted: Interrupted) -> None:
    await interrupted


async def test_control_a_cancelled_transaction_of_asyncpg_may_be_stored(
    owner_dsn: str, contacts: Contacts
) -> None:
    """And nothing on the error tells: who takes "cancelled" for "rolled back" is wrong."""
    pool: asyncpg.Pool[Any] = await asyncpg.create_pool(owner_dsn, min_size=1, max_size=1)
    await pool.execute("CREATE TABLE control (point integer)")

    async def work(point: int) -> None:
        async with pool.acquire() as driver, driver.transaction():
            await driver.execute("INSERT INTO control VALUES ($1)", point)

    wrong, point, reached = 0, 0, True
    while reached:
        point += 1
        interrupted = Interrupted(work(point), point)
        try:
            await asyncio.create_task(run(interrupted))
        except asyncio.CancelledError:
            wrong += await pool.fetchval("SELECT count(*) FROM control WHERE point = $1", point)
        reached = interrupted.reached
    await pool.close()
    print(f"asyncpg's own transaction: {point - 1} points, cancelled and yet stored {wrong}")
    assert wrong > 0


async def in_commit(unit: UnitOfWork) -> None:
    while unit.outcome is not Outcome.IN_DOUBT:  # noqa: ASYNC110 - nothing but the outcome tells
        await asyncio.sleep(0.005)


async def test_a_timeout_around_the_unit_tells_the_outcome(dsn: str, contacts: Contacts) -> None:
    """asyncio.timeout cancels; its TimeoutError is raised from the cancellation, which knows."""
    contacts.make_commits_slow(0.3)
    async with await Database.open(UnitOfWork, dsn, SHORT) as database:
        unit = database.unit_of_work(TENANT)

        async def expire(patience: asyncio.Timeout) -> None:
            await in_commit(unit)
            patience.reschedule(asyncio.get_running_loop().time())

        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(None) as timeout:
                expiring = asyncio.create_task(expire(timeout))
                await contacts.rename(unit, "Alice")
        await expiring
    assert getattr(caught.value.__cause__, "outcome", None) is unit.outcome is Outcome.COMMITTED
    assert contacts.stored("Alice")


async def test_a_second_cancellation_changes_nothing(dsn: str, contacts: Contacts) -> None:
    contacts.make_commits_slow(0.3)
    async with await Database.open(UnitOfWork, dsn, SHORT) as database:
        unit = database.unit_of_work(TENANT)
        task = asyncio.create_task(contacts.rename(unit, "Alice"))
        await in_commit(unit)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0.02)
        with pytest.raises(asyncio.CancelledError):
            await task
    assert unit.outcome is Outcome.COMMITTED
    assert contacts.stored("Alice")
