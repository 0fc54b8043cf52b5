"""The fixtures that are coroutines, for pytest-asyncio: what is opened on a test's database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from uuid import UUID

    from ventros.kernel.application import Application
    from ventros.kernel.database import Database
    from ventros.testing.one_transaction import RolledBackDatabase


@pytest_asyncio.fixture
async def ventros_database(
    ventros_application: Application, ventros_dsn: str
) -> AsyncIterator[Database[Any]]:
    """The test's own database, for the application's units of work. Afterwards no connection is in use."""
    from ventros.kernel.database import Database

    database = await Database.open(ventros_application.unit_of_work, ventros_dsn)
    yield database
    in_use = database.stats().in_use
    await database.close()
    assert in_use == 0, "a connection was not given back: a unit of work is still open"


@pytest_asyncio.fixture
async def ventros_rolled_back(
    ventros_application: Application, ventros_shared_dsn: str
) -> AsyncIterator[RolledBackDatabase[Any]]:
    """A Database in one transaction on the database of all such tests; it is rolled back after the test."""
    from ventros.testing.one_transaction import rolled_back

    async with rolled_back(ventros_application.unit_of_work, ventros_shared_dsn) as database:
        yield database


@pytest.fixture
def ventros_unit(
    ventros_rolled_back: RolledBackDatabase[Any], ventros_tenant: str, ventros_user: UUID
) -> Any:
    """A unit of work of the tenant and the user, for ``async with ventros_unit as unit:``.

    It is rolled back after the test.
    """
    return ventros_rolled_back.unit_of_work(ventros_tenant, user=ventros_user)
