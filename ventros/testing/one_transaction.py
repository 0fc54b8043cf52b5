"""A Database whose units of work are all parts of one transaction, which is rolled back in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar, Unpack
from uuid import UUID

import asyncpg

from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.driver import prepare_driver, terminate
from ventros.kernel.connection.log_position import current_position
from ventros.kernel.connection.pool import Pool, PoolStats
from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database, UnitOptions
from ventros.kernel.telemetry import NO_TELEMETRY, Telemetry
from ventros.kernel.transaction.begin import AuditContext, TransactionKeywords, set_keys
from ventros.kernel.transaction.joined import JoinedTransaction
from ventros.kernel.transaction.unit_of_work import UnitOfWork

U = TypeVar("U", bound=UnitOfWork)


class RolledBackDatabase(Database[U]):
    """For a service that holds a ``Database``: its units commit, see each other's work, and leave nothing.

    A unit's ``outcome`` is LEFT_TO_CALLER, not COMMITTED. Units do not overlap: one that is entered within
    another, or beside it, waits for its end, at most the acquire timeout, as for a pool of one connection.
    Isolation, read_only and timeouts of a unit are checked and not sent: the transaction has begun.
    """

    _pool: _OneConnection

    def unit_of_work(self, tenant: str | None = None, **options: Unpack[UnitOptions]) -> U:
        """As of any Database, but within the one transaction, behind a savepoint."""
        super().unit_of_work(tenant, **options)  # raises for what cannot be; it is never entered
        keywords: dict[str, Any] = {
            name: value for name, value in options.items() if name not in TransactionKeywords.__annotations__
        }
        return self._unit_of_work(_Part(self._pool, self.settings, self.telemetry), tenant, **keywords)

    @asynccontextmanager
    async def asking(self, **keys: str) -> AsyncIterator[Connection]:
        """As of any Database, but within the one transaction, whose settings it takes back."""
        settings = set_keys(keys)
        async with self.connection() as connection:
            await connection.control("; ".join(settings))
            yield connection
            await connection.control("; ".join(set_keys(dict.fromkeys(keys, ""))))


@asynccontextmanager
async def rolled_back(
    unit_of_work: type[U], dsn: str, settings: Settings | None = None, telemetry: Telemetry = NO_TELEMETRY
) -> AsyncIterator[RolledBackDatabase[U]]:
    """A database on one connection to ``dsn``, in one transaction; afterwards nothing of it is there."""
    settings = settings or Settings()
    driver: asyncpg.Connection[Any] = await asyncpg.connect(
        dsn, timeout=settings.connect_timeout, server_settings=settings.startup_settings()
    )
    try:
        await prepare_driver(driver)
        await driver.execute("BEGIN")
        pool = _OneConnection(driver, telemetry)
        yield RolledBackDatabase(pool, unit_of_work, settings, telemetry)
    finally:
        terminate(driver)


class _OneConnection(Pool):
    """The connection of the transaction, for one at a time. To close it is for who began the transaction."""

    def __init__(self, driver: asyncpg.Connection[Any], telemetry: Telemetry) -> None:
        super().__init__(telemetry)
        self._loop = asyncio.get_running_loop()
        self.driver = driver
        self._turn = asyncio.Lock()

    async def _take(self) -> Any:
        await self._turn.acquire()
        return self.driver

    def _has_room(self) -> bool:
        return False

    async def give_back(self, driver: Any, timeout: float, *, idle: bool = True) -> None:  # noqa: ASYNC109
        if not idle:
            terminate(driver)
        self._turn.release()

    async def let_go(self) -> None:
        """There is no other."""

    def stats(self) -> PoolStats:
        in_use = int(self._turn.locked())
        return PoolStats(size=1, idle=1 - in_use, in_use=in_use, waiting=self._waiting)

    async def close(self, timeout: float) -> None:  # noqa: ASYNC109
        """The service's, which does not know whose it is."""


class _Part(JoinedTransaction):
    """A unit's part of the transaction, which has the connection to itself from its beginning to its end."""

    def __init__(self, pool: _OneConnection, settings: Settings, telemetry: Telemetry) -> None:
        super().__init__(pool.driver, settings, telemetry)
        self._pool, self._patience = pool, settings.acquire_timeout
        self._has_turn = False

    commits_on_exit = False

    async def lsn(self) -> str:
        """A position all the same, so that a service that asks for one can be tested."""
        return await current_position(self._driver, self._timeout)

    async def begin(
        self, tenant: str, user: UUID | None, command_id: UUID | None, audit: AuditContext
    ) -> Connection:
        self._pool.require_home()
        await self._pool.acquire(self._patience)
        self._has_turn = True
        try:
            return await super().begin(tenant, user, command_id, audit)
        except BaseException:
            await self._give_back()
            raise

    async def end(self) -> None:
        try:
            await super().end()
        finally:
            await self._give_back()

    async def _give_back(self) -> None:
        if self._has_turn:
            self._has_turn = False
            await self._pool.give_back(self._driver, self.release_timeout)
