"""What do round trips cost the farther away the server is?"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import asyncpg
import attrs

from bench import comparison
from bench.arms.arm import Arm
from bench.arms.asyncpg_same import AsyncpgSame
from bench.arms.asyncpg_usual import AsyncpgUsual
from bench.arms.ventros_arm import OURS
from bench.comparison import Size, Work
from bench.intervals import Interval, percentile
from bench.proxy import Proxy
from bench.result import Result, Run, Verdict
from bench.scenarios.peers import installed

DISTANCES_MS = (0.0, 0.25, 1.0, 5.0)
BASELINE = AsyncpgSame.name
PEERS = ("psycopg-pipeline", "sqlalchemy-orm")
OPERATIONS = ("get", "unit_of_work", "process_inbound_message")
SIZES = {
    "quick": Size(rows=20_000, rounds=4, count=4, only=OPERATIONS),
    "standard": Size(rows=20_000, rounds=8, count=20, only=OPERATIONS),
    "full": Size(rows=100_000, rounds=12, count=80, only=OPERATIONS),
}
NOTES = (
    (
        "A proxy in a process of its own delays each direction by half of the round trip; at 0 ms it only "
        "stands between. measured_ms is what SELECT 1 then takes, the proxy's own time included."
    ),
)


def measure(run: Run, size: Size | None = None) -> Result:
    size = size or SIZES[run.profile]
    kinds: tuple[type[Arm], ...] = (
        *OURS,
        AsyncpgSame,
        AsyncpgUsual,
        *(kind for kind in installed()[0] if kind.name in PEERS),
    )
    dsn = run.server.populated("latency", size.rows)
    run.progress.expect(len(DISTANCES_MS) * len(size.pools) * comparison.steps(kinds, size) + 1)
    distances = {}
    for distance in DISTANCES_MS:
        with Proxy(dsn, round_trip_ms=distance) as proxy:
            distances[f"{distance:g}"] = {
                "measured_ms": asyncio.run(round_trip_ms(proxy.dsn)),
                "pools": {
                    str(workers): _work(run, proxy.dsn, kinds, size, workers) for workers in size.pools
                },
            }
    run.progress.step("round trips")
    trips = asyncio.run(comparison.count_round_trips(run, dsn, kinds, size))
    return Result(
        parameters={
            "rows": size.rows,
            "rounds": size.rounds,
            "operations_per_round": size.count,
            "pools": size.pools,
        },
        figures={
            "baseline": BASELINE,
            "titles": {kind.name: kind.title for kind in kinds},
            "round_trips": trips,
            "distances": distances,
        },
        verdicts=tuple(_verdicts(distances, kinds)),
        notes=tuple(note for kind in kinds for note in kind.notes) + NOTES,
    )


def _work(run: Run, dsn: str, kinds: tuple[type[Arm], ...], size: Size, workers: int) -> Work:
    """Each worker does as much as the one of a pool of one."""
    sized = attrs.evolve(size, workers=workers, count=size.count * workers)
    return comparison.figures(asyncio.run(comparison.compare(run, dsn, kinds, sized)), run.seed, BASELINE)


async def round_trip_ms(dsn: str) -> float:
    """The median of what SELECT 1 takes over an open connection."""
    connection = await asyncpg.connect(dsn)
    times = []
    for _ in range(50):
        start = time.perf_counter()
        await connection.execute("SELECT 1")
        times.append(1000 * (time.perf_counter() - start))
    await connection.close()
    return percentile(times, 50)


def _verdicts(distances: dict[str, Any], kinds: tuple[type[Arm], ...]) -> Iterator[Verdict]:
    for distance, measured in distances.items():
        for pool, work in measured["pools"].items():
            for kind in kinds:
                if kind.name == BASELINE:
                    continue
                ratio = work["unit_of_work"][kind.name]["ratio"]
                wall: Interval = ratio["wall"]
                cpu: Interval = ratio["client_cpu"]
                yield Verdict(
                    f"{kind.title} against {AsyncpgSame.title}, {distance} ms away, pool of {pool}?",
                    f"With {distance} ms of round trip and a pool of {pool}, {kind.title} takes {wall} "
                    f"times the wall time and {cpu} times the client CPU of {AsyncpgSame.title} for "
                    "unit_of_work.",
                    wall,
                )
