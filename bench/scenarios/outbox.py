"""What does the outbox cost a commit, and how fast, how soon and in how much memory does a relay deliver?"""

from __future__ import annotations

import asyncio
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import asyncpg
import attrs

from bench import delivery
from bench.arms.outbox_arms import ARMS, CHANNEL, OutboxArm
from bench.delivery import Drained
from bench.intervals import Interval, mean, percentile, ratio
from bench.keys import Keys, deal
from bench.relaying import BATCH, CONCURRENCY, RelayProcess
from bench.result import Result, Run, Verdict
from bench.rounds import Slot, in_turn, latency_ms, run_slot
from bench.server import TENANT
from ventros import Database, Settings, UnitOfWork
from ventros.kernel.statements import kernel

BASELINES = ("off", "on")
EVENTS = kernel.statement("outbox_events.count")
NOTES = (
    "A commit is a unit of work of two round trips: a contact is loaded, renamed, committed with its event.",
    (
        "no outbox: the unit's events are forgotten, and its marker is written by a statement of its own. "
        "The relay runs in a process of its own, on a database of its own, and has delivered everything "
        "before the next arm begins. With NOTIFY one connection listens."
    ),
    (
        f"The relay reads {BATCH} events at a time and hands over those of {CONCURRENCY} aggregates at once, "
        "to a publisher that only notes when. Client CPU is without the relay's."
    ),
    "Latency is from the answer to COMMIT to the hand-over, by one clock; the relay polls, nothing wakes it.",
    "Autovacuum is off; between two backlogs the tables are vacuumed.",
)


@attrs.frozen(kw_only=True)
class Size:
    """``count`` commits of each connection in a slot, of ``rows`` contacts. ``events`` are a backlog that is
    delivered to its end, latency is taken of commits at each of ``paces`` a second, for so many
    ``seconds`` a round. Of ``backlog`` events ``drained`` are delivered while the relay's memory is watched.
    """

    rows: int
    rounds: int
    count: int
    pools: tuple[int, ...] = (1, 4, 16)
    tenants: tuple[int, ...] = (1, 1000)
    events: int
    paces: tuple[int, ...] = (5, 100)
    seconds: float
    backlog: int
    drained: int


SIZES = {
    "quick": Size(rows=20_000, rounds=4, count=24, events=4_000, seconds=1.0, backlog=100_000, drained=5_000),
    "standard": Size(
        rows=20_000, rounds=12, count=60, events=12_000, seconds=4.0, backlog=1_000_000, drained=50_000
    ),
    "full": Size(
        rows=100_000, rounds=20, count=200, events=100_000, seconds=20.0, backlog=1_000_000, drained=500_000
    ),
}
WHOLE = 100_000
"""Events that the control of memory reads at a time, at most."""


def measure(run: Run, size: Size | None = None) -> Result:
    size = size or SIZES[run.profile]
    durabilities = run.server.durabilities
    slots = len(durabilities) * len(size.pools) * len(ARMS)
    run.progress.expect((size.rounds + 1) * (slots + len(size.tenants) * (1 + len(size.paces))) + 3)
    with tempfile.TemporaryDirectory() as directory:
        files = Path(directory)
        commits = _commits(run, size, files)
        delivered = asyncio.run(_delivered(run, size, files))
        memory = asyncio.run(_memory(run, size, files))
    return Result(
        parameters=attrs.asdict(size),
        figures={
            "titles": {arm.name: arm.title for arm in ARMS},
            "commits": commits,
            "delivered": delivered,
            "memory": memory,
        },
        verdicts=tuple(_verdicts(commits, delivered, memory, size)),
        notes=NOTES,
    )


Commits = dict[str, dict[str, dict[str, dict[str, Any]]]]
"""By durability, number of connections and arm."""


def _commits(run: Run, size: Size, files: Path) -> Commits:
    run.server.populated("outbox", size.rows)
    measured: Commits = {}
    for durability in run.server.durabilities:
        alone, relayed = f"outbox_{durability}", f"outbox_{durability}_relayed"
        for name in (alone, relayed):
            run.server.create(name, "outbox", volatile=durability == "volatile")
        dsns = run.server.dsn(alone), run.server.dsn(relayed)
        process = RelayProcess(run.server.relay_dsn(relayed), files / durability)
        by_pool = asyncio.run(_slots(run, dsns, process, size))
        measured[durability] = {str(workers): _figures(by_pool[workers], run.seed) for workers in size.pools}
    return measured


BySlot = dict[int, defaultdict[str, list[Slot]]]
"""Of each number of connections and arm, its rounds."""


async def _slots(run: Run, dsns: tuple[str, str], process: RelayProcess, size: Size) -> BySlot:
    """``dsns`` are of the database without a relay, and of that with ``process`` at work."""
    slots: BySlot = {workers: defaultdict(list) for workers in size.pools}
    listener = await asyncpg.connect(dsns[0])
    await listener.add_listener(CHANNEL, lambda *_: None)
    async with process as relay:
        for workers in size.pools:
            settings = Settings(min_size=workers, max_size=workers)
            shares = deal(size.rows, len(ARMS), workers, run.seed)
            async with AsyncExitStack() as stack:
                arms = [
                    (arm, keys, await stack.enter_async_context(await Database.open(arm.unit, dsn, settings)))
                    for arm, keys in zip(ARMS, shares, strict=True)
                    for dsn in (dsns[arm.relayed],)
                ]
                for number, (arm, keys, db) in in_turn(arms, size.rounds):
                    run.progress.step(f"{arm.title}, {workers} connections")
                    slot = await _slot(arm, db, keys, size.count * workers)
                    if arm.relayed:
                        await relay.until(await _stored(db))
                    if number:
                        slots[workers][arm.name].append(slot)
    await listener.close()
    return slots


async def _slot(arm: OutboxArm, db: Database[UnitOfWork], keys: Sequence[Keys], count: int) -> Slot:
    return await run_slot(lambda worker: arm.write(db, keys[worker]), workers=len(keys), count=count)


async def _stored(db: Database[UnitOfWork]) -> int:
    """Events in the outbox."""
    async with db.unit_of_work(TENANT) as uow:
        row = await uow.connection.one(EVENTS, TENANT)
        return int(row["events"])


def _figures(slots: Mapping[str, Sequence[Slot]], seed: int) -> dict[str, dict[str, Any]]:
    """Of each arm; its throughput also as ratios to that of each baseline."""
    rates = {name: [slot.per_second for slot in rounds] for name, rounds in slots.items()}
    return {
        name: {
            "per_second": mean(rates[name], seed),
            "latency_ms": latency_ms(rounds),
            "client_cpu_ms": 1000 * percentile([slot.cpu_each for slot in rounds], 50),
            "ratio": {baseline: ratio(rates[name], rates[baseline], seed) for baseline in BASELINES},
        }
        for name, rounds in slots.items()
    }


async def _delivered(run: Run, size: Size, files: Path) -> dict[str, dict[str, Any]]:
    """By the number of tenants."""
    names = {tenants: f"outbox_{tenants}_tenants" for tenants in size.tenants}
    for name in names.values():
        run.server.create(name)
    dsns = {tenants: run.server.dsn(name) for tenants, name in names.items()}
    relays = {tenants: run.server.relay_dsn(name) for tenants, name in names.items()}
    drained: defaultdict[int, list[Drained]] = defaultdict(list)
    for number, tenants in in_turn(size.tenants, size.rounds):
        run.progress.step(f"a backlog of {tenants} tenants")
        events = tenants * max(1, size.events // tenants)
        delivery.fill(dsns[tenants], events, tenants, first=1 + number * events)
        delivery.vacuum(dsns[tenants])
        done = await delivery.drain(relays[tenants], files / f"{tenants}_{number}", events)
        if number:
            drained[tenants].append(done)
    seconds = await _latencies(run, size, dsns, relays, files)
    return {
        str(tenants): {
            "events": tenants * max(1, size.events // tenants),
            "per_second": mean([one.per_second for one in drained[tenants]], run.seed),
            "relay_cpu_ms": percentile([one.cpu_ms for one in drained[tenants]], 50),
            "latency_ms": {
                str(pace): {
                    f"p{percent}": 1000 * percentile(seconds[tenants, pace], percent) for percent in (50, 99)
                }
                for pace in size.paces
            },
        }
        for tenants in size.tenants
    }


async def _latencies(
    run: Run, size: Size, dsns: Mapping[int, str], relays: Mapping[int, str], files: Path
) -> dict[tuple[int, int], list[float]]:
    """Seconds, of all rounds, by tenants and commits a second."""
    seconds: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        open_ = {
            tenants: (
                await stack.enter_async_context(await delivery.open_writers(dsns[tenants])),
                await stack.enter_async_context(RelayProcess(relays[tenants], files / f"{tenants}")),
            )
            for tenants in size.tenants
        }
        cells = [(tenants, pace) for tenants in size.tenants for pace in size.paces]
        for number, (tenants, pace) in in_turn(cells, size.rounds):
            run.progress.step(f"{pace} commits a second of {tenants} tenants")
            count = max(1, round(pace * size.seconds))
            took = await delivery.latencies(*open_[tenants], tenants=tenants, pace=pace, count=count)
            if number:
                seconds[tenants, pace] += took
    return seconds


async def _memory(run: Run, size: Size, files: Path) -> dict[str, dict[str, Any]]:
    """Of a relay with little to do, of one with a backlog, and of a control that reads it in large parts."""
    tenants = max(size.tenants)
    run.server.create("outbox_little")
    run.server.create("outbox_backlog")
    delivery.fill(run.server.dsn("outbox_little"), max(size.drained, tenants), tenants)
    delivery.fill(run.server.dsn("outbox_backlog"), size.backlog, tenants)
    for name in ("outbox_little", "outbox_backlog"):
        delivery.vacuum(run.server.dsn(name))
    run.server.create("outbox_whole", "outbox_backlog")
    measured: dict[str, dict[str, Any]] = {}
    for name, events, batch in (
        ("little", max(size.drained, tenants), BATCH),
        ("backlog", size.backlog, BATCH),
        ("whole", size.backlog, min(WHOLE, size.backlog)),
    ):
        run.progress.step(f"memory at a backlog of {events}, {batch} at a time")
        dsn = run.server.relay_dsn(f"outbox_{name}")
        samples = await delivery.watch(dsn, files / name, min(size.drained, events), batch)
        measured[name] = {
            "events": events,
            "batch": batch,
            "peak_mib": delivery.peak(samples),
            "samples": samples[:: max(1, len(samples) // 100)],
        }
    return measured


def _verdicts(
    commits: Commits, delivered: Mapping[str, Any], memory: Mapping[str, Any], size: Size
) -> Iterator[Verdict]:
    for durability, by_pool in commits.items():
        for workers, arms in by_pool.items():
            cost: Interval = arms["on"]["ratio"]["off"]
            relayed, notify = (arms[name]["ratio"]["on"] for name in ("relayed", "notify"))
            yield Verdict(
                f"What does the outbox cost {workers} connection(s), {durability}?",
                f"With {workers} connection(s), {durability}, the outbox stores {cost} times the commits a "
                f"second of none; with a relay at work {relayed} times those of the outbox alone, with "
                f"NOTIFY in the transaction {notify} times.",
                cost,
            )
    for tenants, figures in delivered.items():
        yield Verdict(
            f"How many events a second does one relay deliver, of {tenants} tenant(s)?",
            f"One relay delivers {figures['per_second']} events a second of a backlog of "
            f"{figures['events']:,} of {tenants} tenant(s), with {figures['relay_cpu_ms']:.2f} ms of its own "
            "CPU for each.",
            figures["per_second"],
        )
        for pace, took in figures["latency_ms"].items():
            yield Verdict(
                f"How soon is an event delivered at {pace} commits a second of {tenants} tenant(s)?",
                f"At {pace} commits a second of {tenants} tenant(s), half of the events are handed over "
                f"within {took['p50']:.1f} ms of their commit, 99 % within {took['p99']:.0f} ms.",
            )
    peaks = {name: arm["peak_mib"] for name, arm in memory.items()}
    if None not in peaks.values():
        yield Verdict(
            "Is the relay's memory bounded?",
            f"Delivering {size.drained:,} of a backlog of {size.backlog:,}, the relay takes "
            f"{peaks['backlog']:.0f} MiB at most, {peaks['little']:.0f} MiB at one of "
            f"{memory['little']['events']:,}; one that reads {memory['whole']['batch']:,} at a time takes "
            f"{peaks['whole']:.0f} MiB.",
        )
