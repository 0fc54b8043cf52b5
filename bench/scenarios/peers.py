"""How far are the layer's rivals from it, at the same work on the same schema?"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from typing import Any

import attrs

from bench import comparison
from bench.arms.arm import Arm
from bench.arms.asyncpg_same import AsyncpgSame
from bench.arms.asyncpg_usual import AsyncpgUsual
from bench.arms.ventros_arm import OURS
from bench.comparison import Size
from bench.intervals import Interval
from bench.result import Result, Run, Verdict

PEERS = {
    "sqlalchemy_orm": ("SqlalchemyOrm",),
    "sqlalchemy_core": ("SqlalchemyCore",),
    "piccolo_arm": ("Piccolo",),
    "tortoise_arm": ("TortoiseOrm",),
    "aiosql_arm": ("AiosqlAsyncpg",),
    "psycopg_arm": ("Psycopg", "PsycopgPipeline"),
    "psqlpy_arm": ("Psqlpy",),
}
BASELINE = OURS[0]
AIMS = {"wall": 3.0, "client_cpu": 4.5}
AIMED_AT = "sqlalchemy-orm"
SIZES = {
    "quick": Size(rows=20_000, rounds=5, count=16),
    "standard": Size(rows=20_000, rounds=12, count=100),
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
    "volatile is the same server with synchronous_commit off for the database: no commit waits for the disk.",
)


def measure(run: Run, size: Size | None = None) -> Result:
    size = attrs.evolve(size or SIZES[run.profile], only=Arm.operations)
    peers, missing = installed()
    kinds: tuple[type[Arm], ...] = (*OURS, *peers, AsyncpgUsual, AsyncpgSame)
    run.progress.expect(comparison.profile_steps(run, kinds, size) + 1)
    work = comparison.profiles(run, "peers", kinds, size, BASELINE.name)
    run.progress.step("round trips")
    dsn = run.server.dsn("peers")
    trips = asyncio.run(comparison.count_round_trips(run, dsn, kinds, size))
    comparison.add(work, "round_trips", trips)
    titles = {kind.name: kind.title for kind in kinds}
    return Result(
        parameters={
            "rows": size.rows,
            "rounds": size.rounds,
            "operations_per_round": size.count,
            "pools": size.pools,
        },
        figures={
            "baseline": BASELINE.name,
            "titles": titles,
            "work": work,
            "ratios": _ratios(work),
        },
        verdicts=tuple(_verdicts(work, titles)),
        notes=tuple(note for kind in kinds for note in kind.notes) + NOTES + missing,
    )


def installed() -> tuple[tuple[type[Arm], ...], tuple[str, ...]]:
    """The peers that can be measured here, and a note for each that cannot."""
    arms: list[type[Arm]] = []
    missing = []
    for module, names in PEERS.items():
        try:
            loaded = importlib.import_module(f"bench.arms.{module}")
        except ModuleNotFoundError as error:
            missing.append(
                f"{', '.join(names)}: not measured, {error.name} is not installed "
                "(pip install 'ventros[bench]')."
            )
        else:
            arms += [getattr(loaded, name) for name in names]
    return tuple(arms), tuple(missing)


def _ratios(work: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """peer / ventros, of the first durability and pool: what is asked for most."""
    pools = next(iter(work.values()))
    first = next(iter(pools.values()))
    return {
        operation: {arm: figures["ratio"] for arm, figures in arms.items() if arm != BASELINE.name}
        for operation, arms in first.items()
    }


def _asked(arms: dict[str, Any], operation: str) -> list[str]:
    """The peers that get a sentence for ``operation``; the figures hold all of them."""
    peers = [name for name in arms if name != BASELINE.name]
    return peers if operation == "unit_of_work" else [name for name in peers if name == AIMED_AT]


def _verdicts(work: dict[str, dict[str, Any]], titles: dict[str, str]) -> Iterator[Verdict]:
    for durability, pools in work.items():
        for workers, operations in pools.items():
            for operation, arms in operations.items():
                for peer in _asked(arms, operation):
                    title = titles[peer]
                    wall: Interval = arms[peer]["ratio"]["wall"]
                    cpu: Interval = arms[peer]["ratio"]["client_cpu"]
                    yield Verdict(
                        f"{title} against {BASELINE.title}: {operation}, {durability}, pool of {workers}?",
                        f"{title} takes {wall} times the wall time and {cpu} times the client CPU of "
                        f"{BASELINE.title} for {operation}, {durability}, with a pool of {workers}"
                        f"{_judged(peer, wall, cpu)}.",
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
