"""The service's end: what is under way is finished, what comes late is sent elsewhere."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import LiteralString

import httpx
import psycopg
import pytest

import ventros
from service.callers import read_callers
from service.lifetime import REQUEST_ID
from service.tests.asking import created, names, rename
from service.tests.conftest import CALLERS, Serve
from service.tests.cutting import Cutting
from ventros import Settings, Telemetry

PATIENT = Settings(lock_timeout=15.0, statement_timeout=15.0, release_timeout=0.2)


async def change_that_waits(
    client: httpx.AsyncClient, holder: psycopg.Connection, ventros_superuser: psycopg.Connection
) -> asyncio.Task[httpx.Response]:
    """A change that is under way for as long as the contact is held."""
    path = (await created(client)).headers["Location"]
    holder.execute("SELECT FROM contacts FOR UPDATE")
    changing = asyncio.create_task(rename(client, path, "Alice", '"1"'))
    query: LiteralString = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype <> 'relation'"
    async with asyncio.timeout(10):
        while ventros_superuser.execute(query).fetchone() != (1,):  # noqa: ASYNC110 - the server sets no event
            await asyncio.sleep(0.01)
    return changing


async def late_answer(client: httpx.AsyncClient) -> httpx.Response:
    """The first that comes once the service is closing."""
    async with asyncio.timeout(10):
        while (answer := await client.get("/contacts")).status_code == 200:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return answer


async def test_what_is_under_way_is_finished_and_nothing_else_begins(
    serve: Serve, holder: psycopg.Connection, ventros_superuser: psycopg.Connection
) -> None:
    service = serve(settings=PATIENT)
    client = await service.__aenter__()
    changing = await change_that_waits(client, holder, ventros_superuser)
    ending = asyncio.create_task(service.__aexit__(None, None, None))
    late = await late_answer(client)
    assert (late.status_code, late.json()["code"]) == (503, "SHUTTING_DOWN")
    assert {late.headers["Retry-After"], late.headers["Connection"]} == {"1", "close"}
    assert (await client.get("/health/ready")).status_code == 503
    assert (await client.get("/health/live")).status_code == 200
    holder.rollback()
    assert (await changing).status_code == 200
    await ending
    assert names(ventros_superuser) == ["Alice"]


async def test_control_without_patience_it_is_lost(
    serve: Serve, holder: psycopg.Connection, ventros_superuser: psycopg.Connection
) -> None:
    service = serve(settings=PATIENT, patience=0)
    client = await service.__aenter__()
    changing = await change_that_waits(client, holder, ventros_superuser)
    await service.__aexit__(None, None, None)
    holder.rollback()
    assert (await changing).status_code >= 500
    assert names(ventros_superuser) == ["Ada"]


@asynccontextmanager
async def program(dsn: str, socket: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """The service as it is run in production."""
    path = os.pathsep.join(
        [str(Path(module.__file__ or "").parents[1]) for module in (ventros, sys.modules["service"])]
    )
    environment = os.environ | {
        "VENTROS_DATABASE_URL": dsn, "SERVICE_CALLERS": CALLERS, "SERVICE_ANNOUNCED": "1", "PYTHONPATH": path,
    }  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "--factory", "service.app:main", "--log-level", "error"]
    running = await asyncio.create_subprocess_exec(*command, "--uds", str(socket), env=environment)
    try:
        yield running
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def until_ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                if (await client.get("/health/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)


async def test_sigterm_closes_the_gate_before_the_server_stops(
    ventros_dsn: str, holder: psycopg.Connection, ventros_superuser: psycopg.Connection, tmp_path: Path
) -> None:
    socket = tmp_path / "http"
    headers = {"Authorization": "Bearer ada's token"}
    transport = httpx.AsyncHTTPTransport(uds=str(socket))
    async with (
        program(ventros_dsn, socket) as running,
        httpx.AsyncClient(transport=transport, base_url="http://service", headers=headers, timeout=20) as ada,
    ):
        await until_ready(ada)
        changing = await change_that_waits(ada, holder, ventros_superuser)
        running.terminate()
        assert (await late_answer(ada)).json()["code"] == "SHUTTING_DOWN"
        assert (await ada.get("/health/ready")).status_code == 503
        holder.rollback()
        assert (await changing).status_code == 200
        async with asyncio.timeout(10):
            await running.wait()
    assert names(ventros_superuser) == ["Alice"]


async def test_readiness_is_the_databases(serve: Serve, ventros_dsn: str) -> None:
    async with Cutting(ventros_dsn) as way:
        service = serve(way.dsn, settings=Settings(max_size=1, connect_timeout=1.0, acquire_timeout=1.0))
        client = await service.__aenter__()
        assert (await client.get("/health/ready")).text == "ready"
    gone = await client.get("/health/ready")
    assert (gone.status_code, gone.json()["title"]) == (503, "The database is away")
    assert (await client.get("/contacts")).status_code == 503
    assert (await client.get("/health/live")).status_code == 200
    await service.__aexit__(None, None, None)


async def test_telemetry_is_told_in_the_request(serve: Serve) -> None:
    told: list[tuple[str, str]] = []
    telemetry = Telemetry(statement=lambda name, *_: told.append((name, str(REQUEST_ID.get()))))
    async with serve(telemetry=telemetry) as client:
        ids = [(await created(client)).headers["X-Request-ID"] for _ in range(2)]
    stored = [(name, id_) for name, id_ in told if name == "service.answers.keep"]
    assert stored == [("service.answers.keep", id_) for id_ in ids]
    assert {id_ for _, id_ in told} == set(ids)


def test_callers_that_cannot_be_read_are_not_shown() -> None:
    for text in (
        "no JSON: s3cret",
        json.dumps({"s3cret": {"tenant": "acme"}}),
        json.dumps({"s3cret": {"actor": "a b"}}),
    ):
        with pytest.raises(ventros.ConfigurationError) as caught:
            read_callers(text)
        assert "s3cret" not in str(caught.value)
