"""What do the locking indexes cost, what do they give, and is there a cheaper one that gives the same?"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, LiteralString

import attrs
import psycopg

from bench import tables
from bench.arms.pgbench_arm import run_pgbench
from bench.arms.updates import layer_slot
from bench.intervals import Interval, ratio
from bench.result import Result, Run, Verdict
from bench.rounds import Slot, in_turn, latency_ms
from bench.server import TENANT
from bench.tables import TABLES, Ageing, Log
from ventros import Database, Settings, UnitOfWork

BASELINE = "shipped"
LOCKING = "id-version"
CONTROL = "shipped-again"
ARMS = (
    *(BASELINE, CONTROL, LOCKING, "primary-key"),
    *("id-include-version", "version", "brin-version", "partial-version"),
    *("updated-at", "earlier-system", "fillfactor-90", "fillfactor-90-id-version", "fillfactor-70"),
    *("fillfactor-70-id-version", "no-version-guard", "no-row-security", "history"),
)
CHEAPER = ("id-include-version", "version", "brin-version", "partial-version")
READS = ("check_version", "read_version")
PLANS: dict[str, LiteralString] = {
    "versioned_update": """
EXPLAIN (FORMAT JSON) UPDATE contacts SET updated_at = now(), version = version + 1
 WHERE tenant_id = 'bench' AND id = bench_id(1) AND version = 1""",
    "check_version": """
EXPLAIN (FORMAT JSON) SELECT true FROM contacts
 WHERE tenant_id = 'bench' AND id = bench_id(1) AND version = 1""",
    "read_version": """
EXPLAIN (FORMAT JSON) SELECT version FROM contacts WHERE tenant_id = 'bench' AND id = bench_id(1)""",
}
NOTES = (
    "An update is what a message brings: of a contact its last interaction, of a session its counts.",
    (
        "Each arm is a database of its own, copied from one; arms take turns, round by "
        "round, and age as they go."
    ),
    "hot_share, dead_rows and cache_hit_share are over all updates of the arm, sizes are those after them.",
    (
        "wal_bytes_per_update, with its commit record, and server_updates_per_second are "
        "taken in the server, by a "
        "procedure that does not wait for the disk; layer and pgbench wait for it as the server is set."
    ),
    (
        "wal_bytes_per_update leaves full-page images out, where the log can be read: "
        "full_page_bytes_per_update."
    ),
    "Autovacuum is off on the embedded server; the time of one VACUUM after all updates is measured.",
    "Reads are measured after that VACUUM, the best case of an index-only scan.",
    "The earlier system's indexes stand beside our primary key, (tenant_id, id).",
)


@attrs.frozen(kw_only=True)
class Size:
    """In each round of each arm and table: ``updates`` in the server, then for each number of clients
    ``operations`` a client through the layer and through pgbench. ``reads`` in each round of the reads.
    """

    rows: int
    rounds: int
    updates: int
    clients: tuple[int, ...]
    operations: int
    reads: int
    arms: tuple[str, ...] = ARMS


SIZES = {
    "quick": Size(
        rows=20_000,
        rounds=4,
        updates=1_000,
        clients=(1, 8),
        operations=8,
        reads=200,
        arms=tuple(arm for arm in ARMS if not arm.startswith("fillfactor-90")),
    ),
    "standard": Size(rows=20_000, rounds=10, updates=4_000, clients=(1, 2, 4, 8), operations=50, reads=1_000),
    "full": Size(
        rows=1_000_000, rounds=12, updates=100_000, clients=(1, 2, 4, 8, 16), operations=200, reads=2_000
    ),
}


@attrs.define
class Arm:
    """One variant and one table: where it is, and what was measured of it, a list of rounds each."""

    dsn: str
    table: str
    db: Database[UnitOfWork]
    ageing: list[Ageing] = attrs.Factory(list)
    slots: defaultdict[tuple[str, int], list[Slot]] = attrs.Factory(lambda: defaultdict(list))
    reads: defaultdict[str, list[Slot]] = attrs.Factory(lambda: defaultdict(list))


def measure(run: Run, size: Size | None = None) -> Result:
    size = size or SIZES[run.profile]
    # Reads have a warm-up round as well; making the arms takes as long as a round.
    run.progress.expect((size.rounds + 1) * len(size.arms) * (len(TABLES) + 1) + len(size.arms))
    log, places = _make(run, size)
    with asyncio.Runner() as loop:
        pools = loop.run(_open(places, max(size.clients)))
        try:
            return _measure(run, size, log, places, Layer(loop, pools))
        finally:
            loop.run(_close(pools))


@attrs.frozen
class Layer:
    """The loop, and a pool for each arm: opening one takes longer than what is measured over it."""

    loop: asyncio.Runner
    pools: dict[str, Database[UnitOfWork]]


async def _open(places: dict[str, str], clients: int) -> dict[str, Database[UnitOfWork]]:
    settings = Settings(min_size=clients, max_size=clients)
    return {arm: await Database.open(UnitOfWork, dsn, settings) for arm, dsn in places.items()}


async def _close(pools: dict[str, Database[UnitOfWork]]) -> None:
    for db in pools.values():
        await db.close()


def _measure(run: Run, size: Size, log: Log, places: dict[str, str], layer: Layer) -> Result:
    before = {(arm, table): tables.sizes(dsn, table) for arm, dsn in places.items() for table in TABLES}
    measured = {
        (arm, table): Arm(places[arm], table, layer.pools[arm]) for arm in size.arms for table in TABLES
    }
    pairs = [(arm, table) for arm in size.arms for table in TABLES]
    log.checkpoint()
    for number, (arm, table) in in_turn(pairs, size.rounds):
        run.progress.step(f"{arm}: {table}")
        _round(run, size, log, layer, measured[arm, table], number=number)
    figures = {pair: _figures(arm, before[pair]) for pair, arm in measured.items()}
    _read(run, size, places, measured)
    ratios = {pair: _ratios(arm, measured[BASELINE, pair[1]], run.seed) for pair, arm in measured.items()}
    arms = {
        arm: {
            "title": tables.title_of(arm),
            "plans": {name: tables.plan(places[arm], text) for name, text in PLANS.items()},
            **{table: {**figures[arm, table], "ratio": ratios[arm, table]} for table in TABLES},
        }
        for arm in size.arms
    }
    return Result(
        parameters=attrs.asdict(size),
        figures={"baseline": BASELINE, "arms": {name: _summary(arm) | arm for name, arm in arms.items()}},
        verdicts=tuple(_verdicts(arms)),
        notes=NOTES,
    )


def _make(run: Run, size: Size) -> tuple[Log, dict[str, str]]:
    origin = run.server.populated("origin", size.rows)
    with psycopg.connect(origin, autocommit=True) as connection:
        connection.execute(tables.AGEING.encode())
    places = {}
    for arm in size.arms:
        run.progress.step(f"making {arm}")
        places[arm] = run.server.create(arm.replace("-", "_"), "origin")
        tables.apply_variant(places[arm], arm)
    return Log(run.server), places


def _round(run: Run, size: Size, log: Log, layer: Layer, arm: Arm, *, number: int) -> None:
    """Round 0 warms up, and is a short one."""
    updates = size.updates if number else max(1, size.updates // 10)
    aged = tables.age(arm.dsn, log, arm.table, rows=size.rows, updates=updates, seed=_seed(run, number))
    if not number:
        return
    arm.ageing.append(aged)
    drawn = run.seed * 1000 + number
    variables: dict[str, int | str] = {"first": 1, "last": size.rows, "tenant": TENANT}
    for clients in size.clients:
        count = size.operations * clients
        slot = layer.loop.run(
            layer_slot(arm.db, arm.table, rows=size.rows, clients=clients, count=count, seed=drawn)
        )
        arm.slots["layer", clients].append(slot)
        slot = run_pgbench(arm.dsn, arm.table, clients=clients, count=count, seed=drawn, variables=variables)
        arm.slots["pgbench", clients].append(slot)


def _seed(run: Run, number: int) -> float:
    return ((run.seed * 101 + number) % 1000) / 1000


def _read(run: Run, size: Size, places: dict[str, str], measured: dict[tuple[str, str], Arm]) -> None:
    for number, arm in in_turn(size.arms, size.rounds):
        run.progress.step(f"{arm}: reads")
        variables: dict[str, int | str] = {"first": 1, "last": size.rows, "tenant": TENANT}
        for script in READS:
            slot = run_pgbench(
                places[arm], script, clients=1, count=size.reads, seed=number, variables=variables
            )
            if number:
                measured[arm, "contacts"].reads[script].append(slot)


def _figures(arm: Arm, before: dict[str, int]) -> dict[str, Any]:
    """Taken before and by the VACUUM that ends the updates."""
    updates = sum(aged.updates for aged in arm.ageing)
    images = [aged.full_page_bytes for aged in arm.ageing if aged.full_page_bytes is not None]
    after = tables.sizes(arm.dsn, arm.table)
    return {
        "indexes": tables.index_count(arm.dsn, arm.table),
        **tables.counters(arm.dsn, arm.table),
        "wal_bytes_per_update": sum(aged.wal_bytes for aged in arm.ageing) / updates,
        "full_page_bytes_per_update": sum(images) / updates if images else None,
        "server_updates_per_second": updates / sum(aged.seconds for aged in arm.ageing),
        **after,
        "bloat": {key: after[key] / before[key] for key in after},
        "vacuum_seconds": tables.vacuum(arm.dsn, arm.table),
        "clients": {
            client: {
                str(clients): {
                    "updates_per_second": _throughput(slots),
                    "latency_ms": latency_ms(slots),
                }
                for (measured_by, clients), slots in arm.slots.items()
                if measured_by == client
            }
            for client in ("layer", "pgbench")
        },
    }


def _throughput(slots: Sequence[Slot]) -> float:
    return sum(len(slot.latencies) for slot in slots) / sum(slot.wall for slot in slots)


def _ratios(arm: Arm, baseline: Arm, seed: int) -> dict[str, Any]:
    """To the shipped indexes, by rounds; of times and bytes less is better, of updates more."""
    most = max(clients for _, clients in arm.slots)

    def throughput(client: str) -> Interval:
        ours, theirs = arm.slots[client, most], baseline.slots[client, most]
        return ratio([slot.per_second for slot in ours], [slot.per_second for slot in theirs], seed)

    return {
        "wal_bytes_per_update": ratio(
            [aged.wal_bytes / aged.updates for aged in arm.ageing],
            [aged.wal_bytes / aged.updates for aged in baseline.ageing],
            seed,
        ),
        "server_updates_per_second": ratio(
            [aged.updates / aged.seconds for aged in arm.ageing],
            [aged.updates / aged.seconds for aged in baseline.ageing],
            seed,
        ),
        "layer_updates_per_second": throughput("layer"),
        "pgbench_updates_per_second": throughput("pgbench"),
        **{
            f"{script}_time": ratio(
                [slot.median for slot in slots], [slot.median for slot in baseline.reads[script]], seed
            )
            for script, slots in arm.reads.items()
        },
    }


def _summary(arm: dict[str, Any]) -> dict[str, Any]:
    """The four figures that decide, over both tables."""
    both = [arm[table] for table in TABLES]
    updates = sum(figures["updates"] for figures in both)
    by_clients = both[0]["clients"]["layer"]
    most = max(by_clients, key=int)
    return {
        "hot_share": sum(figures["hot_share"] * figures["updates"] for figures in both) / updates,
        "wal_bytes_per_update": sum(figures["wal_bytes_per_update"] for figures in both) / len(both),
        "updates_per_second": sum(figures["clients"]["layer"][most]["updates_per_second"] for figures in both)
        / len(both),
        "index_bytes": sum(figures["index_bytes"] for figures in both),
    }


def _verdicts(arms: dict[str, Any]) -> Iterator[Verdict]:
    for table in TABLES:
        base, locked = arms[BASELINE][table], arms[LOCKING][table]
        wal = locked["ratio"]["wal_bytes_per_update"]
        yield Verdict(
            f"What does (id, version) cost {table}?",
            f"On {table}, (id, version) takes heap-only updates from {base['hot_share']:.1%} to "
            f"{locked['hot_share']:.1%}, multiplies the write-ahead log of an update by "
            f"{wal}, and updates/s in "
            f"the server by {locked['ratio']['server_updates_per_second']}, through the layer by "
            f"{locked['ratio']['layer_updates_per_second']}.",
            wal,
        )
    for script, what in (
        ("check_version", "Finding a row by key and version"),
        ("read_version", "Reading a version"),
    ):
        time_ratio = arms[LOCKING]["contacts"]["ratio"][f"{script}_time"]
        plans = arms[LOCKING]["plans"]
        yield Verdict(
            f"Is it any faster with it? {what}",
            f"{what} takes {time_ratio} times as long with (id, version), by {plans[script]}: "
            f"{_gain(time_ratio)}{_noise(arms, script)}.",
            time_ratio,
        )
    yield Verdict(
        "Does the versioned UPDATE use it?",
        f"It is planned as {arms[LOCKING]['plans']['versioned_update']} with (id, version), and as "
        f"{arms[BASELINE]['plans']['versioned_update']} without.",
    )
    yield _cheapest(arms)
    for arm, how, what in (
        ("no-version-guard", "Without", "version guard"),
        ("no-row-security", "Without", "row-level security"),
        ("history", "With", "history of every version"),
    ):
        if arm in arms:
            rate = arms[arm]["sessions"]["ratio"]["server_updates_per_second"]
            wal = arms[arm]["sessions"]["ratio"]["wal_bytes_per_update"]
            yield Verdict(
                f"What does the {what} cost?",
                f"{how} the {what}, sessions are updated {rate} times as fast in the server, with {wal} "
                "times the write-ahead log.",
                rate,
            )


def _cheapest(arms: dict[str, Any]) -> Verdict:
    keep = [arm for arm in CHEAPER if arm in arms and arms[arm]["sessions"]["hot_share"] > 0.5]
    faster = [
        arm
        for arm in keep
        if any(arms[arm]["contacts"]["ratio"][f"{script}_time"].high < 1 for script in READS)
    ]
    question = "Is there a cheaper index that gives the same?"
    if not keep:
        return Verdict(question, f"None of {', '.join(CHEAPER)} keeps updates heap-only.")
    gives = (
        f"of them {', '.join(faster)} makes a read faster" if faster else "none of them makes a read faster"
    )
    return Verdict(question, f"{', '.join(keep)} keeps updates heap-only; {gives}.")


def _noise(arms: dict[str, Any], script: str) -> str:
    """What the same reading shows between two databases that do not differ."""
    if CONTROL not in arms:
        return ""
    time_ratio = arms[CONTROL]["contacts"]["ratio"][f"{script}_time"]
    return f"; the shipped indexes against themselves: {time_ratio}"


def _gain(time_ratio: Interval) -> str:
    if time_ratio.high < 1:
        return "faster"
    return "slower" if time_ratio.low > 1 else "no difference that shows"
