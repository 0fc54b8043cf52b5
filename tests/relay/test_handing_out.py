"""Events leave: each once, in the order of their aggregate, whatever else goes wrong."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import OTHER_TENANT, TENANT
from tests.support.relaying import Recorder, dawdle, happened, until, write
from tests.support.stored import count
from ventros import Database, Retry, UnitOfWork
from ventros.kernel.ids import new_id
from ventros.kernel.outbox import deliveries
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay.publisher import PublishRefused
from ventros.relay.relay import Relay, RelayOptions

LEFT = "SELECT (SELECT count(*) FROM outbox_deliveries) + (SELECT count(*) FROM outbox_queues)"


async def test_what_was_committed_leaves_once_and_in_order(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    things, recorder = [new_id() for _ in range(5)], Recorder()
    await write(db, things, 4)
    await write(db, things[:1], 2, tenant=OTHER_TENANT, first=5)
    relay = Relay(relay_db, [recorder.source()])
    await relay.drain()
    assert recorder.versions == {(thing, version) for thing in things for version in range(1, 5)} | {
        (things[0], 5),
        (things[0], 6),
    }
    assert (recorder.duplicates, recorder.reorders) == (0, 0)
    assert count(superuser, LEFT) == 0
    first = next(event for event in recorder.events if event.aggregate_id == things[1])
    assert (first.tenant_id, first.event_name, first.payload) == (TENANT, "thing.changed", {"version": 1})
    await Relay(relay_db, [recorder.source()]).drain()
    assert len(recorder.events) == 22, "what was delivered does not leave again"


async def test_four_relays_neither_double_nor_reorder(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    things, recorder = [new_id() for _ in range(20)], Recorder(hook=dawdle)
    relays = [Relay(relay_db, [recorder.source()], RelayOptions(batch=50, poll=0.02)) for _ in range(4)]
    async with asyncio.timeout(120), asyncio.TaskGroup() as group:
        for relay in relays:
            group.create_task(relay.run())
        await write(db, things, 100)
        await until(lambda: len(recorder.events) >= 2000)
        for relay in relays:
            relay.stop()
    shares = [relay.state.counts.delivered for relay in relays]
    print(f"4 relays, 20 aggregates: {len(recorder.events)} delivered, by each {shares}, ", end="")
    print(f"duplicates {recorder.duplicates}, reorders {recorder.reorders}")
    assert (len(recorder.events), recorder.duplicates, recorder.reorders) == (2000, 0, 0)
    assert sum(share > 100 for share in shares) >= 2, "they worked side by side"
    assert count(superuser, LEFT) == 0


async def test_poison_stops_its_own_aggregate_and_no_other(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    bad, good = new_id(), new_id()

    async def refuse(event: OutboxEvent) -> None:
        if event.aggregate_id == bad and event.aggregate_version == 2 and refusing:
            raise PublishRefused("too large")

    refusing, recorder = True, Recorder(hook=refuse)
    await write(db, [bad, good], 3)
    relay = Relay(relay_db, [recorder.source()])
    await relay.drain()
    assert recorder.versions == {(bad, 1), (good, 1), (good, 2), (good, 3)}
    assert relay.state.counts.dead == 1
    async with relay_db.across_tenants() as connection:
        (dead,) = await deliveries.dead(connection, 10)
    assert (dead.queue.aggregate_id, dead.last_error, dead.waiting) == (bad, "PublishRefused: too large", 1)
    await write(db, [bad], 1, first=4)
    await relay.drain()
    assert len(recorder.events) == 4
    refusing = False
    async with relay_db.across_tenants() as connection:
        assert await deliveries.requeue(connection, None, dead.event_id) == 1
    await relay.drain()
    assert [event.aggregate_version for event in recorder.events if event.aggregate_id == bad] == [1, 2, 3, 4]
    assert count(superuser, LEFT) == 0


async def test_what_is_skipped_lets_the_rest_go_on(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    thing = new_id()

    async def refuse(event: OutboxEvent) -> None:
        if event.aggregate_version in {1, 3}:
            raise PublishRefused("no")

    recorder = Recorder(hook=refuse)
    await write(db, [thing], 3)
    for skipped in (1, 3):
        await Relay(relay_db, [recorder.source()]).drain()
        async with relay_db.across_tenants() as connection:
            (dead,) = await deliveries.dead(connection, 10)
            assert await deliveries.skip(connection, "recorder", dead.event_id) == 1
        assert dead.waiting == 3 - skipped
    await Relay(relay_db, [recorder.source()]).drain()
    assert [event.aggregate_version for event in recorder.events] == [2]
    assert count(superuser, LEFT) == 0


async def test_a_failure_is_tried_again_and_dead_after_its_attempts(
    db: Database[UnitOfWork], relay_db: Database[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ventros.relay.handing_over.PAUSES", Retry(base=0.01, cap=0.02))
    tries = 0

    async def fail(_event: OutboxEvent) -> None:
        nonlocal tries
        tries += 1
        raise OSError("no route")

    recorder = Recorder(hook=fail)
    await write(db, [new_id()], 1)
    relay = Relay(relay_db, [recorder.source(attempts=3)], RelayOptions(poll=0.01))
    task = asyncio.create_task(relay.run())
    async with asyncio.timeout(30):
        await until(lambda: bool(relay.state.counts.dead))
    relay.stop()
    await task
    assert (tries, relay.state.counts.failed) == (3, 3)
    async with relay_db.across_tenants() as connection:
        (dead,) = await deliveries.dead(connection, 10)
    assert (dead.attempts, dead.last_error) == (3, "OSError: no route")


async def test_an_invoice_may_share_its_id_with_a_contact(
    db: Database[UnitOfWork], relay_db: Database[Any]
) -> None:
    shared, recorder = new_id(), Recorder()
    other = attrs.evolve(happened(shared, 1), aggregate_type="invoice")
    async with db.unit_of_work(TENANT) as uow:
        uow.record([happened(shared, 1), other])
        await uow.commit()
    await Relay(relay_db, [recorder.source()]).drain()
    assert sorted(event.aggregate_type for event in recorder.events) == ["invoice", "thing"]
