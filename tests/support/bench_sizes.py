"""How small each scenario is run when it is tested."""

from __future__ import annotations

from typing import Any

from bench import comparison
from bench.scenarios import contention, locking_indexes, outbox

SIZES: dict[str, Any] = {
    "locking-indexes": locking_indexes.Size(
        rows=300,
        rounds=1,
        updates=120,
        clients=(1, 2),
        operations=2,
        reads=5,
        arms=("shipped", "shipped-again", "id-version", "brin-version", "no-version-guard", "history"),
    ),
    "overhead": comparison.Size(rows=1_600, rounds=1, count=1, pools=(2,), counted=2),
    "peers": comparison.Size(rows=2_000, rounds=1, count=4, pools=(1, 2), counted=2),
    "contention": contention.Size(writers=(2, 4), aggregates=(1, 4), rounds=1, count=8),
    "latency": comparison.Size(rows=1_600, rounds=1, count=1, pools=(1,), only=("unit_of_work",), counted=2),
    "outbox": outbox.Size(
        rows=300,
        rounds=1,
        count=2,
        pools=(1, 2),
        tenants=(1, 20),
        events=80,
        paces=(20,),
        seconds=0.2,
        backlog=10_000,
        drained=100,
    ),
    "micro": ("--debug-single-value",),
}
