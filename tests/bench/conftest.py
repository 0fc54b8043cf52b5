"""One server, and one small run of every scenario, for all that is asked of them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from bench import comparison
from bench.result import Run, record
from bench.scenarios import contention, locking_indexes
from bench.server import Server

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
    "overhead": comparison.Size(rows=1_600, rounds=1, count=1, counted=2),
    "peers": comparison.Size(rows=2_000, rounds=1, count=8, counted=2),
    "contention": contention.Size(writers=(2, 4), aggregates=(1, 4), rounds=1, count=8),
    "latency": comparison.Size(rows=1_600, rounds=1, count=1, only=("unit_of_work",), counted=2),
    "micro": ("--debug-single-value",),
}


@pytest.fixture(scope="session")
def bench_server() -> Iterator[Server]:
    with Server(durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def results(bench_server: Server) -> dict[str, dict[str, Any]]:
    run = Run(server=bench_server, profile="quick", seed=7)
    modules = {name: importlib.import_module(f"bench.scenarios.{name.replace('-', '_')}") for name in SIZES}

    def small(name: str) -> dict[str, Any]:
        return record(name, run, lambda run: modules[name].measure(run, SIZES[name]))

    return {name: small(name) for name in SIZES}
