"""The scheduler starts what is due and sends what runs, however many workers there are."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.broadcasts import Readers, executions, messages_of, people, starting, store_readers
from tests.support.constants import NOW, TENANT
from ventros import Database, NotFound, Settings, UnitOfWork
from ventros.application.broadcasts.advance_broadcast import advance_broadcast
from ventros.application.broadcasts.execute_broadcast_batch import BroadcastBatch
from ventros.application.broadcasts.record_broadcast_outcome import (
    RecordBroadcastOutcome,
    record_broadcast_outcome,
)
from ventros.application.broadcasts.start_broadcast import StartedBroadcast
from ventros.application.steps import STEPS
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.transaction.unit_of_work import UnitOfWork as KernelUnit
from ventros.scheduler.scheduler import FIRST

HOUR = timedelta(hours=1)
(STEP,) = [step for step in STEPS if step.work is advance_broadcast]


async def advance(db: Database[UnitOfWork], broadcast_id: UUID, after: timedelta = timedelta(0)) -> Any:
    return await db.run(TENANT, lambda uow: advance_broadcast(uow, broadcast_id, NOW + after))


async def schedule(db: Database[UnitOfWork], readers: Readers) -> None:
    await db.run(
        TENANT,
        lambda uow: uow.broadcasts.apply(readers.broadcast.id, Broadcast.schedule, NOW + HOUR, now=NOW),
    )


async def test_from_its_time_until_the_platform_has_answered(
    db: Database[UnitOfWork], readers: Readers
) -> None:
    id_ = readers.broadcast.id
    assert await advance(db, id_) is None, "a draft"
    await schedule(db, readers)
    assert await advance(db, id_) is None, "too early"
    assert isinstance(await advance(db, id_, HOUR), StartedBroadcast)
    sent = await advance(db, id_, HOUR)
    assert isinstance(sent, BroadcastBatch)
    assert len(sent.message_ids) == 5
    assert await advance(db, id_, HOUR) is None, "the platform is yet to answer"
    for message_id in sent.message_ids:
        command = RecordBroadcastOutcome(message_id=message_id, settled_at=NOW)
        await db.run(TENANT, lambda uow: record_broadcast_outcome(uow, command))  # noqa: B023
    done = await advance(db, id_, HOUR)
    assert done.broadcast.status is BroadcastStatus.COMPLETED
    assert await advance(db, id_, HOUR) is None


async def test_one_that_another_worker_has_is_left(db: Database[UnitOfWork], readers: Readers) -> None:
    await db.run(TENANT, starting(readers.broadcast.id, NOW))
    async with db.unit_of_work(TENANT) as uow:
        await uow.broadcasts.get(readers.broadcast.id, lock="no key update")
        with pytest.raises(NotFound):
            async with asyncio.timeout(1):
                await advance(db, readers.broadcast.id)
        await uow.rollback()
    assert len((await advance(db, readers.broadcast.id)).message_ids) == 5


async def test_the_scheduler_finds_what_is_at_work_of_all_tenants(
    db: Database[UnitOfWork], readers: Readers, seed: Seed, other_seed: Seed, ventros_scheduler_dsn: str
) -> None:
    await schedule(db, readers)
    elsewhere = await store_readers(db, other_seed, 1)
    await db.run(other_seed.tenant, starting(elsewhere.broadcast.id, NOW))
    await store_readers(db, seed, 1, phones=5_511_980_000_000)
    there = (other_seed.tenant, elsewhere.broadcast.id)
    first, second = sorted([(seed.tenant, readers.broadcast.id), there])
    async with await Database.open(KernelUnit, ventros_scheduler_dsn, Settings(max_size=1)) as scheduler:

        async def found(after: timedelta, key: tuple[str, UUID] = FIRST, most: int = 10) -> list[Any]:
            async with scheduler.across_tenants() as connection:
                return list(map(tuple, await connection.many(STEP.find_due, NOW + after, *key, most)))

        assert await found(timedelta(0)) == [there]
        assert await found(HOUR) == [first, second]
        assert await found(HOUR, most=1) == [first]
        assert await found(HOUR, first) == [second]
        assert await found(HOUR, second) == []


async def work(db: Database[UnitOfWork], ids: list[UUID]) -> None:
    """One worker: goes round until nothing is pending any more."""
    idle = 0
    while idle < 2:
        idle += 1
        for id_ in ids:
            try:
                done = await advance(db, id_)
            except NotFound:
                idle = 0
                await asyncio.sleep(0.01)
            else:
                idle = 0 if done is not None else idle


async def test_four_workers_at_two_broadcasts_to_the_same_500_contacts(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    """Each contact gets each broadcast once, and the counters are exact."""
    one = await store_readers(db, seed, 500, static=False)
    other = attrs.evolve(one, broadcast=await _another(db, one))
    ids = [one.broadcast.id, other.broadcast.id]
    for id_ in ids:
        await db.run(TENANT, starting(id_, NOW))
    await asyncio.gather(*(work(db, ids) for _ in range(4)))
    wanted = [contact.id for contact in one.contacts]
    for id_ in ids:
        assert sorted(messages_of(superuser, id_)) == wanted
        assert executions(superuser, id_) == dict.fromkeys(wanted, "sending")
        async with db.unit_of_work(TENANT) as uow:
            assert attrs.astuple(await uow.broadcasts.counters(id_)) == (500, 0, 0, 0)


async def _another(db: Database[UnitOfWork], readers: Readers) -> Broadcast:
    draft = Broadcast.create(
        tenant_id=TENANT,
        name="Again",
        list_id=readers.contact_list.id,
        channel_id=readers.broadcast.channel_id,
        message_template=readers.broadcast.message_template,
        now=NOW,
    )
    return await db.run(TENANT, lambda uow: uow.broadcasts.add(draft))


async def test_what_cannot_start_says_so_and_is_tried_again(db: Database[UnitOfWork], seed: Seed) -> None:
    readers = await store_readers(db, seed, 0)
    await schedule(db, readers)
    for _ in range(2):
        with pytest.raises(InvariantViolation, match="holds nobody"):
            await advance(db, readers.broadcast.id, HOUR)
    joined = people(seed, 1)[0]

    async def join(uow: UnitOfWork) -> None:
        await uow.contacts.add(joined)
        await uow.contact_lists.add_members(readers.contact_list.id, [joined.id], now=NOW)

    await db.run(TENANT, join)
    assert (await advance(db, readers.broadcast.id, HOUR)).contacts == 1
