"""For each test a database, an app on it and a client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from service.app import create_app
from service.application import SERVICE, UnitOfWork
from service.callers import read_callers
from ventros import Application, Database
from ventros.demo.seed import seed_tenant
from ventros.testing.server import Server, Template, migrated, serving

CALLERS = """{
    "ada's token": {"actor": "user:ada", "tenant": "acme"},
    "bob's token": {"actor": "user:bob", "tenant": "acme"},
    "eve's token": {"actor": "user:eve", "tenant": "umbrella"}
}"""

Serve = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def ventros_server() -> Iterator[Server]:
    """Of its own, where the tests of another application run beside these."""
    with serving(None) as server:
        yield server


@pytest.fixture(scope="session")
def ventros_application() -> Application:
    return SERVICE


@pytest.fixture(scope="session")
def ventros_template(ventros_server: Server) -> Iterator[Template]:
    """With the tenants "acme" and "umbrella"."""
    with migrated(ventros_server, SERVICE) as template:
        asyncio.run(onboard(ventros_server.dsn(template.name)))
        yield template


async def onboard(dsn: str) -> None:
    async with await Database.open(UnitOfWork, dsn) as db:
        for tenant in ("acme", "umbrella"):
            await seed_tenant(db, tenant, f"{tenant}-phone", datetime.now(UTC))


@pytest.fixture
def holder(ventros_server: Server, ventros_superuser: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Who has a transaction of its own, to hold what others wait for."""
    with closing(psycopg.connect(ventros_server.superuser_dsn(ventros_superuser.info.dbname))) as connection:
        yield connection


@asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """The app from its start to its shutdown, as a server would run it, and Ada as its client."""
    state: dict[str, Any] = {}

    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(state)}, receive, send)

    transport = httpx.ASGITransport(with_state, raise_app_exceptions=False)
    headers = {"Authorization": "Bearer ada's token"}
    async with (
        httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers) as ada,
        app.router.lifespan_context(app) as made,
    ):
        state |= made or {}
        yield ada


@pytest.fixture
def serve(ventros_dsn: str) -> Serve:
    """An app on the test's database, or on another one, with other options."""

    def start(dsn: str = ventros_dsn, **options: Any) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        return running(create_app(read_callers(CALLERS), dsn, **options))

    return start


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve() as ada:
        yield ada
