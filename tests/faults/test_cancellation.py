"""Cancelled at each of its suspension points, a unit reports the truth and leaves nothing behind."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import asyncpg
import attrs
import pytest

from tests.support.at_wait import AtWait, interrupted
from tests.support.constants import NOW, SHORT, TENANT
from tests.support.contacts import Contacts
from tests.support.proxy import COMMITTED, Proxy
from ventros import Database, UnitOfWork
from ventros.kernel.outcome import Outcome

Work = Callable[[Contacts, UnitOfWork, str], Coroutine[Any, Any, None]]


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


@attrs.define
class Sweep:
    """A unit cancelled at each of its suspension points, and what became of it there."""

    dsn: str
    contacts: Contacts
    work: Work
    warm: bool
    late: bool
    points: int = 0
    names: Iterator[int] = attrs.field(factory=itertools.count)
    outcomes: Counter[str] = attrs.field(factory=Counter)
    faults: Counter[str] = attrs.field(factory=Counter)

    async def run(self) -> None:
        database = await Database.open(UnitOfWork, self.dsn, SHORT)
        at = 0
        while True:
            if self.warm:
                await self.work(self.contacts, database.unit_of_work(TENANT), f"Warm {self.points}")
            else:
                await database.close()
                database = await Database.open(UnitOfWork, self.dsn, SHORT)
            at += 1
            if not await self.reached(database, at):
                break
        await database.close()

    async def reached(self, database: Database[UnitOfWork], at: int) -> bool:
        unit, name = database.unit_of_work(TENANT), f"Point {next(self.names)}"
        attempt = interrupted(self.work(self.contacts, unit, name), at, late=self.late)
        try:
            await asyncio.create_task(run(attempt))
        except asyncio.CancelledError as error:
            outcome = getattr(error, "outcome", None)
            assert outcome is not None, f"point {at}: the cancellation does not say what became of it"
        else:
            outcome = unit.outcome
        told = outcome is unit.outcome and (outcome is Outcome.COMMITTED) == self.contacts.stored(name)
        self.faults["wrong"] += not told
        self.faults["leaked"] += database.stats().in_use
        self.faults["dirty"] += await self.contacts.still_in_transaction()
        if attempt.reached:
            self.points += 1
            self.outcomes[outcome.value] += 1
        return attempt.reached


@pytest.mark.parametrize("work", [plain, short, with_savepoint])
@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
@pytest.mark.parametrize("late", [False, True], ids=["while waiting", "as the answer comes"])
async def test_cancelled_at_every_suspension_point(
    dsn: str,
    contacts: Contacts,
    work: Work,
    warm: bool,
    late: bool,
) -> None:
    sweep = Sweep(dsn, contacts, work, warm, late)
    for _ in range(SWEEPS):
        await sweep.run()
        if sweep.outcomes["committed"]:
            break
    print(f"{sweep.points} points: {dict(sweep.outcomes)}; {dict(sweep.faults)}")
    assert not sweep.faults.total()
    assert sweep.outcomes["committed"] > 0, "no point was cancelled during or after COMMIT"
    assert sweep.outcomes["rolled back"] >= MESSAGES[work] - 1


SWEEPS = 10
"""Cancelled while it waits for COMMIT, a unit is cancelled on the server, which may be the quicker one."""
MESSAGES: dict[Work, int] = {plain: 3, short: 2, with_savepoint: 8}
"""For so many answers each unit waits, of which the last is COMMIT's."""


async def run(attempt: AtWait) -> None:
    await attempt


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
        attempt = interrupted(work(point), point)
        try:
            await asyncio.create_task(run(attempt))
        except asyncio.CancelledError:
            wrong += await pool.fetchval("SELECT count(*) FROM control WHERE point = $1", point)
        reached = attempt.reached
    await pool.close()
    print(f"asyncpg's own transaction: {point - 1} points, cancelled and yet stored {wrong}")
    assert wrong > 0


FORMS = pytest.mark.parametrize("work", [plain, short])


async def at_its_answer(
    proxy: Proxy, contacts: Contacts, database: Database[UnitOfWork], work: Work, unit: UnitOfWork
) -> asyncio.Task[None]:
    """At work, until the answer to its COMMIT, which is held back by the proxy."""
    await work(contacts, database.unit_of_work(TENANT), "Warm")
    proxy.hold = COMMITTED
    task = asyncio.create_task(work(contacts, unit, "Alice"))
    await proxy.held.wait()
    return task


@FORMS
async def test_a_timeout_around_the_unit_tells_the_outcome(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, work: Work
) -> None:
    """asyncio.timeout cancels; its TimeoutError is raised from the cancellation, which knows."""
    unit = through.unit_of_work(TENANT)

    async def within_a_timeout(contacts: Contacts, unit: UnitOfWork, name: str) -> None:
        async with asyncio.timeout(0.2 if unit is observed else None):
            await work(contacts, unit, name)

    observed = unit
    task = await at_its_answer(proxy, contacts, through, within_a_timeout, unit)
    await asyncio.sleep(0.3)
    assert not task.done(), "the timeout did not wait for the outcome"
    proxy.released.set()
    with pytest.raises(TimeoutError) as caught:
        await task
    assert getattr(caught.value.__cause__, "outcome", None) is unit.outcome is Outcome.COMMITTED
    assert contacts.stored("Alice")


@FORMS
async def test_a_second_cancellation_changes_nothing(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, work: Work
) -> None:
    unit = through.unit_of_work(TENANT)
    task = await at_its_answer(proxy, contacts, through, work, unit)
    for _ in range(3):
        task.cancel()
        await asyncio.sleep(0.02)
    assert not task.done()
    proxy.released.set()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert getattr(caught.value, "outcome", None) is unit.outcome is Outcome.COMMITTED
    assert contacts.stored("Alice")


@FORMS
async def test_a_commit_that_is_still_at_work_is_cancelled_on_the_server(
    dsn: str, contacts: Contacts, work: Work
) -> None:
    """And the unit says what came of it, long before the server would have been done."""
    contacts.make_commits_slow(0.8)
    async with await Database.open(UnitOfWork, dsn, SHORT) as database:
        unit = database.unit_of_work(TENANT)
        task = asyncio.create_task(work(contacts, unit, "Alice"))
        await in_commit(contacts)
        started = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await task
    assert time.monotonic() - started < 0.4
    assert getattr(caught.value, "outcome", None) is unit.outcome is Outcome.ROLLED_BACK
    assert not contacts.stored("Alice")


async def in_commit(contacts: Contacts) -> None:
    """Until the server sleeps in a COMMIT."""
    sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
    while contacts.superuser.execute(sleeping).fetchone() == (0,):  # noqa: ASYNC110 - nothing else tells
        await asyncio.sleep(0.005)


@FORMS
async def test_cancelled_while_a_black_hole_keeps_the_answer_to_commit(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, work: Work
) -> None:
    """The wait for the outcome is bounded: then it is in doubt, and the cancellation says so."""
    unit = through.unit_of_work(TENANT)
    task = await at_its_answer(proxy, contacts, through, work, unit)
    proxy.black_hole = True
    started = time.monotonic()
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=5)
    assert done, "it waits without a bound"
    assert time.monotonic() - started < SHORT.commit_timeout + SHORT.release_timeout + 0.5
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert getattr(caught.value, "outcome", None) is unit.outcome is Outcome.IN_DOUBT
    assert getattr(caught.value, "marker", None) == unit.marker
    proxy.black_hole, proxy.hold = False, None
    proxy.cut()
    assert await through.resolve(unit.marker, deadline=5) is Outcome.COMMITTED
    assert contacts.stored("Alice")
