"""What the relay's rules are for: without each of them events are lost, doubled or turned round."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import attrs
import psycopg
import pytest

from tests.support.constants import TENANT
from tests.support.relaying import Recorder, happened, until, write
from tests.support.stored import count
from ventros import Database, UnitOfWork
from ventros.kernel.ids import new_id
from ventros.kernel.outbox import consumers, deliveries, log, outbox
from ventros.kernel.outbox.deliveries import Claimed, Settlement
from ventros.kernel.outbox.event import START, Position
from ventros.relay.relay import Relay

# Rows with their lock held while they are handed over, ten at a time: a queue as it is mostly built.
BY_SKIP_LOCKED = """
SELECT tenant_id, aggregate_id, event_id, position
  FROM outbox_deliveries
 ORDER BY transaction_id, position
 LIMIT 10
   FOR UPDATE SKIP LOCKED
"""


@pytest.mark.spoiled
async def test_control_skip_locked_alone_reorders(
    db: Database[UnitOfWork], relay_db: Database[Any], relay_dsn: str, superuser: psycopg.Connection
) -> None:
    await write(db, [new_id() for _ in range(20)], 25)
    relay = Relay(relay_db, [Recorder().source()])
    async with relay_db.across_tenants() as connection:
        await consumers.register(connection, "relay:recorder")
    while await relay.fan_out(Recorder().source()):
        pass
    seen: dict[Any, list[int]] = defaultdict(list)

    async def worker() -> None:
        connection = await asyncpg.connect(relay_dsn)
        try:
            while True:
                async with connection.transaction():
                    rows = await connection.fetch(BY_SKIP_LOCKED)
                    if not rows:
                        return
                    for row in rows:
                        await asyncio.sleep(random.choice((0, 0, 0, 0.002)))
                        seen[row["aggregate_id"]].append(row["position"])
                    await connection.execute(
                        "DELETE FROM outbox_deliveries WHERE event_id = ANY ($1)",
                        [row["event_id"] for row in rows],
                    )
        finally:
            await connection.close()

    async with asyncio.timeout(60):
        await asyncio.gather(*(worker() for _ in range(4)))
    total = sum(map(len, seen.values()))
    reorders = sum(later < earlier for own in seen.values() for earlier, later in itertools.pairwise(own))
    print(f"4 workers by SKIP LOCKED alone: {total} delivered, reorders {reorders}")
    assert total == 500
    assert reorders > 0


async def late_writers(db: Database[UnitOfWork], writers: int, each: int) -> None:
    """Each takes its position early and commits late, as a unit does that has more to write."""

    async def one() -> None:
        for _ in range(each):
            async with db.unit_of_work(TENANT) as uow:
                (call,) = outbox.append(TENANT, [happened(new_id(), 1)], marker=uow.marker.id)
                await uow.connection.affected(outbox.APPEND, *call.argument_sets[0][:-1])
                await asyncio.sleep(random.uniform(0, 0.02))
                await uow.commit()

    await asyncio.gather(*(one() for _ in range(writers)))


async def test_a_late_commit_is_not_lost(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    """Read as the log says, and, as the control, by position alone."""
    by_log: set[Any] = set()
    by_position: set[Any] = set()
    written = asyncio.Event()

    async def read_log() -> None:
        position = START
        while True:
            last = written.is_set()
            async with relay_db.across_tenants() as connection:
                events = await log.read_after(connection, position, 100)
            by_log.update(event.event_id for event in events)
            position = events[-1].position if events else position
            if last and not events:
                return
            await asyncio.sleep(0.001)

    def behind(position: int) -> list[Any]:
        query = "SELECT event_id, position FROM outbox_events WHERE position > %s ORDER BY position"
        return superuser.execute(query, [position]).fetchall()

    async def read_by_position() -> None:
        last = 0
        while not written.is_set():
            rows = await asyncio.to_thread(behind, last)
            by_position.update(row[0] for row in rows)
            last = rows[-1][1] if rows else last
            await asyncio.sleep(0.001)

    readers = asyncio.gather(read_log(), read_by_position())
    await late_writers(db, 8, 40)
    written.set()
    async with asyncio.timeout(30):
        await readers
    total = count(superuser, "SELECT count(*) FROM outbox_events")
    print(f"8 late writers, {total} events: lost by the log {total - len(by_log)}, ", end="")
    print(f"by position alone {total - len(by_position)}")
    assert (total, len(by_log)) == (320, 320)
    assert len(by_position) < total


async def claimed_by_two(db: Database[UnitOfWork], relay_db: Database[Any]) -> AsyncIterator[Claimed]:
    """The same queue, claimed by one whose lease runs out, then by another."""
    await write(db, [new_id()], 3)
    source = Recorder().source()
    async with relay_db.across_tenants() as connection:
        await consumers.register(connection, "relay:recorder")
    await Relay(relay_db, [source]).fan_out(source)
    for lease in (0.05, 30.0):
        async with relay_db.across_tenants() as connection:
            (claimed,) = await deliveries.claim(connection, {"recorder": (1, lease)}, most=2)
        yield claimed
        await asyncio.sleep(0.06)


def all_of(claimed: Claimed) -> Settlement:
    return Settlement(queue=claimed.queue, token=claimed.token, delivered=claimed.events[-1].position)


async def settled(relay_db: Database[Any], claimed: Claimed) -> int:
    async with relay_db.across_tenants() as connection:
        return len(await deliveries.settle(connection, [all_of(claimed)]))


async def test_a_paused_relay_is_not_heard(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    paused, other = [claimed async for claimed in claimed_by_two(db, relay_db)]
    assert [event.event_id for event in paused.events] == [event.event_id for event in other.events]
    assert await settled(relay_db, paused) == 0, "late"
    assert count(superuser, "SELECT count(*) FROM outbox_deliveries") == 3
    assert await settled(relay_db, other) == 1
    assert await settled(relay_db, other) == 0, "once"
    assert count(superuser, "SELECT count(*) FROM outbox_deliveries") == 1


@pytest.mark.spoiled
async def test_control_without_fencing_a_claim_is_marked_twice(
    db: Database[UnitOfWork],
    relay_db: Database[Any],
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = deliveries.HOLD.text.replace("aggregate_id, token)\n ORDER", "aggregate_id)\n ORDER")
    unfenced = attrs.evolve(deliveries.HOLD, text=text.replace("q.token\n", "h.token\n"))
    assert unfenced.text != deliveries.HOLD.text
    monkeypatch.setattr(deliveries, "HOLD", unfenced)
    paused, other = [claimed async for claimed in claimed_by_two(db, relay_db)]
    heard = [await settled(relay_db, paused), await settled(relay_db, other)]
    print(f"without fencing: one claim marked {sum(heard)} times")
    assert heard == [1, 1]


async def test_what_a_claimed_queue_is_given_meanwhile_is_not_forgotten(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    """The queue is taken for empty by its own row, which the relay that adds has locked."""
    thing, source = new_id(), Recorder().source()
    relay = Relay(relay_db, [source])
    async with relay_db.across_tenants() as connection:
        await consumers.register(connection, "relay:recorder")
    await write(db, [thing], 1)
    await relay.fan_out(source)
    async with relay_db.across_tenants() as connection:
        (claimed,) = await deliveries.claim(connection, {"recorder": (1, 30.0)}, most=2)
    await write(db, [thing], 1, first=2)
    async with relay_db.across_tenants() as connection:
        position = await consumers.take(connection, "relay:recorder")
        assert position is not None
        events = await log.read_after(connection, position, 10)
        await deliveries.add(connection, [(event, "recorder") for event in events])
        settling = asyncio.create_task(settled(relay_db, claimed))
        await until(
            lambda: (
                count(superuser, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'") > 0
            )
        )
        await consumers.move(connection, "relay:recorder", events[-1].position)
    assert await settling == 1
    assert count(superuser, "SELECT count(*) FROM outbox_queues") == 1
    recorder = Recorder()
    await Relay(relay_db, [recorder.source()]).drain()
    assert recorder.versions == {(thing, 2)}


async def test_a_consumer_is_served_by_one_at_a_time(
    db: Database[UnitOfWork], relay_db: Database[Any]
) -> None:
    async with relay_db.across_tenants() as first:
        assert await consumers.register(first, "mine", Position(0, 5))
    async with relay_db.across_tenants() as first, relay_db.across_tenants() as second:
        assert await consumers.take(first, "mine") == Position(0, 5)
        assert await consumers.take(second, "mine") is None
    async with relay_db.across_tenants() as connection:
        assert not await consumers.register(connection, "mine")
        assert await consumers.take(connection, "mine") == Position(0, 5)
