"""A pool for the relay's role on the test's database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ventros import Database, Settings
from ventros.devserver import DevServer
from ventros.kernel.transaction.unit_of_work import UnitOfWork as KernelUnit


@pytest.fixture
def relay_dsn(server: DevServer, ventros_copy: str) -> str:
    return server.superuser_dsn(ventros_copy)


@pytest.fixture
async def relay_db(relay_dsn: str) -> AsyncIterator[Database[KernelUnit]]:
    async with await Database.open(KernelUnit, relay_dsn, Settings(max_size=4)) as database:
        yield database
        assert database.stats().in_use == 0, "a connection was not given back"
