"""The wire over a Unix socket, TCP and TLS, under asyncio and uvloop: the same units, the same truth."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
import uvloop

from tests.support.constants import NOW, TENANT
from tests.support.proxy import Proxy
from tests.support.tls import TlsProxy, self_signed
from tests.support.wire_load import all_forms, stored, the_wire, without_a_gap
from ventros import Database, UnitOfWork
from ventros.demo.seed import seed_tenant
from ventros.kernel.connection.settings import Settings

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}


@contextlib.asynccontextmanager
async def unix(dsn: str, _: Path) -> AsyncIterator[str]:
    yield dsn


@contextlib.asynccontextmanager
async def tcp(dsn: str, _: Path) -> AsyncIterator[str]:
    async with Proxy(dsn) as proxy:
        yield proxy.dsn


@contextlib.asynccontextmanager
async def tcp_without_tls(dsn: str, _: Path) -> AsyncIterator[str]:
    """The server is asked for TLS, and says no."""
    async with Proxy(dsn) as proxy:
        yield proxy.dsn.replace("sslmode=disable", "sslmode=prefer")


@contextlib.asynccontextmanager
async def tls(dsn: str, directory: Path) -> AsyncIterator[str]:
    trusted, context = self_signed(directory)
    async with TlsProxy(dsn, trusted=trusted, context=context) as proxy:
        yield proxy.dsn
        assert proxy.encrypted >= 2


WAYS: list[Any] = [unix, tcp, tcp_without_tls, tls]


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
def test_units_of_all_forms_are_right(
    way: Any, loop: str, dsn: str, superuser: psycopg.Connection, tmp_path: Path
) -> None:
    async def work() -> None:
        async with (
            way(dsn, tmp_path) as reached,
            await Database.open(UnitOfWork, reached, Settings(max_size=3)) as db,
        ):
            assert await the_wire(db)
            seed = await seed_tenant(db, TENANT, "acme-phone", NOW)
            named = await all_forms(db, seed, tasks=6, count=6)
            assert stored(superuser, list(named)) == named
            assert all(without_a_gap(superuser, id_) for id_ in named)

    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(work())
