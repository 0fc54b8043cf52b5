"""A pool for the relay's role on the test's database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ventros import Database, Settings
from ventros.devserver import DevServer
from ventros.kernel.transaction.unit_of_work import UnitOfWork as KernelUnit
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
