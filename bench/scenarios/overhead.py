"""How far is the layer from bare asyncpg, and how far is that from the limit?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from bench import comparison
from bench.arms.arm import Arm
from bench.arms.asyncpg_same import AsyncpgSame
from bench.arms.asyncpg_usual import AsyncpgUsual
from bench.arms.pgbench_arm import Pgbench
from bench.arms.ventros_arm import OURS
from bench.comparison import Size
from bench.intervals import Interval
from bench.result import Result, Run, Verdict

BASELINE = AsyncpgSame.name
IN_PYTHON: tuple[type[Arm], ...] = (*OURS, AsyncpgSame, AsyncpgUsual)
ARMS: tuple[type[Arm], ...] = (*IN_PYTHON, Pgbench)
AIMS = {
    "ventros": {"wall": 0.85, "client_cpu": 0.9},
    "ventros-save": {"wall": 0.95, "client_cpu": 1.0},
}
"""Of unit_of_work, by the form of ours."""
AIMED_AT = "unit_of_work"
SIZES = {
    "quick": Size(rows=20_000, rounds=5, count=24),
    "standard": Size(rows=20_000, rounds=12, count=100),
    "full": Size(rows=100_000, rounds=20, count=500),
}
NOTES = (
    "Client CPU is user and system time of the client process; pgbench's includes its start.",
    "volatile is the same server with synchronous_commit off for the database: no commit waits for the disk.",
    (
        "Round trips are what the client waits for, counted by a proxy. peak_bytes is what Python held "
        "at most during one operation beyond what it held before, by tracemalloc, in runs of their own, with "
        "answers received into 4 KiB."
    ),
)


def measure(run: Run, size: Size | None = None) -> Result:
    size = size or SIZES[run.profile]
    run.progress.expect(comparison.profile_steps(run, ARMS, size) + 2)
    work = comparison.profiles(run, "overhead", ARMS, size, BASELINE)
    dsn = run.server.dsn("overhead")
    run.progress.step("round trips")
    comparison.add(work, "round_trips", asyncio.run(comparison.count_round_trips(run, dsn, IN_PYTHON, size)))
    run.progress.step("memory")
    comparison.add(work, "peak_bytes", asyncio.run(comparison.measure_memory(run, dsn, IN_PYTHON, size)))
    return Result(
        parameters={
            "rows": size.rows,
            "rounds": size.rounds,
            "operations_per_round": size.count,
            "pools": size.pools,
        },
        figures={"baseline": BASELINE, "titles": {kind.name: kind.title for kind in ARMS}, "work": work},
        verdicts=tuple(_verdicts(work)),
        notes=tuple(note for kind in ARMS for note in kind.notes) + NOTES,
    )


def _verdicts(work: dict[str, dict[str, Any]]) -> Iterator[Verdict]:
    for durability, pools in work.items():
        for pool, operations in pools.items():
            where = f"{durability}, {pool} connection{'s' if pool != '1' else ''}"
            yield from _of_the_layer(operations, where)
            yield from _of_the_limit(operations, where)


def _of_the_layer(work: dict[str, Any], where: str) -> Iterator[Verdict]:
    for ours in OURS:
        for figure, aim in AIMS.get(ours.name, {}).items():
            ratio: Interval = work[AIMED_AT][ours.name]["ratio"][figure]
            what = {"wall": "wall time", "client_cpu": "client CPU"}[figure]
            yield Verdict(
                f"What does {ours.title} cost {AIMED_AT}, in {what}; {where}?",
                f"{ours.title} takes {ratio} times the {what} of bare asyncpg with the same statements "
                f"for {AIMED_AT} ({where}): {_judged(ratio, aim)} the aim of {aim:g}.",
                ratio,
            )


def _of_the_limit(work: dict[str, Any], where: str) -> Iterator[Verdict]:
    for operation, arms in work.items():
        if Pgbench.name in arms:
            ratio: Interval = arms[Pgbench.name]["ratio"]["wall"]
            yield Verdict(
                f"How far is bare asyncpg from the limit in {operation}; {where}?",
                f"pgbench takes {ratio} of the wall time of bare asyncpg for {operation} ({where}).",
                ratio,
            )


def _judged(ratio: Interval, aim: float) -> str:
    if ratio.high <= aim:
        return "within"
    return "beyond" if ratio.low > aim else "not surely within"
