"""A pool for the relay's role on the test's database, and a server that plays WAHA."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest

from tests.support.sending import LOCAL, Sending, new_contact
from tests.support.waha_server import waha_server
from ventros import Database, Settings, UnitOfWork
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.retry import Retry
from ventros.kernel.transaction.unit_of_work import UnitOfWork as KernelUnit
from ventros.relay import handing_over
from ventros.relay.waha import WahaGateway
from ventros.testing.server import Template


@pytest.fixture
def relay_dsn(
    request: pytest.FixtureRequest, server: DevServer, ventros_copy: str, migrated: Template
) -> str:
    """The relay's; of a test that sends statements of its own the superuser's."""
    if request.node.get_closest_marker("spoiled"):
        return server.superuser_dsn(ventros_copy)
    dsn: str = request.getfixturevalue("ventros_relay_dsn")
    return dsn


@pytest.fixture
async def relay_db(relay_dsn: str) -> AsyncIterator[Database[KernelUnit]]:
    async with await Database.open(KernelUnit, relay_dsn, Settings(max_size=4)) as database:
        yield database
        assert database.stats().in_use == 0, "a connection was not given back"


class Minute(Retry):
    """So that a relay which drains does not come to the next attempt by itself, as chance has it."""

    def pause(self, attempt: int) -> float:
        return 60.0


@pytest.fixture
async def sending(
    db: Database[UnitOfWork],
    relay_db: Database[KernelUnit],
    seed: Seed,
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Sending]:
    monkeypatch.setattr(handing_over, "PAUSES", Minute())
    async with waha_server() as waha, WahaGateway(LOCAL, timeout=0.5) as gateway:
        await waha.configure(db, seed)
        contact = await new_contact(db, seed)
        yield Sending(db, relay_db, seed, waha, gateway, superuser, contact)
