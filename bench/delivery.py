"""How fast, how soon and in how much memory a relay delivers."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import attrs
import psycopg

from bench.relaying import RelayProcess
from ventros import Database, Settings, UnitOfWork
from ventros.kernel.events import Envelope
from ventros.kernel.ids import new_id

BACKLOG = (Path(__file__).parent / "backlog.sql").read_text(encoding="utf-8")
SAMPLE = 0.1
"""Seconds between two looks at the memory."""
WRITERS = 4


@attrs.frozen
class Drained:
    """Events a second, from the relay's first look on, and milliseconds of its processor time for each."""

    per_second: float
    cpu_ms: float


@attrs.frozen
class Sample:
    """After so many seconds a relay had delivered so many events, and held so many MiB."""

    seconds: float
    delivered: int
    mib: float | None


def fill(dsn: str, events: int, tenants: int, *, first: int = 1) -> None:
    """A backlog of ``events`` of so many tenants, numbered from ``first``; an equal share each."""
    share = events // tenants
    with psycopg.connect(dsn, autocommit=True) as connection:
        for tenant in range(tenants):
            start = first + tenant * share
            for key, value in (
                ("app.tenant_id", tenant_name(tenant)),
                ("bench.first", str(start)),
                ("bench.last", str(start + share - 1)),
            ):
                connection.execute("SELECT set_config(%s, %s, false)", (key, value))
            connection.execute(BACKLOG)


def tenant_name(number: int) -> str:
    return f"tenant-{number:04d}"


def vacuum(dsn: str) -> None:
    """Autovacuum is off here, and deliveries come and go."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE) outbox_events, outbox_queues, outbox_deliveries")


async def drain(dsn: str, file: Path, events: int) -> Drained:
    """Deliver a backlog of ``events`` to its end, by a relay that is started for it."""
    async with RelayProcess(dsn, file) as relay:
        await relay.until(events)
    times = relay.deliveries().values()
    if len(times) != events or relay.delivered != events:
        raise RuntimeError(f"of {events} events {len(times)} were delivered, {relay.delivered} times in all")
    return Drained(events / (max(times) - relay.began), 1000 * relay.cpu / events)


async def watch(dsn: str, file: Path, events: int, batch: int) -> list[Sample]:
    """The memory of a relay until it has delivered ``events``; it reads ``batch`` at a time."""
    samples: list[Sample] = []
    async with RelayProcess(dsn, file, batch=batch) as relay:
        started = time.monotonic()
        async with asyncio.timeout(1800):
            while not samples or samples[-1].delivered < events:
                await asyncio.sleep(SAMPLE)
                samples.append(Sample(time.monotonic() - started, relay.delivered, relay.memory()))
    return samples


async def latencies(
    db: Database[UnitOfWork], relay: RelayProcess, *, tenants: int, pace: float, count: int
) -> list[float]:
    """Seconds from the answer to COMMIT to the hand-over, of ``count`` units that begin ``pace`` a second."""
    before, committed = relay.delivered, dict[UUID, float]()
    turn = itertools.cycle(range(tenants))

    async def write(pause: float, tenant: str) -> None:
        await asyncio.sleep(pause)
        event = happened()
        async with db.unit_of_work(tenant) as uow:
            uow.record([event])
            await uow.commit()
        committed[event.event_id] = time.monotonic()

    async with asyncio.TaskGroup() as group:
        for number in range(count):
            group.create_task(write(number / pace, tenant_name(next(turn))))
    await relay.until(before + count)
    delivered = relay.deliveries()
    return [max(0.0, delivered[event_id] - at) for event_id, at in committed.items()]


def happened() -> Envelope:
    """The first event of an aggregate."""
    return Envelope(
        event_id=new_id(),
        event_name="contact.renamed",
        event_version="v1",
        occurred_at=datetime.now(UTC),
        aggregate_type="contact",
        aggregate_id=new_id(),
        aggregate_version=1,
        sequence=1,
        payload={"name": "Ada", "reason": "asked for"},
    )


async def open_writers(dsn: str) -> Database[UnitOfWork]:
    return await Database.open(UnitOfWork, dsn, Settings(min_size=WRITERS, max_size=WRITERS))


def peak(samples: Sequence[Sample]) -> float | None:
    """MiB."""
    known = [sample.mib for sample in samples if sample.mib is not None]
    return max(known, default=None)
