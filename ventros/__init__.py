"""Ventros: a raw-SQL persistence layer for a WhatsApp-centred CRM, without an ORM."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database
from ventros.kernel.errors import (
    AlreadyExists,
    CommitInDoubt,
    Conflict,
    NotFound,
    OptimisticLockError,
    OptimisticLockErrors,
    ValidationError,
    VentrosError,
    is_optimistic_lock_error,
)
from ventros.kernel.retry import Retry
from ventros.kernel.telemetry import NO_TELEMETRY, Telemetry
from ventros.unit_of_work import UnitOfWork

__all__ = [  # noqa: RUF022 - in the order in which a reader needs them
    "connect",
    "Database",
    "UnitOfWork",
    "Settings",
    "Retry",
    "Telemetry",
    "VentrosError",
    "Conflict",
    "OptimisticLockError",
    "OptimisticLockErrors",
    "is_optimistic_lock_error",
    "NotFound",
    "AlreadyExists",
    "ValidationError",
    "CommitInDoubt",
]


@asynccontextmanager
async def connect(
    dsn: str | None = None, settings: Settings | None = None, telemetry: Telemetry = NO_TELEMETRY
) -> AsyncIterator[Database[UnitOfWork]]:
    """The database, for the time of an ``async with`` block.

    ``dsn``, else VENTROS_DATABASE_URL, else DATABASE_URL, else libpq's PG* variables. Raises
    ConfigurationError when none is set, ConnectionLost when the server cannot be reached. To hold the
    database longer than a block: ``await Database.open(UnitOfWork, dsn)``, and ``close()`` it.
    """
    database = await Database.open(UnitOfWork, dsn, settings, telemetry)
    try:
        yield database
    finally:
        await database.close()
