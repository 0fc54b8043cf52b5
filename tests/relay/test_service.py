"""The relay in a service of one's own: woken, bounded, observed, and true to what its destinations say."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.request import urlopen

import attrs
import psycopg
import pytest

from tests.support.constants import TENANT
from tests.support.relaying import Recorder, dawdle, happened, until, write
from tests.support.stored import count
from ventros import ConfigurationError, Database, Telemetry, UnitOfWork
from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import PositionOfAnotherCluster, ValidationError
from ventros.kernel.ids import new_id
from ventros.kernel.outbox.deliveries import Settlement
from ventros.kernel.outbox.event import OutboxEvent
from ventros.kernel.waking import Notifier
from ventros.relay.metrics import served
from ventros.relay.publisher import Destination, DestinationGone
from ventros.relay.relay import Relay, RelayOptions


async def latency(relay: Relay, recorder: Recorder, writing: Database[UnitOfWork]) -> float:
    """Seconds from a commit to the handing over, of a relay that has looked in vain three seconds before."""
    task = asyncio.create_task(relay.run())
    await asyncio.sleep(3.0)
    await write(writing, [new_id()], 1)
    began = time.monotonic()
    async with asyncio.timeout(10):
        await until(lambda: bool(recorder.events))
    took = time.monotonic() - began
    relay.stop()
    await task
    return took


IDLE = RelayOptions(poll=10.0)


async def test_woken_it_does_not_wait_for_its_next_look(
    db: Database[UnitOfWork], relay_db: Database[Any], dsn: str
) -> None:
    recorder = Recorder()
    relay = Relay(relay_db, [recorder.source()], IDLE)
    telemetry = Telemetry(outcome=lambda _outcome, _seconds, events, *_: relay.wake() if events else None)
    async with await Database.open(UnitOfWork, dsn, telemetry=telemetry) as waking:
        woken = await latency(relay, recorder, waking)
    print(f"commit to delivery of an idle relay, woken by its own process: {woken * 1000:.0f} ms")
    assert woken < 1.0


async def test_a_service_in_another_process_wakes_it_where_asked_for(
    db: Database[UnitOfWork], relay_db: Database[Any], dsn: str
) -> None:
    recorder, notifier = Recorder(), Notifier()
    relay = Relay(relay_db, [recorder.source()], attrs.evolve(IDLE, notify=True))
    async with await Database.open(UnitOfWork, dsn, telemetry=Telemetry(outcome=notifier.outcome)) as telling:
        task = asyncio.create_task(notifier.run(telling))
        woken = await latency(relay, recorder, telling)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    print(f"commit to delivery of an idle relay, woken by NOTIFY: {woken * 1000:.0f} ms")
    assert woken < 1.0


async def test_control_by_itself_it_looks_later(db: Database[UnitOfWork], relay_db: Database[Any]) -> None:
    recorder = Recorder()
    by_itself = await latency(Relay(relay_db, [recorder.source()], IDLE), recorder, db)
    print(f"commit to delivery of an idle relay, not woken: {by_itself:.1f} s")
    assert by_itself > 1.0


async def test_what_is_held_is_bounded(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    await write(db, [new_id() for _ in range(30)], 4)
    gate = asyncio.Event()

    async def wait(_event: OutboxEvent) -> None:
        await gate.wait()

    recorder = Recorder(hook=wait)
    relay = Relay(relay_db, [recorder.source(concurrency=100)], RelayOptions(batch=7, most=2, poll=0.02))
    task = asyncio.create_task(relay.run())
    async with asyncio.timeout(20):
        await until(lambda: relay.state.counts.read == 120)
        await until(lambda: relay.state.held == 7)
    await asyncio.sleep(0.2)
    assert (relay.state.held, relay.state.counts.claimed) == (7, 7)
    gate.set()
    async with asyncio.timeout(20):
        await until(lambda: len(recorder.events) == 120)
    relay.stop()
    await task
    assert (recorder.duplicates, recorder.reorders) == (0, 0)


async def test_stopped_at_any_moment_it_holds_nothing(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    await write(db, [new_id() for _ in range(20)], 20)
    recorder, stops = Recorder(hook=dawdle), 0
    async with asyncio.timeout(60):
        while len(recorder.events) < 400:
            relay = Relay(relay_db, [recorder.source()], RelayOptions(batch=20, most=2, poll=0.02))
            task = asyncio.create_task(relay.run())
            await asyncio.sleep(random.uniform(0.01, 0.1))
            relay.stop()
            await task
            stops += 1
            assert count(superuser, "SELECT count(*) FROM outbox_queues WHERE token IS NOT NULL") == 0
            assert relay.state.held == 0
    print(f"stopped {stops} times: duplicates {recorder.duplicates}, reorders {recorder.reorders}")
    assert stops > 1
    assert (recorder.duplicates, recorder.reorders) == (0, 0)


@attrs.define
class Webhooks:
    """Destinations of one kind, which can be disabled."""

    destinations: dict[str, Destination]
    name: str = "hook"

    async def wanting(self, connection: Connection, events: Collection[OutboxEvent]) -> list[Collection[str]]:
        return [tuple(self.destinations)] * len(events)

    async def find(self, connection: Connection, names: Collection[str]) -> Mapping[str, Destination]:
        return self.destinations

    async def disable(self, name: str, reason: str) -> None:
        del self.destinations[name]

    async def settled(self, connection: Connection, settlements: Sequence[Settlement]) -> None:
        pass


async def test_a_destination_that_is_gone_is_disabled_and_its_deliveries_dropped(
    db: Database[UnitOfWork],
    relay_db: Database[Any],
    superuser: psycopg.Connection,
) -> None:
    async def gone(_event: OutboxEvent) -> None:
        raise DestinationGone("410")

    stays, leaves = Recorder(), Recorder(hook=gone)
    source = Webhooks(
        {
            "hook:1": Destination(name="hook:1", publisher=stays),
            "hook:2": Destination(name="hook:2", publisher=leaves),
        }
    )
    await write(db, [new_id(), new_id()], 3)
    relay = Relay(relay_db, [source], RelayOptions(poll=0.02))
    task = asyncio.create_task(relay.run())
    async with asyncio.timeout(20):
        await until(lambda: len(stays.events) == 6)
        await until(lambda: count(superuser, "SELECT count(*) FROM outbox_deliveries") == 0)
    relay.stop()
    await task
    assert set(source.destinations) == {"hook:1"}
    assert leaves.events == []
    assert relay.state.counts.dropped == 2


async def test_another_kind_s_deliveries_are_let_alone(
    db: Database[UnitOfWork], relay_db: Database[Any]
) -> None:
    await write(db, [new_id()], 2)
    mine, others = Recorder(name="hook"), Recorder(name="hook-of-others")
    other = Relay(relay_db, [others.source()])
    await other._register()
    await other.fan_out(others.source())
    await Relay(relay_db, [mine.source()]).drain()
    assert (len(mine.events), len(others.events)) == (2, 0)
    await other.drain()
    assert len(others.events) == 2


async def test_a_payload_that_cannot_be_read_stops_its_aggregate_only(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    bad, good, recorder = new_id(), new_id(), Recorder()
    await write(db, [bad, good], 2)
    superuser.execute(
        "UPDATE outbox_events"
        "   SET payload = jsonb_build_object('n', (repeat('[', 3000) || repeat(']', 3000))::jsonb)"
        " WHERE aggregate_id = %s AND aggregate_version = 2",
        [bad],
    )
    relay = Relay(relay_db, [recorder.source()])
    await relay.drain()
    assert recorder.versions == {(bad, 1), (good, 1), (good, 2)}
    assert relay.state.counts.dead == 1
    error = superuser.execute("SELECT last_error FROM outbox_queues").fetchone()
    assert error is not None
    assert "payload" in error[0]


async def test_an_event_that_is_gone_from_the_log_is_dead_and_not_forgotten(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    thing, recorder = new_id(), Recorder()
    await write(db, [thing], 2)
    relay = Relay(relay_db, [recorder.source()])
    await relay._register()
    await relay.fan_out(recorder.source())
    superuser.execute("DELETE FROM outbox_events WHERE aggregate_version = 1")
    await relay.drain()
    assert recorder.events == []
    error = superuser.execute("SELECT last_error FROM outbox_queues WHERE dead_at IS NOT NULL").fetchone()
    assert error is not None
    assert "not in the log" in error[0]


async def test_a_position_of_another_cluster_is_refused(
    db: Database[UnitOfWork], relay_db: Database[Any], superuser: psycopg.Connection
) -> None:
    await write(db, [new_id()], 1)
    relay = Relay(relay_db, [Recorder().source()])
    await relay.drain()
    superuser.execute("UPDATE outbox_consumers SET system_identifier = 7")
    with pytest.raises(PositionOfAnotherCluster, match="ventros outbox rebase"):
        async with asyncio.timeout(10):
            await relay.run()


async def test_metrics_and_health(
    db: Database[UnitOfWork], relay_db: Database[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    await write(db, [new_id()], 3)
    relay = Relay(relay_db, [recorder.source()])
    await relay.drain()
    async with db.unit_of_work(TENANT) as uow:
        uow.record([happened(new_id(), 1)])
        await uow.commit()
    async with served("127.0.0.1:0", relay, relay_db) as (host, port):

        def get(path: str) -> tuple[int, str]:
            with urlopen(f"http://{host}:{port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()

        status, text = await asyncio.to_thread(get, "/metrics")
        assert status == 200
        lines = text.splitlines()
        assert "ventros_relay_delivered_total 3" in lines
        assert 'ventros_outbox_unread_events{consumer="relay:recorder"} 1' in lines
        document = json.loads((await asyncio.to_thread(get, "/status"))[1])
        assert (document["delivered"], document["lag"]["relay:recorder"]["events"]) == (3, 1)
        assert (await asyncio.to_thread(get, "/health"))[0] == 200
        relay.state.failed(OSError("gone"))
        monkeypatch.setattr("ventros.relay.metrics.UNHEALTHY_AFTER", 0.0)
        with pytest.raises(OSError, match="503"):
            await asyncio.to_thread(get, "/health")
        with pytest.raises(OSError, match="404"):
            await asyncio.to_thread(get, "/")
    for address in ("nowhere", "127.0.0.1:x", "127.0.0.1:70000", "192.0.2.1:1"):
        with pytest.raises(ConfigurationError):
            async with served(address, relay, relay_db):
                pass


async def test_what_cannot_be_served_is_refused(relay_db: Database[Any]) -> None:
    source = Recorder().source()
    for sources in ([], [source, source]):
        with pytest.raises(ValidationError, match="once"):
            Relay(relay_db, sources)
    with pytest.raises(ValidationError):
        RelayOptions(batch=0)
    with pytest.raises(ValidationError):
        attrs.evolve(source.destination, concurrency=0)
