"""What is pruned was delivered, and each aggregate's newest version stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from tests.support.constants import TENANT
from tests.support.relaying import happened, write
from tests.support.stored import count
from ventros import CRM, Database, Settings, UnitOfWork
from ventros.audit.checks import ask, questions
from ventros.kernel.errors import PositionOfAnotherCluster, ValidationError
from ventros.kernel.ids import new_id
from ventros.kernel.outbox import consumers, retention
from ventros.kernel.outbox.log import read_after
from ventros.kernel.outbox.retention import Retention, Step
from ventros.kernel.transaction.unit_of_work import UnitOfWork as KernelUnit
from ventros.roles import DEFAULT

NOTHING_STAYS = Retention(events=timedelta(0), batch=7)
EVENTS = "SELECT count(*) FROM outbox_events"
LEFT = """
SELECT aggregate_id, array_agg(aggregate_version ORDER BY position) FROM outbox_events GROUP BY aggregate_id
"""


@pytest.fixture
async def scheduler(ventros_scheduler_dsn: str) -> AsyncIterator[Database[KernelUnit]]:
    async with await Database.open(KernelUnit, ventros_scheduler_dsn, Settings(max_size=2)) as database:
        yield database


@pytest.fixture
async def relay(ventros_relay_dsn: str) -> AsyncIterator[Database[KernelUnit]]:
    async with await Database.open(KernelUnit, ventros_relay_dsn, Settings(max_size=2)) as database:
        yield database


async def read_all(relay: Database[KernelUnit], name: str = "reader", most: int = 10**6) -> list[int]:
    """The consumer reads on, and so many events at most; their numbers."""
    async with relay.across_tenants() as connection:
        await consumers.register(connection, name)
        position = await consumers.take(connection, name)
        assert position is not None
        events = await read_after(connection, position, most)
        if events:
            await consumers.move(connection, name, events[-1].position)
    return [event.position.number for event in events]


async def pruned(
    scheduler: Database[KernelUnit], rules: Retention = NOTHING_STAYS, later: timedelta = timedelta(0)
) -> list[Step]:
    now = datetime.now(UTC) + later
    return [step async for step in retention.prune(scheduler.across_tenants, rules, now)]


async def test_each_aggregates_newest_version_stays(
    db: Database[UnitOfWork],
    relay: Database[KernelUnit],
    scheduler: Database[KernelUnit],
    superuser: psycopg.Connection,
) -> None:
    aggregates = [new_id() for _ in range(5)]
    await write(db, aggregates, 4)
    await read_all(relay)
    steps = await pruned(scheduler)
    assert all(step.passed <= NOTHING_STAYS.batch for step in steps if step.table == "outbox_events")
    assert dict(superuser.execute(LEFT).fetchall()) == {aggregate: [4] for aggregate in aggregates}
    await write(db, aggregates[:2], 2, first=5)
    await read_all(relay)
    await pruned(scheduler)
    left: dict[UUID, list[int]] = dict(superuser.execute(LEFT).fetchall())
    assert [left[aggregate] for aggregate in aggregates] == [[6], [6], [4], [4], [4]]


async def test_how_far_it_went_is_no_consumer_that_lags(
    db: Database[UnitOfWork],
    relay: Database[KernelUnit],
    scheduler: Database[KernelUnit],
    superuser: psycopg.Connection,
) -> None:
    await write(db, [new_id()], 2)
    await read_all(relay)
    long = timedelta(days=3650)
    await pruned(scheduler, Retention(events=long, inbox=long))
    superuser.execute("UPDATE outbox_consumers SET moved_at = now() - interval '1 day'")
    async with relay.across_tenants() as connection:
        assert [one.name for one in await consumers.listed(connection)] == ["reader"]
    (undelivered,) = [question for question in questions(CRM) if question.name == "undelivered"]
    assert ask(superuser, undelivered, DEFAULT, 60) == []
    superuser.execute("UPDATE outbox_consumers SET name = 'another' WHERE name = 'retention'")
    assert [one.subject for one in ask(superuser, undelivered, DEFAULT, 60)] == ["consumer another"]


async def test_an_old_version_that_was_announced_late_goes_for_the_newer_one(
    db: Database[UnitOfWork],
    relay: Database[KernelUnit],
    scheduler: Database[KernelUnit],
    superuser: psycopg.Connection,
) -> None:
    """As what mends a gap writes it: behind the newest, which was passed before."""
    (aggregate,) = [new_id()]
    await write(db, [aggregate], 4)
    superuser.execute("DELETE FROM outbox_events WHERE aggregate_version = 2")
    await read_all(relay)
    await pruned(scheduler)
    await write(db, [aggregate], 1, first=2)
    await read_all(relay)
    await pruned(scheduler)
    assert dict(superuser.execute(LEFT).fetchall()) == {aggregate: [4]}


async def test_nothing_goes_that_somebody_has_still_to_read(
    db: Database[UnitOfWork],
    relay: Database[KernelUnit],
    scheduler: Database[KernelUnit],
    superuser: psycopg.Connection,
) -> None:
    await write(db, [new_id()], 10)
    assert await pruned(scheduler) == [] or count(superuser, EVENTS) == 10, (
        "nobody reads: nothing is delivered"
    )
    await read_all(relay)
    await read_all(relay, "slow", most=3)
    await pruned(scheduler)
    assert count(superuser, EVENTS) == 8, "of what both have read, the newest of the aggregate stays"
    assert len(await read_all(relay, "slow")) == 7
    await pruned(scheduler)
    assert count(superuser, EVENTS) == 1


async def test_nothing_goes_that_waits_to_be_delivered(
    db: Database[UnitOfWork],
    relay: Database[KernelUnit],
    scheduler: Database[KernelUnit],
    superuser: psycopg.Connection,
) -> None:
    await write(db, [new_id()], 10)
    await read_all(relay)
    superuser.execute(
        "INSERT INTO outbox_deliveries (tenant_id, destination, aggregate_type, aggregate_id, transaction_id,"
        " position, event_id) SELECT tenant_id, 'there', aggregate_type, aggregate_id, transaction_id,"
        " position, event_id FROM outbox_events WHERE aggregate_version = 4"
    )
    await pruned(scheduler)
    assert count(superuser, "SELECT min(aggregate_version) FROM outbox_events") == 3
    superuser.execute("DELETE FROM outbox_deliveries")
    await pruned(scheduler)
    assert count(superuser, EVENTS) == 1


async def test_control_by_age_alone_what_nobody_has_read_goes(
    db: Database[UnitOfWork], relay: Database[KernelUnit], superuser: psycopg.Connection
) -> None:
    await read_all(relay)
    await write(db, [new_id()], 10)
    superuser.execute("DELETE FROM outbox_events WHERE occurred_at < now()")
    assert await read_all(relay) == []


async def test_what_is_young_stays_but_a_time_that_is_to_come_does_not_hold_it_up(
    db: Database[UnitOfWork],
    relay: Database[KernelUnit],
    scheduler: Database[KernelUnit],
    superuser: psycopg.Connection,
) -> None:
    await write(db, [new_id()], 10)
    await read_all(relay)
    superuser.execute(
        "UPDATE outbox_events SET occurred_at = now() - interval '9 days' WHERE aggregate_version < 6"
    )
    superuser.execute(
        "UPDATE outbox_events SET occurred_at = now() + interval '9 days' WHERE aggregate_version = 2"
    )
    superuser.execute("UPDATE outbox_events SET occurred_at = now() WHERE aggregate_version > 5")
    await pruned(scheduler, Retention(events=timedelta(days=7)))
    assert count(superuser, "SELECT min(aggregate_version) FROM outbox_events") == 5


async def test_entities_without_versions_leave_nothing(
    db: Database[UnitOfWork],
    relay: Database[KernelUnit],
    scheduler: Database[KernelUnit],
    superuser: psycopg.Connection,
) -> None:
    await write(db, [new_id(), new_id()], 3)
    superuser.execute("UPDATE outbox_events SET aggregate_version = NULL")
    await read_all(relay)
    await pruned(scheduler)
    assert count(superuser, EVENTS) == 0


async def test_the_inbox_outlives_the_outbox(
    db: Database[UnitOfWork],
    relay: Database[KernelUnit],
    scheduler: Database[KernelUnit],
    superuser: psycopg.Connection,
) -> None:
    event = happened(new_id(), 1)
    async with db.unit_of_work(TENANT) as uow:
        await uow.first_time("consumer", event.event_id)
        await uow.first_time("consumer", new_id())
        uow.record([event])
        await uow.commit()
    rules = Retention(events=timedelta(0), inbox=timedelta(0))
    await pruned(scheduler, rules, timedelta(minutes=1))
    assert count(superuser, "SELECT count(*) FROM processed_events") == 1
    assert count(superuser, EVENTS) == 1
    superuser.execute("DELETE FROM outbox_events")
    await pruned(scheduler, rules, timedelta(minutes=1))
    assert count(superuser, "SELECT count(*) FROM processed_events") == 0


async def test_markers_go_once_nobody_can_ask_for_them(
    db: Database[UnitOfWork], scheduler: Database[KernelUnit], superuser: psycopg.Connection
) -> None:
    await write(db, [new_id()], 20)
    superuser.execute("UPDATE commit_markers SET recorded_at = now() - interval '8 days'")
    await write(db, [new_id()], 1)
    await pruned(scheduler, Retention(batch=3))
    assert count(superuser, "SELECT count(*) FROM commit_markers") == 1


async def test_beside_writers_readers_and_another_prune_nothing_is_lost(
    db: Database[UnitOfWork],
    relay: Database[KernelUnit],
    scheduler: Database[KernelUnit],
    superuser: psycopg.Connection,
) -> None:
    aggregates, seen, over = [new_id() for _ in range(4)], [], asyncio.Event()

    async def write_all() -> None:
        await write(db, aggregates, 40)
        over.set()

    async def read() -> None:
        while not over.is_set() or (more := await read_all(relay, most=11)):
            seen.extend(await read_all(relay, most=11) if not over.is_set() else more)

    async def prune() -> None:
        while not over.is_set():
            await pruned(scheduler)

    async with asyncio.TaskGroup() as group:
        for work in (write_all(), read(), prune(), prune()):
            group.create_task(work)
    await pruned(scheduler)
    assert len(seen) == len(set(seen)) == 160
    assert count(superuser, EVENTS) == 4


async def test_a_position_of_another_cluster_stops_it(
    db: Database[UnitOfWork],
    relay: Database[KernelUnit],
    scheduler: Database[KernelUnit],
    superuser: psycopg.Connection,
) -> None:
    await write(db, [new_id()], 3)
    await read_all(relay)
    superuser.execute("UPDATE outbox_consumers SET system_identifier = 1")
    with pytest.raises(PositionOfAnotherCluster, match="ventros outbox rebase"):
        await pruned(scheduler)
    assert count(superuser, EVENTS) == 3


@pytest.mark.parametrize(
    "rules",
    [
        {"events": timedelta(days=8), "inbox": timedelta(days=7)},
        {"events": timedelta(days=-1)},
        {"markers": timedelta(minutes=59)},
    ],
)
def test_times_that_would_lose_something_are_refused(rules: dict[str, timedelta]) -> None:
    with pytest.raises(ValidationError):
        Retention(**rules)  # type: ignore[arg-type]
