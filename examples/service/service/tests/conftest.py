"""A server for the run, a migrated template, and for each test a database, an app on it and a client."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from service.app import create_app
from service.application import SERVICE, UnitOfWork
from service.callers import read_callers
from ventros import Database
from ventros.demo.seed import seed_tenant
from ventros.devserver import DevServer
from ventros.schema import create_database

CALLERS = """{
    "ada's token": {"actor": "user:ada", "tenant": "acme"},
    "bob's token": {"actor": "user:bob", "tenant": "acme"},
    "eve's token": {"actor": "user:eve", "tenant": "umbrella"}
}"""
DATABASES = itertools.count(1)

Serve = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture(scope="session")
def server() -> Iterator[DevServer]:
    with DevServer(durable=False) as running:
        yield running


@pytest.fixture(scope="session")
def template(server: DevServer) -> str:
    """With the tenants "acme" and "umbrella"."""
    asyncio.run(onboard(create_database(server, SERVICE, "template")))
    return "template"


async def onboard(dsn: str) -> None:
    async with await Database.open(UnitOfWork, dsn) as db:
        for tenant in ("acme", "umbrella"):
            await seed_tenant(db, tenant, f"{tenant}-phone", datetime.now(UTC))


@pytest.fixture
def dsn(server: DevServer, template: str) -> str:
    """A database of the test's own, for the app."""
    name = f"service_{next(DATABASES)}"
    server.create_database(name, template)
    return server.dsn(name)


@pytest.fixture
def superuser(server: DevServer, dsn: str) -> Iterator[psycopg.Connection]:
    """A look at it past every policy."""
    name = urlsplit(dsn).path[1:]
    with psycopg.connect(server.superuser_dsn(name), autocommit=True) as connection:
        yield connection


@pytest.fixture
async def db(dsn: str) -> AsyncIterator[Database[UnitOfWork]]:
    async with await Database.open(UnitOfWork, dsn) as database:
        yield database


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
def serve(dsn: str) -> Serve:
    """An app on the test's database, or on another one, with other options."""

    def start(dsn: str = dsn, **options: Any) -> AbstractAsyncContextManager[httpx.AsyncClient]:
        return running(create_app(read_callers(CALLERS), dsn, **options))

    return start


@pytest.fixture
async def client(serve: Serve) -> AsyncIterator[httpx.AsyncClient]:
    async with serve() as ada:
        yield ada
