"""What is due is done once, whoever else is at work, and what fails is in nobody's way."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.at_wait import interrupted
from tests.support.constants import SHORT, TENANT
from tests.support.relaying import until
from tests.support.scheduling import (
    ACTIVE,
    STEP,
    TENANTS,
    ended,
    expire,
    seeds,
    store_fresh,
    store_sessions,
)
from tests.support.stored import count
from ventros import Database, UnitOfWork
from ventros.crm.sessions.aggregate import EndReason
from ventros.demo.seed import Seed
from ventros.kernel.errors import InsufficientPrivilege, NotFound, TenancyViolation, ValidationError
from ventros.kernel.ids import new_id
from ventros.scheduler.scheduler import Counts, Scheduler, SchedulerOptions
from ventros.statements import statement

SMALL = SchedulerOptions(batch=4, concurrency=2, every=0.01)


async def test_what_is_due_is_done_for_every_tenant_and_nothing_else(
    db: Database[UnitOfWork], scheduler_db: Database[Any], superuser: psycopg.Connection
) -> None:
    due, fresh = [], []
    for seed in await seeds(db):
        due += [session.id for session in await store_sessions(db, seed, 7)]
        fresh += [session.id for session in await store_fresh(db, seed, 5)]
    scheduler = Scheduler(scheduler_db, db, [STEP], SMALL)
    await scheduler.drain()
    assert ended(superuser) == Counter(due)
    assert count(superuser, ACTIVE) == len(fresh)
    assert scheduler.counts[STEP.name].done == len(due)
    assert scheduler.counts[STEP.name].failed == 0


async def test_a_step_looks_at_as_many_as_it_is_told_and_goes_on_behind_the_last(
    db: Database[UnitOfWork], scheduler_db: Database[Any], seed: Seed
) -> None:
    fresh = await store_fresh(db, seed, 7)
    (late,) = await store_sessions(db, seed, 1)
    found, key = [], ("", UUID(int=0))
    while True:
        async with scheduler_db.across_tenants() as connection:
            rows = await connection.many(STEP.find_due, datetime.now(UTC), *key, 3)
        if not rows:
            break
        found.append([row["id"] for row in rows])
        key = rows[-1]["tenant_id"], rows[-1]["id"]
    assert found == [[fresh[2].id], [fresh[5].id], [late.id]]


@attrs.define
class Noted:
    """Work that has an effect which no rollback takes back: it is noted for whom it was done.

    All wait for each other before the first effect. ``lock`` False is the control.
    """

    together: asyncio.Barrier
    lock: bool = True
    effects: list[UUID] = attrs.field(factory=list)
    _first: set[asyncio.Task[Any] | None] = attrs.field(factory=set)

    async def __call__(self, uow: UnitOfWork, id_: UUID, now: datetime) -> object:
        if self.lock:
            session = await uow.sessions.get(id_, lock="no key update", skip_locked=True)
        else:
            session = await uow.sessions.get(id_)
            if len(self._first) < self.together.parties:
                self._first.add(asyncio.current_task())
                await self.together.wait()
        if not session.has_timed_out(now):
            return None
        self.effects.append(id_)
        await asyncio.sleep(0.001)
        return await uow.sessions.save(session.check_timeout(now=now))


async def _by_four(db: Database[UnitOfWork], scheduler_db: Database[Any], noted: Noted) -> list[Counts]:
    schedulers = [
        Scheduler(scheduler_db, db, [attrs.evolve(STEP, work=noted)], attrs.evolve(SMALL, concurrency=1))
        for _ in range(4)
    ]
    async with asyncio.TaskGroup() as group:
        for scheduler in schedulers:
            group.create_task(scheduler.drain())
    return [scheduler.counts[STEP.name] for scheduler in schedulers]


async def test_several_at_once_do_each_item_once(
    db: Database[UnitOfWork], scheduler_db: Database[Any], superuser: psycopg.Connection
) -> None:
    due = [session.id for seed in await seeds(db) for session in await store_sessions(db, seed, 20)]
    noted = Noted(asyncio.Barrier(4))
    counts = await _by_four(db, scheduler_db, noted)
    assert Counter(noted.effects) == ended(superuser) == Counter(due)
    assert sum(one.done for one in counts) == len(due)
    assert sum(one.failed for one in counts) == 0
    print(f"{len(due)} items of {len(TENANTS)} tenants, done by each: {[one.done for one in counts]}")


async def test_control_without_the_lock_the_effect_is_there_several_times(
    db: Database[UnitOfWork], scheduler_db: Database[Any], seed: Seed
) -> None:
    due = await store_sessions(db, seed, 3)
    noted = Noted(asyncio.Barrier(4), lock=False)
    await _by_four(db, scheduler_db, noted)
    assert Counter(noted.effects)[due[0].id] >= 4


@pytest.mark.parametrize("skip_locked", [True, False])
async def test_what_another_holds_is_left_and_the_control_waits_for_it(
    dsn: str, db: Database[UnitOfWork], scheduler_db: Database[Any], seed: Seed, skip_locked: bool
) -> None:
    held, *others = await store_sessions(db, seed, 5)

    async def wait(uow: UnitOfWork, id_: UUID, now: datetime) -> object:
        session = await uow.sessions.get(id_, lock="no key update")
        return await uow.sessions.save(session.check_timeout(now=now))

    step = STEP if skip_locked else attrs.evolve(STEP, work=wait)
    async with await Database.open(UnitOfWork, dsn, SHORT) as app, db.unit_of_work(TENANT) as uow:
        await uow.sessions.get(held.id, lock="no key update")
        scheduler = Scheduler(scheduler_db, app, [step], attrs.evolve(SMALL, concurrency=1))
        await scheduler.drain()
    counts = scheduler.counts[STEP.name]
    assert counts.done == len(others)
    assert (counts.left > 0, counts.failed > 0) == (skip_locked, not skip_locked)


async def test_what_fails_is_told_without_values_and_stops_nobody(
    db: Database[UnitOfWork],
    scheduler_db: Database[Any],
    superuser: psycopg.Connection,
    seed: Seed,
    caplog: pytest.LogCaptureFixture,
) -> None:
    first, second, *others = await store_sessions(db, seed, 9)
    missing = new_id()
    faults = {first.id: ValueError("sesame"), second.id: NotFound("contact", missing)}

    async def work(uow: UnitOfWork, id_: UUID, now: datetime) -> object:
        if id_ in faults:
            raise faults[id_]
        return await expire(uow, id_, now)

    scheduler = Scheduler(scheduler_db, db, [attrs.evolve(STEP, work=work)], SMALL)
    await scheduler.drain()
    assert ended(superuser) == Counter(session.id for session in others)
    assert scheduler.counts[STEP.name].done == len(others)
    assert scheduler.counts[STEP.name].failed == 4, "tried in each of the two walks"
    assert set(caplog.messages) == {
        f"expire_sessions: {first.id} of tenant {TENANT} failed: ValueError",
        f"expire_sessions: {second.id} of tenant {TENANT} failed: NotFound: contact {missing} not found",
    }


async def test_what_takes_too_long_has_failed_and_is_undone(
    db: Database[UnitOfWork], scheduler_db: Database[Any], superuser: psycopg.Connection, seed: Seed
) -> None:
    slow, *others = await store_sessions(db, seed, 5)

    async def work(uow: UnitOfWork, id_: UUID, now: datetime) -> object:
        session = await uow.sessions.get(id_, lock="no key update", skip_locked=True)
        saved = await uow.sessions.save(session.end(EndReason.SYSTEM_CLOSE, now=now))
        if id_ == slow.id:
            await asyncio.Event().wait()
        return saved

    options = attrs.evolve(SMALL, longest=5.0)
    scheduler = Scheduler(scheduler_db, db, [attrs.evolve(STEP, work=work)], options)
    await scheduler.walk(scheduler.steps[0], datetime.now(UTC))
    assert ended(superuser) == Counter(session.id for session in others)
    assert scheduler.counts[STEP.name] == Counts(done=len(others), left=0, failed=1)


@pytest.mark.parametrize("late", [False, True])
async def test_ended_wherever_it_waits_it_loses_nothing(
    db: Database[UnitOfWork], scheduler_db: Database[Any], superuser: psycopg.Connection, late: bool
) -> None:
    """Whatever its tasks do in that moment."""
    task, at, reached, due = asyncio.current_task(), 0, True, Counter[UUID]()
    assert task is not None
    (seed,) = await seeds(db, [TENANT])
    while reached:
        at += 1
        due.update(session.id for session in await store_sessions(db, seed, 5))
        attempt = interrupted(Scheduler(scheduler_db, db, [STEP], SMALL).drain(), at, late=late)
        try:
            await attempt
        except asyncio.CancelledError:
            task.uncancel()
        reached = attempt.reached
        await Scheduler(scheduler_db, db, [STEP], SMALL).drain()
        assert ended(superuser) == due, at
    assert at > 5


async def test_what_is_gone_when_its_turn_comes_is_left(
    db: Database[UnitOfWork], scheduler_db: Database[Any], seed: Seed
) -> None:
    (session,) = await store_sessions(db, seed, 1)

    async def work(uow: UnitOfWork, id_: UUID, now: datetime) -> object:
        async with db.unit_of_work(TENANT) as other:
            await other.sessions.remove(await other.sessions.get(id_))
            await other.commit()
        return await uow.sessions.save((await uow.sessions.get(id_)).check_timeout(now=now))

    scheduler = Scheduler(scheduler_db, db, [attrs.evolve(STEP, work=work)], SMALL)
    await scheduler.drain()
    assert scheduler.counts[STEP.name] == Counts(done=0, left=1, failed=0)
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(NotFound):
            await uow.sessions.get(session.id)


async def test_it_runs_until_it_is_stopped_and_does_what_becomes_due(
    db: Database[UnitOfWork], scheduler_db: Database[Any], superuser: psycopg.Connection, seed: Seed
) -> None:
    scheduler = Scheduler(scheduler_db, db, [STEP], SMALL)
    running = asyncio.create_task(scheduler.run())
    for number in (1, 2):
        await store_sessions(db, seed, 3)
        await until(lambda number=number: len(ended(superuser)) == 3 * number)  # type: ignore[misc]
    scheduler.stop()
    await running
    await store_sessions(db, seed, 1)
    await scheduler.run()
    assert count(superuser, ACTIVE) == 1


async def test_only_the_scheduler_may_look_and_it_may_change_nothing(
    db: Database[UnitOfWork],
    scheduler_db: Database[Any],
    ventros_relay_dsn: str,
    seed: Seed,
) -> None:
    (session,) = await store_sessions(db, seed, 1)
    async with await Database.open(UnitOfWork, ventros_relay_dsn) as relay:
        for other in (db, relay):
            with pytest.raises(TenancyViolation):
                await Scheduler(other, db, [STEP], SMALL).run()
    with pytest.raises(InsufficientPrivilege):
        async with scheduler_db.across_tenants() as connection:
            await connection.affected(statement("sessions.delete"), TENANT, session.id, 1)


def test_each_step_is_named_once(scheduler_db: Database[Any], db: Database[UnitOfWork]) -> None:
    for steps in ([], [STEP, STEP]):
        with pytest.raises(ValidationError, match="each step once"):
            Scheduler(scheduler_db, db, steps)
