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
from bench.arms.ventros_arm import Ventros
from bench.comparison import Size
from bench.intervals import Interval
from bench.result import Result, Run, Verdict

BASELINE = AsyncpgSame.name
ARMS: tuple[type[Arm], ...] = (Ventros, AsyncpgSame, AsyncpgUsual, Pgbench)
IN_PYTHON = ARMS[:3]
AIMS = {"wall": 1.15, "client_cpu": 1.3}
AIMED_AT = ("save", "unit_of_work")
SIZES = {
    "quick": Size(rows=20_000, rounds=8, count=40),
    "standard": Size(rows=20_000, rounds=12, count=200),
    "full": Size(rows=100_000, rounds=20, count=500),
}
NOTES = (
    "Client CPU is user and system time of the client process; pgbench's includes its start.",
    (
        "Round trips are Sync, Query and Flush messages, counted by a proxy. peak_bytes is what Python held "
        "at most during one operation beyond what it held before, by tracemalloc, in runs of their own, with "
        "answers received into 4 KiB."
    ),
)


def measure(run: Run, size: Size | None = None) -> Result:
    size = size or SIZES[run.profile]
    dsn = run.server.populated("overhead", size.rows)
    run.progress.expect(comparison.steps(ARMS, size) + 2)
    work = comparison.figures(asyncio.run(comparison.compare(run, dsn, ARMS, size)), run.seed, BASELINE)
    run.progress.step("round trips")
    trips = asyncio.run(comparison.count_round_trips(run, dsn, IN_PYTHON, size))
    run.progress.step("memory")
    memory = asyncio.run(comparison.measure_memory(run, dsn, IN_PYTHON, size))
    for operation, arms in work.items():
        for arm, figures in arms.items():
            figures["round_trips"] = trips[operation].get(arm)
            figures["peak_bytes"] = memory[operation].get(arm)
    return Result(
        parameters={"rows": size.rows, "rounds": size.rounds, "operations_per_round": size.count},
        figures={"baseline": BASELINE, "titles": {kind.name: kind.title for kind in ARMS}, "work": work},
        verdicts=tuple(_verdicts(work)),
        notes=tuple(note for kind in ARMS for note in kind.notes) + NOTES,
    )


def _verdicts(work: dict[str, Any]) -> Iterator[Verdict]:
    for operation in AIMED_AT:
        ours = work[operation][Ventros.name]["ratio"]
        for figure, aim in AIMS.items():
            ratio: Interval = ours[figure]
            what = {"wall": "wall time", "client_cpu": "client CPU"}[figure]
            yield Verdict(
                f"What does the layer cost {operation}, in {what}?",
                f"{operation} takes {ratio} times the {what} of bare asyncpg with the same statements: "
                f"{_judged(ratio, aim)} the aim of {aim:g}.",
                ratio,
            )
    for operation, arms in work.items():
        if Pgbench.name in arms:
            ratio = arms[Pgbench.name]["ratio"]["wall"]
            yield Verdict(
                f"How far is bare asyncpg from the limit in {operation}?",
                f"pgbench takes {ratio} of the wall time of bare asyncpg for {operation}.",
                ratio,
            )


def _judged(ratio: Interval, aim: float) -> str:
    if ratio.high <= aim:
        return "within"
    return "beyond" if ratio.low > aim else "not surely within"
