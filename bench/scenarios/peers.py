"""How far are the layer's rivals from it, at the same work on the same schema?"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from typing import Any

import attrs

from bench import comparison
from bench.arms.arm import Arm
from bench.arms.ventros_arm import Ventros
from bench.comparison import Size
from bench.intervals import Interval
from bench.result import Result, Run, Verdict

PEERS = {
    "sqlalchemy_orm": "SqlalchemyOrm",
    "sqlalchemy_core": "SqlalchemyCore",
    "piccolo_arm": "Piccolo",
    "tortoise_arm": "TortoiseOrm",
    "aiosql_arm": "AiosqlAsyncpg",
    "psycopg_arm": "Psycopg",
}
POOLS = (1, 8)
AIMS = {"wall": 4.0, "client_cpu": 6.0}
AIMED_AT = "sqlalchemy-orm"
SIZES = {
    "quick": Size(rows=20_000, rounds=6, count=24),
    "standard": Size(rows=20_000, rounds=12, count=160),
    "full": Size(rows=100_000, rounds=20, count=480),
}
NOTES = (
    (
        "get: one contact by its key. save: a contact in memory is renamed and written with the version that "
        "it was loaded with, and one event. unit_of_work: get, rename, save, one event. Each is one "
        "transaction with its COMMIT (get may end by ROLLBACK), in which the tenant is set, since row-level "
        "security asks for it."
    ),
    (
        "Ratios are peer / Ventros: above 1, the peer takes longer. With a pool of one, one task works; with "
        "a pool of eight, eight tasks of the one process."
    ),
)


class ThisVentros(Ventros):
    """Of what it can, what the peers are asked for."""

    operations = Arm.operations  # type: ignore[assignment]  # a shorter tuple


def measure(run: Run, size: Size | None = None) -> Result:
    size = size or SIZES[run.profile]
    peers, missing = installed()
    kinds: tuple[type[Arm], ...] = (ThisVentros, *peers)
    run.progress.expect(len(POOLS) * comparison.steps(kinds, size) + 1)
    pools = {}
    for workers in POOLS:
        dsn = run.server.populated(f"pool_of_{workers}", size.rows)
        sized = attrs.evolve(size, workers=workers)
        slots = asyncio.run(comparison.compare(run, dsn, kinds, sized))
        pools[str(workers)] = comparison.figures(slots, run.seed, Ventros.name)
    run.progress.step("round trips")
    trips = asyncio.run(comparison.count_round_trips(run, dsn, kinds, size))
    for work in pools.values():
        for operation, arms in work.items():
            for arm, figures in arms.items():
                figures["round_trips"] = trips[operation][arm]
    return Result(
        parameters={
            "rows": size.rows,
            "rounds": size.rounds,
            "operations_per_round": size.count,
            "pools": POOLS,
        },
        figures={
            "baseline": Ventros.name,
            "titles": {kind.name: kind.title for kind in kinds},
            "pools": pools,
            "ratios": _ratios(pools),
        },
        verdicts=tuple(_verdicts(pools, {kind.name: kind.title for kind in peers})),
        notes=tuple(note for kind in kinds for note in kind.notes) + NOTES + missing,
    )


def installed() -> tuple[tuple[type[Arm], ...], tuple[str, ...]]:
    """The peers that can be measured here, and a note for each that cannot."""
    arms: list[type[Arm]] = []
    missing = []
    for module, name in PEERS.items():
        try:
            arms.append(getattr(importlib.import_module(f"bench.arms.{module}"), name))
        except ModuleNotFoundError as error:
            missing.append(
                f"{name} was not measured: {error.name} is not installed (pip install 'ventros[bench]')."
            )
    return tuple(arms), tuple(missing)


def _ratios(pools: dict[str, Any]) -> dict[str, Any]:
    """peer / ventros, with a pool of one: what is asked for most."""
    return {
        operation: {arm: figures["ratio"] for arm, figures in arms.items() if arm != Ventros.name}
        for operation, arms in pools[str(POOLS[0])].items()
    }


def _verdicts(pools: dict[str, Any], titles: dict[str, str]) -> Iterator[Verdict]:
    for workers, work in pools.items():
        for operation, arms in work.items():
            for peer, title in titles.items():
                wall: Interval = arms[peer]["ratio"]["wall"]
                cpu: Interval = arms[peer]["ratio"]["client_cpu"]
                yield Verdict(
                    f"{title} against Ventros: {operation}, pool of {workers}?",
                    f"{title} takes {wall} times the wall time and {cpu} times the client CPU of Ventros for "
                    f"{operation} with a pool of {workers}{_judged(peer, wall, cpu)}.",
                    wall,
                )


def _judged(peer: str, wall: Interval, cpu: Interval) -> str:
    if peer != AIMED_AT:
        return ""
    reached = [
        f"{what} {'reached' if ratio.low >= aim else 'not reached'}"
        for what, ratio, aim in (("wall", wall, AIMS["wall"]), ("CPU", cpu, AIMS["client_cpu"]))
    ]
    return f" (aims {AIMS['wall']:g} and {AIMS['client_cpu']:g}: {', '.join(reached)})"
