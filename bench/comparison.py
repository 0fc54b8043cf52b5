"""Runs arms against each other, round by round: wall time, processor time, round trips, memory."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from asyncio import selector_events
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from typing import Any
from uuid import UUID

import attrs

import ventros
from bench.arms.arm import Arm
from bench.intervals import Interval, ratio
from bench.keys import deal
from bench.proxy import Proxy
from bench.result import Run
from bench.rounds import Slot, in_turn, latency_ms
from bench.server import TENANT

Slots = Mapping[str, Mapping[str, Sequence[Slot]]]
"""Of each operation and each arm, its rounds."""

Work = dict[str, dict[str, dict[str, Any]]]
"""Of each operation and each arm, its figures."""

FIRST = 6
"""Operations before those that are counted: drivers prepare their statements at the first, or after a few."""

APART_MS = 5
"""A round trip that is longer than any client needs between two messages that it sends together."""


@attrs.frozen(kw_only=True)
class Size:
    """``count`` operations in each slot; of save_all, which is a hundred saves, fewer. ``only``
    these operations. Round trips and memory are taken from ``counted`` operations. ``pools`` are the
    numbers of connections of an arm, and of its tasks; ``workers`` is that of one slot.
    """

    rows: int
    rounds: int
    count: int
    pools: tuple[int, ...] = (1, 8)
    workers: int = 1
    only: tuple[str, ...] = ()
    counted: int = 8

    def of(self, operation: str) -> int:
        return max(2, self.count // {"save_all": 10}.get(operation, 1))


async def channel_of(dsn: str) -> tuple[UUID, UUID]:
    """The ids of the tenant's channel and project."""
    async with ventros.connect(dsn) as db, db.unit_of_work(TENANT) as uow:
        (channel,) = await uow.channels.list_active_waha()
        return channel.id, channel.project_id


def profiles(
    run: Run, name: str, kinds: Sequence[type[Arm]], size: Size, baseline: str
) -> dict[str, dict[str, Work]]:
    """By durability and number of connections: each on a copy of one populated database, ``name``."""
    run.server.populated(name, size.rows)
    measured: dict[str, dict[str, Work]] = {}
    for durability in run.server.durabilities:
        measured[durability] = {}
        for workers in size.pools:
            dsn = run.server.create(f"{name}_{durability}_{workers}", name, volatile=durability == "volatile")
            sized = attrs.evolve(size, workers=workers)
            slots = asyncio.run(compare(run, dsn, kinds, sized))
            measured[durability][str(workers)] = figures(slots, run.seed, baseline)
    return measured


def add(measured: Mapping[str, Mapping[str, Work]], figure: str, counted: Counted) -> None:
    """``figure`` of each operation and arm, which hangs on neither durability nor connections."""
    for by_pool in measured.values():
        for work in by_pool.values():
            for operation, arms in work.items():
                for arm, known in arms.items():
                    known[figure] = counted[operation].get(arm)


def profile_steps(run: Run, kinds: Sequence[type[Arm]], size: Size) -> int:
    """How often :func:`profiles` reports progress."""
    return len(run.server.durabilities) * len(size.pools) * steps(kinds, size)


async def compare(run: Run, dsn: str, kinds: Sequence[type[Arm]], size: Size) -> Slots:
    """Every operation of every arm, interleaved; each arm on rows of its own in the one database."""
    batch = "save_all" in operations(kinds, size)
    parts = deal(size.rows, len(kinds), size.workers, run.seed, batch=batch)
    whose = await channel_of(dsn)
    slots: defaultdict[str, defaultdict[str, list[Slot]]] = defaultdict(lambda: defaultdict(list))
    async with AsyncExitStack() as stack:
        arms = [
            await stack.enter_async_context(kind(dsn, keys, *whose))
            for kind, keys in zip(kinds, parts, strict=True)
        ]
        pairs = [
            (arm, operation)
            for operation in operations(kinds, size)
            for arm in arms
            if operation in arm.operations
        ]
        for number, (arm, operation) in in_turn(pairs, size.rounds):
            run.progress.step(f"{arm.title}: {operation}")
            # A round that only warms up need not be a long one.
            count = size.of(operation) if number else max(2, size.of(operation) // 4)
            slot = await arm.slot(operation, count)
            if number:
                slots[operation][arm.name].append(slot)
    return slots


def steps(kinds: Sequence[type[Arm]], size: Size) -> int:
    """How often :func:`compare` reports progress."""
    pairs = [
        operation for kind in kinds for operation in kind.operations if operation in operations(kinds, size)
    ]
    return (size.rounds + 1) * len(pairs)


def operations(kinds: Sequence[type[Arm]], size: Size) -> list[str]:
    """Those that are asked for and that any arm has, in their order."""
    has = dict.fromkeys(operation for kind in kinds for operation in kind.operations)
    return [operation for operation in has if operation in (size.only or has)]


Counted = dict[str, dict[str, float]]
"""Of each operation and each arm, one figure."""


async def count_round_trips(run: Run, dsn: str, kinds: Sequence[type[Arm]], size: Size) -> Counted:
    """How often the client waits for the server; what it sends without waiting is one round trip."""
    with Proxy(dsn) as proxy:

        async def trips(arm: Arm, operation: str) -> float:
            proxy.move(APART_MS)
            before = proxy.round_trips()
            await repeat(arm, operation, size.counted)
            count = proxy.round_trips() - before
            proxy.move(0)
            return count / size.counted

        return await _one_by_one(run, proxy.dsn, kinds, size, trips)


async def measure_memory(run: Run, dsn: str, kinds: Sequence[type[Arm]], size: Size) -> Counted:
    """Bytes that Python holds at its peak beyond what it held before."""

    async def peak(arm: Arm, operation: str) -> float:
        return sorted([await _peak(arm, operation) for _ in range(size.counted)])[size.counted // 2]

    return await _one_by_one(run, dsn, kinds, size, peak)


async def _one_by_one(
    run: Run,
    dsn: str,
    kinds: Sequence[type[Arm]],
    size: Size,
    figure: Callable[[Arm, str], Awaitable[float]],
) -> Counted:
    """``figure`` of each operation of each arm, once that has warmed up."""
    counted: defaultdict[str, dict[str, float]] = defaultdict(dict)
    chosen = operations(kinds, size)
    parts = deal(size.rows, len(kinds), 1, run.seed, batch="save_all" in chosen)
    whose = await channel_of(dsn)
    for kind, keys in zip(kinds, parts, strict=True):
        async with kind(dsn, keys, *whose) as arm:
            for operation in filter(chosen.__contains__, arm.operations):
                await repeat(arm, operation, FIRST)
                counted[operation][arm.name] = await figure(arm, operation)
    return counted


async def _peak(arm: Arm, operation: str) -> int:
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        with small_buffer():
            await repeat(arm, operation, 1)
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@contextmanager
def small_buffer() -> Iterator[None]:
    """asyncio receives into 256 KiB whatever comes, beside which nothing else would be seen."""
    transport: Any = getattr(selector_events, "_SelectorTransport")  # noqa: B009 - not in its stubs
    usual, transport.max_size = transport.max_size, 4096
    try:
        yield
    finally:
        transport.max_size = usual


async def repeat(arm: Arm, operation: str, times: int) -> None:
    for _ in range(times):
        await getattr(arm, operation)(0)


def figures(slots: Slots, seed: int, baseline: str) -> Work:
    """Of each operation and arm: latency, throughput, processor time, and the ratios to ``baseline``."""
    return {
        operation: {
            arm: {
                "latency_ms": latency_ms(rounds),
                "per_second": sum(len(slot.latencies) for slot in rounds) / sum(slot.wall for slot in rounds),
                "client_cpu_ms": 1000
                * sum(slot.cpu for slot in rounds)
                / sum(len(s.latencies) for s in rounds),
                "ratio": {
                    "wall": wall_ratio(rounds, by_arm[baseline], seed),
                    "client_cpu": cpu_ratio(rounds, by_arm[baseline], seed),
                },
            }
            for arm, rounds in by_arm.items()
        }
        for operation, by_arm in slots.items()
    }


def wall_ratio(rounds: Sequence[Slot], baseline: Sequence[Slot], seed: int) -> Interval:
    """Of the rounds' median latencies."""
    return ratio([slot.median for slot in rounds], [slot.median for slot in baseline], seed)


def cpu_ratio(rounds: Sequence[Slot], baseline: Sequence[Slot], seed: int) -> Interval:
    """Of the processor time of this process for one operation."""
    return ratio([slot.cpu_each for slot in rounds], [slot.cpu_each for slot in baseline], seed)
