"""A pool for the scheduler's role on the test's database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ventros import Database, Settings
from ventros.kernel.transaction.unit_of_work import UnitOfWork as KernelUnit


@pytest.fixture
async def scheduler_db(ventros_scheduler_dsn: str) -> AsyncIterator[Database[KernelUnit]]:
    async with await Database.open(KernelUnit, ventros_scheduler_dsn, Settings(max_size=4)) as database:
        yield database
        assert database.stats().in_use == 0, "a connection was not given back"
