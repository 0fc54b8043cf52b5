"""Optimistic, re-applied, locked or serializable: what when many write to few, and where does it turn?"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import attrs

import ventros
from bench.arms.contended import STRATEGIES, Strategy, Tally
from bench.arms.updates import SESSIONS_FROM
from bench.intervals import Interval, ratio
from bench.keys import row_id
from bench.result import Result, Run, Verdict
from bench.rounds import Slot, in_turn, latency_ms, run_slot
from bench.server import TENANT
from ventros import Database, UnitOfWork

BASELINE = "optimistic"
LOCKED = "for-update"
NOTES = (
    (
        "Each write loads a session, records a message and saves it with its event, in one unit of work; "
        "retries go on until it is stored. conflicts_per_write counts what had to be done again."
    ),
    "lost_updates compares the messages that the sessions count with the writes that were acknowledged.",
    'SELECT FOR UPDATE is get(lock="update"): the layer locks by a statement of its own, then loads.',
    "Writers are tasks of one process, each with a connection of its own.",
)


@attrs.frozen(kw_only=True)
class Size:
    """``count`` writes in each slot."""

    writers: tuple[int, ...]
    aggregates: tuple[int, ...]
    rounds: int
    count: int


SIZES = {
    "quick": Size(writers=(2, 8, 16), aggregates=(1, 4, 16, 256), rounds=4, count=48),
    "standard": Size(writers=(2, 4, 8, 16, 32), aggregates=(1, 2, 4, 8, 16, 64, 256), rounds=8, count=160),
    "full": Size(writers=(2, 4, 8, 16, 32), aggregates=(1, 2, 4, 8, 16, 64, 256), rounds=15, count=480),
}


@attrs.frozen(kw_only=True)
class Cell:
    strategy: Strategy
    writers: int
    aggregates: int


@attrs.define
class Measured:
    slots: list[Slot] = attrs.Factory(list)
    conflicts: list[int] = attrs.Factory(list)


def measure(run: Run, size: Size | None = None) -> Result:
    size = size or SIZES[run.profile]
    dsn = run.server.populated("contention", max(size.aggregates))
    cells = [
        Cell(strategy=strategy, writers=writers, aggregates=aggregates)
        for writers in size.writers
        for aggregates in size.aggregates
        for strategy in STRATEGIES
    ]
    run.progress.expect((size.rounds + 1) * len(cells))
    measured, lost = asyncio.run(_measure(run, dsn, cells, size))
    grid = [_figures(cell, measured, run.seed) for cell in cells]
    return Result(
        parameters=attrs.asdict(size),
        figures={
            "baseline": BASELINE,
            "titles": {strategy.name: strategy.title for strategy in STRATEGIES},
            "lost_updates": lost,
            "cells": grid,
            "crossover": _crossover(grid),
        },
        verdicts=tuple(_verdicts(grid, lost, size)),
        notes=NOTES,
    )


async def _measure(run: Run, dsn: str, cells: Sequence[Cell], size: Size) -> tuple[dict[Cell, Measured], int]:
    measured: defaultdict[Cell, Measured] = defaultdict(Measured)
    writes, before = 0, await _messages(dsn)
    async with AsyncExitStack() as stack:
        pools = {
            strategy.name: await stack.enter_async_context(await strategy.open(dsn, max(size.writers)))
            for strategy in STRATEGIES
        }
        for number, cell in in_turn(cells, size.rounds):
            run.progress.step(f"{cell.strategy.title}, {cell.writers} on {cell.aggregates}")
            count = size.count if number else cell.writers
            slot, tally = await _slot(cell, pools[cell.strategy.name], count, run.seed + number)
            writes += count + cell.writers  # run_slot warms up each writer with one
            if number:
                measured[cell].slots.append(slot)
                measured[cell].conflicts.append(tally.conflicts)
    return measured, writes - (await _messages(dsn) - before)


async def _slot(cell: Cell, db: Database[UnitOfWork], count: int, seed: int) -> tuple[Slot, Tally]:
    generator, tally = random.Random(seed), Tally()  # noqa: S311 - a choice of rows
    ids: list[UUID] = [row_id(SESSIONS_FROM + number) for number in range(1, cell.aggregates + 1)]

    async def write(_worker: int) -> None:
        await cell.strategy.write(db, generator.choice(ids), tally)

    return await run_slot(write, workers=cell.writers, count=count), tally


async def _messages(dsn: str) -> int:
    """How many messages all sessions count, read past the layer's own finders."""
    async with ventros.connect(dsn) as db, db.unit_of_work(TENANT) as uow:
        total, after = 0, None
        while True:
            page = await uow.sessions.page(limit=500, after=after)
            total += sum(session.message_count for session in page.items)
            if page.next is None:
                return total
            after = page.next


def _figures(cell: Cell, measured: dict[Cell, Measured], seed: int) -> dict[str, Any]:
    own = measured[cell]
    base = next(
        other
        for other in measured
        if other.strategy.name == BASELINE
        and (other.writers, other.aggregates) == (cell.writers, cell.aggregates)
    )
    writes = sum(len(slot.latencies) for slot in own.slots)
    return {
        "strategy": cell.strategy.name,
        "writers": cell.writers,
        "aggregates": cell.aggregates,
        "writes_per_second": writes / sum(slot.wall for slot in own.slots),
        "conflicts_per_write": sum(own.conflicts) / writes,
        "latency_ms": latency_ms(own.slots),
        "client_cpu_ms": 1000 * sum(slot.cpu for slot in own.slots) / writes,
        "ratio": ratio(
            [slot.per_second for slot in own.slots],
            [slot.per_second for slot in measured[base].slots],
            seed,
        ),
    }


def _crossover(grid: Sequence[dict[str, Any]]) -> float | None:
    """The fewest writers per aggregate from which on locking is surely faster than optimistic retry."""
    locked = sorted(
        (
            (cell["writers"] / cell["aggregates"], cell["ratio"])
            for cell in grid
            if cell["strategy"] == LOCKED
        ),
        key=lambda pair: pair[0],
    )
    point = None
    for pressure, gain in reversed(locked):
        if gain.low <= 1:
            break
        point = pressure
    return point


def _verdicts(grid: Sequence[dict[str, Any]], lost: int, size: Size) -> Iterator[Verdict]:
    point = _crossover(grid)
    turn = (
        f"From {point:g} writers to an aggregate on, SELECT FOR UPDATE is surely faster than optimistic retry"
        if point is not None
        else "At no measured pressure is SELECT FOR UPDATE surely faster than optimistic retry"
    )
    yield Verdict("Where does locking overtake optimistic retry?", f"{turn}, by writes per second.")
    worst = {
        cell["strategy"]: cell
        for cell in grid
        if (cell["writers"], cell["aggregates"]) == (max(size.writers), min(size.aggregates))
    }
    for strategy in STRATEGIES[1:]:
        gain: Interval = worst[strategy.name]["ratio"]
        yield Verdict(
            f"Under the worst contention, what does {strategy.title} do?",
            f"With {max(size.writers)} writers on {min(size.aggregates)} aggregate(s), "
            f"{strategy.title} stores "
            f"{gain} times the writes per second of optimistic retry, with "
            f"{worst[strategy.name]['conflicts_per_write']:.2f} conflicts a write against "
            f"{worst[BASELINE]['conflicts_per_write']:.2f}.",
            gain,
        )
    yield Verdict(
        "Was any update lost?", f"{lost} of all acknowledged writes were lost, over all strategies."
    )
