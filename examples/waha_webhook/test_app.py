"""The service under a real client's load, while its database is restarted: what it acknowledged is there."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import attrs
import httpx
import psycopg
import pytest

import ventros
from tests.support.crash import Crashing
from ventros import CRM, roles
from ventros.demo.seed import Seed, seed_tenant
from ventros.migrate import migrate

EVENTS = 400
CLIENTS = 20
CONTACTS = 40
KEY = "a key that only WAHA and the service know"
ROOT = Path(__file__).parents[2]
COUNTERS = """
    SELECT (SELECT count(*) FROM messages WHERE tenant_id = %(tenant)s),
           (SELECT sum(message_count) FROM sessions WHERE tenant_id = %(tenant)s),
           (SELECT sum(messages_received) FROM channel_counters WHERE tenant_id = %(tenant)s),
           (SELECT count(*) FROM contacts WHERE tenant_id = %(tenant)s)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Crashing]:
    with Crashing(durable=False) as running:
        migrate(running.owner_dsn(), CRM)
        roles.set_up(running.owner_dsn(), CRM)
        yield running


@pytest.fixture
async def seed(server: Crashing, request: pytest.FixtureRequest) -> Seed:
    """A tenant of the test's own."""
    name = request.node.name.removeprefix("test_")[:30]
    async with ventros.connect(server.owner_dsn()) as db:
        return await seed_tenant(db, name, f"{name}-phone", datetime.now(UTC))


def event(seed: Seed, number: int) -> bytes:
    phone = f"5511{900000000 + number % CONTACTS}@c.us"
    now = int(datetime.now(UTC).timestamp())
    payload = {
        "id": f"m{number}",
        "timestamp": now,
        "from": phone,
        "fromMe": False,
        "body": f"hello {number}",
    }
    return json.dumps(
        {
            "id": f"evt_{number}",
            "timestamp": now * 1000,
            "event": "message",
            "session": seed.session,
            "payload": payload,
        }
    ).encode()


def signed(body: bytes, key: str = KEY) -> dict[str, str]:
    signature = hmac.new(key.encode(), body, hashlib.sha512).hexdigest()
    return {"X-Webhook-Hmac": signature, "X-Webhook-Hmac-Algorithm": "sha512"}


@asynccontextmanager
async def service(server: Crashing, tmp_path: Path, module: str = "app") -> AsyncIterator[httpx.AsyncClient]:
    """The program in a process of its own, and a client of it."""
    socket = tmp_path / "http"
    command = [sys.executable, "-m", "uvicorn", "--uds", str(socket), "--log-level", "error"]
    environment = os.environ | {
        "VENTROS_DATABASE_URL": server.dsn(), "WAHA_HMAC_KEY": KEY, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    running = await asyncio.create_subprocess_exec(
        *command, f"examples.waha_webhook.{module}:app", env=environment
    )
    try:
        transport = httpx.AsyncHTTPTransport(uds=str(socket), limits=httpx.Limits(max_connections=CLIENTS))
        async with httpx.AsyncClient(transport=transport, base_url="http://service", timeout=30) as client:
            await until_it_answers(client)
            yield client
    finally:
        running.terminate()
        await running.wait()


async def until_it_answers(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                if (await client.get("/health")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)


@attrs.define
class Load:
    """Events, posted by many clients at once; each again until it is acknowledged, as WAHA does it."""

    client: httpx.AsyncClient
    path: str
    bodies: list[bytes]
    statuses: list[int] = attrs.field(factory=list)
    acknowledged: int = 0
    is_under_way: asyncio.Event = attrs.field(factory=asyncio.Event)

    async def run(self) -> None:
        waiting = iter(self.bodies)
        async with asyncio.TaskGroup() as group:
            for _ in range(CLIENTS):
                group.create_task(self._post_each(waiting))

    async def _post_each(self, waiting: Iterator[bytes]) -> None:
        for body in waiting:
            for pause in itertools.repeat(0.1):
                if await self._is_acknowledged(body):
                    break
                await asyncio.sleep(pause)
            self.acknowledged += 1
            if self.acknowledged == EVENTS // 4:
                self.is_under_way.set()

    async def _is_acknowledged(self, body: bytes) -> bool:
        try:
            answer = await self.client.post(self.path, content=body, headers=signed(body))
        except httpx.TransportError:
            return False
        self.statuses.append(answer.status_code)
        assert answer.status_code == 200 or answer.headers["Retry-After"], answer.text
        return answer.status_code == 200


async def load_while_restarting(server: Crashing, client: httpx.AsyncClient, seed: Seed) -> Load:
    """The server goes when a quarter is acknowledged, and comes again."""
    load = Load(client, f"/webhook/{seed.webhook_id}", [event(seed, number) for number in range(EVENTS)])
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(load.run())
        await load.is_under_way.wait()
        await asyncio.to_thread(server.halt)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.start_again)
    return load


def stored(server: Crashing, seed: Seed) -> list[str]:
    """Message ids, once for each row."""
    with psycopg.connect(server.superuser_dsn("ventros")) as connection:
        rows = connection.execute(
            "SELECT channel_message_id FROM messages WHERE tenant_id = %s", (seed.tenant,)
        )
        return sorted(id_ for (id_,) in rows)


def counters(server: Crashing, seed: Seed) -> tuple[int, ...] | None:
    with psycopg.connect(server.superuser_dsn("ventros")) as connection:
        return connection.execute(COUNTERS, {"tenant": seed.tenant}).fetchone()


EXPECTED = sorted(f"m{number}" for number in range(EVENTS))


async def test_all_that_is_acknowledged_is_stored_once(server: Crashing, seed: Seed, tmp_path: Path) -> None:
    async with service(server, tmp_path) as client:
        load = await load_while_restarting(server, client, seed)
        assert set(load.statuses) == {200, 503}, "the restart was not met: the test shows nothing"
        assert load.acknowledged == EVENTS
        assert stored(server, seed) == EXPECTED
        before = counters(server, seed)
        assert before == (EVENTS, EVENTS, EVENTS, CONTACTS)
        again = Load(client, load.path, load.bodies)
        await again.run()
        assert counters(server, seed) == before


async def test_control_what_answers_first_loses_events(server: Crashing, seed: Seed, tmp_path: Path) -> None:
    async with service(server, tmp_path, "hasty") as client:
        load = await load_while_restarting(server, client, seed)
    assert set(load.statuses) == {200}
    assert len(stored(server, seed)) < EVENTS


async def test_what_is_unsigned_too_large_or_no_event_is_refused(
    server: Crashing, seed: Seed, tmp_path: Path
) -> None:
    body = event(seed, 1)
    large = b" " * (2 * 1024 * 1024)
    async with service(server, tmp_path) as client:
        for content, headers, status in [
            (body, {}, 401),
            (body, signed(body, "another key"), 401),
            (body + b" ", signed(body), 401),
            (large, signed(large), 413),
            (b"no event", signed(b"no event"), 400),
        ]:
            answer = await client.post(f"/webhook/{seed.webhook_id}", content=content, headers=headers)
            assert answer.status_code == status, answer.text
        assert stored(server, seed) == []
        answer = await client.post(f"/webhook/{seed.webhook_id}", content=body, headers=signed(body))
        assert (answer.status_code, stored(server, seed)) == (200, ["m1"])
