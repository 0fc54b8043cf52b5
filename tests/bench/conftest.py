"""One server, and one small run of every scenario, for all that is asked of them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from bench.result import Run, record
from bench.server import Server
from tests.support.bench_sizes import SIZES


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
