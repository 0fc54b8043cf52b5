"""What the layer itself writes for a unit of work, and what it costs to remove it.

``python -m bench.retention_cost``: 20,000 units that change contacts, each with its inbox row, delivered.
Prints bytes a unit by table, and a year of 100 units a second by the default retention; the prune in
milliseconds a batch of 5,000, alone, beside writers, and beside writers with a snapshot held; the writers'
commits, without it and with it.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import psycopg

from ventros import CRM, Database, Settings, UnitOfWork, roles
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed, seed_tenant
from ventros.devserver import DevServer
from ventros.kernel.ids import new_id
from ventros.kernel.outbox import consumers, retention
from ventros.kernel.outbox.log import read_after
from ventros.kernel.outbox.retention import Retention, Step
from ventros.kernel.transaction.unit_of_work import UnitOfWork as KernelUnit
from ventros.schema import create_database

UNITS, CONTACTS, WRITERS = 20_000, 200, 4
TENANT = "acme"
TABLES = ("outbox_events", "processed_events", "commit_markers")
DAYS = {"outbox_events": 7, "processed_events": 30, "commit_markers": 7}
A_SECOND = 100


async def write(db: Database[UnitOfWork], seed: Seed, units: int, times: list[float] | None = None) -> None:
    """So many units of each writer: one new name of one of its contacts, and a row of the inbox."""

    async def one(writer: int) -> None:
        kept: list[Contact] = []
        for number in range(units // WRITERS):
            now = datetime.now(UTC)
            async with db.unit_of_work(TENANT) as uow:
                await uow.first_time("bench", new_id())
                if number < CONTACTS // WRITERS:
                    new = Contact.create(
                        project_id=seed.project_id, tenant_id=TENANT, name=f"{writer}.{number}", now=now
                    )
                    kept.append(await uow.contacts.add(new))
                else:
                    at = number % len(kept)
                    kept[at] = await uow.contacts.save(kept[at].rename(f"{writer}.{number}", now=now))
                begun = time.perf_counter()
                await uow.commit()
                if times is not None:
                    times.append(time.perf_counter() - begun)

    await asyncio.gather(*map(one, range(WRITERS)))


async def deliver(relay: Database[KernelUnit]) -> None:
    async with relay.across_tenants() as connection:
        await consumers.register(connection, "bench")
        while (position := await consumers.take(connection, "bench")) and (
            events := await read_after(connection, position, 10_000, payloads=False)
        ):
            await consumers.move(connection, "bench", events[-1].position)


async def prune(scheduler: Database[KernelUnit]) -> tuple[list[Step], list[float]]:
    steps, times, begun = [], [], time.perf_counter()
    rules = Retention(events=timedelta(0), inbox=timedelta(0), markers=timedelta(hours=1))
    async for step in retention.prune(scheduler.across_tenants, rules, datetime.now(UTC) + timedelta(days=1)):
        times.append(time.perf_counter() - begun)
        steps.append(step)
        begun = time.perf_counter()
    return steps, times


def milliseconds(seconds: list[float]) -> str:
    return f"median {statistics.median(seconds) * 1000:.2f} ms, greatest {max(seconds) * 1000:.1f} ms"


def sizes(superuser: psycopg.Connection) -> dict[str, int]:
    return {
        table: superuser.execute("SELECT pg_total_relation_size(%s::regclass)", [table]).fetchall()[0][0]
        for table in TABLES
    }


def tell_sizes(before: dict[str, int], after: dict[str, int]) -> None:
    for table in TABLES:
        each = (after[table] - before[table]) / UNITS
        kept = each * A_SECOND * 86_400 * DAYS[table]
        year = each * A_SECOND * 86_400 * 365
        print(
            f"{table}: {each:.0f} bytes a unit; {A_SECOND} units a second: {year / 1e9:,.0f} GB a year, "
            f"{kept / 1e9:,.1f} GB stay ({DAYS[table]} days)"
        )


@asynccontextmanager
async def opened(
    server: DevServer,
) -> AsyncIterator[tuple[Database[UnitOfWork], Database[KernelUnit], Database[KernelUnit]]]:
    """The app's, the relay's, the scheduler's."""
    one = Settings(max_size=1)
    async with (
        await Database.open(UnitOfWork, server.dsn("bench"), Settings(max_size=WRITERS)) as db,
        await Database.open(KernelUnit, server.dsn("bench", roles.RELAY), one) as relay,
        await Database.open(KernelUnit, server.dsn("bench", roles.SCHEDULER), one) as scheduler,
    ):
        yield db, relay, scheduler


async def main(server: DevServer) -> None:
    create_database(server, CRM, "bench")
    superuser = psycopg.connect(server.superuser_dsn("bench"), autocommit=True)
    snapshot = psycopg.connect(server.superuser_dsn("bench"))
    with superuser, snapshot:
        async with opened(server) as (db, relay, scheduler):
            seed = await seed_tenant(db, TENANT, "acme-phone", datetime.now(UTC))
            before = sizes(superuser)
            await write(db, seed, UNITS)
            tell_sizes(before, sizes(superuser))
            await deliver(relay)
            steps, times = await prune(scheduler)
            removed = sum(step.removed for step in steps)
            print(f"prune alone: {removed:,} rows in {len(times)} batches, {milliseconds(times)}")
            undisturbed: list[float] = []
            await write(db, seed, UNITS, undisturbed)
            print(f"commits of {WRITERS} writers alone: {milliseconds(undisturbed)}")
            for held in (False, True):
                if held:
                    snapshot.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM contacts LIMIT 1")
                await deliver(relay)
                commits: list[float] = []
                (_, times), _ = await asyncio.gather(prune(scheduler), write(db, seed, UNITS, commits))
                print(f"prune beside writers{', a snapshot held' if held else ''}: {milliseconds(times)}")
                print(f"  their commits: {milliseconds(commits)}")


if __name__ == "__main__":
    with DevServer() as running:
        asyncio.run(main(running))
