"""Runs the stream twice, with the version check and without it, and judges what came of it."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from datetime import UTC, datetime

import attrs

from ventros.demo.control import LastWriteWins
from ventros.demo.seed import Seed, seed_tenant
from ventros.demo.stream import Stream
from ventros.devserver import DevServer
from ventros.ingest.records import Record, records_of_lines
from ventros.ingest.runner import Ingest, round_robin
from ventros.ingest.tally import Tally
from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database
from ventros.kernel.statements import Statement, kernel
from ventros.schema import create_database
from ventros.statements import statement
from ventros.unit_of_work import CRM, UnitOfWork

TENANTS = {"bakery": "bakery-phone", "garage": "garage-phone"}
"""The two tenants of the demonstration, each with the session of its one channel."""

MISCOUNTS = statement("sessions.sum_miscounts")
MESSAGES = statement("messages.count")
EVENTS = kernel.statement("outbox_events.count")


@attrs.frozen(kw_only=True)
class Arm:
    """One run of the stream. ``lost_updates`` is the sum over sessions of the difference between what the
    session counts and the messages it has; ``*_rows`` are counted in the database, the rest by the run.
    """

    tally: Tally
    lost_updates: int
    message_rows: int
    event_rows: int
    latencies: tuple[float, ...]

    @property
    def messages_per_second(self) -> float:
        return self.tally.messages_offered / self.tally.seconds

    def latency_ms(self, percent: int) -> float:
        """The ``percent``-th percentile of the time from offering a message to its acknowledgement."""
        latencies = self.latencies
        if len(latencies) < 2:
            return 1000 * sum(latencies)
        return 1000 * statistics.quantiles(latencies, n=100, method="inclusive")[percent - 1]


async def run_arm(
    server: DevServer,
    name: str,
    unit_of_work: type[UnitOfWork],
    stream: Stream,
    *,
    workers: int,
    on_record: Callable[[Record], None],
) -> Arm:
    """A database of its own, migrated and seeded; then the stream, dealt to the workers in turn.

    What is no part of the library, so what has other SQL, does not log in as the app.
    """
    dsn = create_database(server, CRM, name)
    if unit_of_work is not UnitOfWork:
        dsn = server.owner_dsn(name)
    settings = Settings(max_size=workers + 1, application_name=f"ventros-{name}")
    db = await Database.open(unit_of_work, dsn, settings)
    async with db:
        now = datetime.now(UTC)
        seeds = [await seed_tenant(db, tenant, session, now) for tenant, session in TENANTS.items()]
        events_before = await _sum(db, seeds, EVENTS)
        latencies: list[float] = []
        ingest = Ingest(
            db,
            tuple(TENANTS),
            workers=workers,
            partitioner=round_robin,
            on_record=on_record,
            on_latency=latencies.append,
        )
        tally = await ingest.run(records_of_lines(stream.lines))
        return Arm(
            tally=tally,
            latencies=tuple(latencies),
            lost_updates=await _sum(db, seeds, MISCOUNTS),
            message_rows=await _sum(db, seeds, MESSAGES),
            event_rows=await _sum(db, seeds, EVENTS) - events_before,
        )


async def _sum(db: Database[UnitOfWork], seeds: list[Seed], count: Statement) -> int:
    total = 0
    for seed in seeds:
        async with db.unit_of_work(seed.tenant) as uow:
            row = await uow.connection.one(count, seed.tenant)
            total += row[0]
    return total


async def run_both(
    server: DevServer, stream: Stream, *, workers: int, on_record: Callable[[Record], None]
) -> tuple[Arm, Arm]:
    """Ventros, then the control, on the same stream and the same server."""
    ventros_arm = await run_arm(server, "checked", UnitOfWork, stream, workers=workers, on_record=on_record)
    control_arm = await run_arm(
        server, "control", LastWriteWins, stream, workers=workers, on_record=on_record
    )
    return ventros_arm, control_arm


def find_faults(arm: Arm, stream: Stream) -> list[str]:
    """What the library promised and did not keep; empty when it kept all."""
    tally = arm.tally
    faults = []
    if arm.lost_updates:
        faults.append(f"{arm.lost_updates} updates were lost")
    if arm.message_rows != stream.distinct_messages or tally.messages_stored != stream.distinct_messages:
        faults.append(
            f"{stream.distinct_messages} distinct messages were offered, "
            f"{tally.messages_stored} acknowledged, {arm.message_rows} are stored"
        )
    if arm.event_rows != tally.outbox_events:
        faults.append(f"{tally.outbox_events} events were acknowledged, {arm.event_rows} are in the outbox")
    if tally.rejected:
        faults.append(f"{tally.rejected.total()} events were rejected")
    return faults


def report(arm: Arm, control: Arm) -> dict[str, int | float]:
    """The figures by the names of ``ventros demo --json``; times in seconds and milliseconds."""
    tally = arm.tally
    return {
        "messages_offered": tally.messages_offered,
        "messages_stored": arm.message_rows,
        "duplicates": tally.duplicates,
        "conflicts": tally.conflicts,
        "retries": tally.retries,
        "lost_updates": arm.lost_updates,
        "control_lost_updates": control.lost_updates,
        "events": arm.event_rows,
        "seconds": round(tally.seconds, 3),
        "messages_per_second": round(arm.messages_per_second, 1),
        "p50_ms": round(arm.latency_ms(50), 2),
        "p99_ms": round(arm.latency_ms(99), 2),
    }
