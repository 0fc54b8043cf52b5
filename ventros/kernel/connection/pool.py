"""asyncpg's pool, for the process and the event loop that opened it; it knows how many wait."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from typing import Any

import asyncpg
import attrs

from ventros.kernel.errors import UnitOfWorkError
from ventros.kernel.telemetry import Telemetry


@attrs.frozen(kw_only=True)
class PoolStats:
    """Connections that are open, free and in use, and how many tasks wait for one, in this moment."""

    size: int
    idle: int
    in_use: int
    waiting: int


class Pool:
    """Stands before asyncpg's own, which it neither subclasses nor patches."""

    def __init__(self, pool: asyncpg.Pool[Any], telemetry: Telemetry) -> None:
        self._pool = pool
        self._telemetry = telemetry
        self._process = os.getpid()
        self._waiting = 0

    async def acquire(self) -> Any:
        """A connection. Raises UnitOfWorkError in another process or event loop, else as asyncpg's does."""
        self.require_home()
        started = self._telemetry.acquire_timer()
        acquired = False
        self._waiting += 1
        try:
            driver = await self._pool.acquire()
            acquired = True
        finally:
            self._waiting -= 1
            if started is not None:
                self._telemetry.report_acquire(started, acquired=acquired)
        return driver

    def release(self, driver: Any, *, timeout: float) -> Awaitable[None]:
        return self._pool.release(driver, timeout=timeout)

    def require_home(self) -> None:
        """Raises UnitOfWorkError where the connections of the pool cannot be used."""
        if os.getpid() != self._process:
            other = f"process {self._process}, of which this one, {os.getpid()}, is a fork"
        elif asyncio.get_running_loop() is not self._pool._loop:  # type: ignore[attr-defined]
            other = "another event loop (asyncio.run makes one each time, and so does each thread)"
        else:
            return
        raise UnitOfWorkError(f"this database was opened in {other}: open one here, and close it here")

    def stats(self) -> PoolStats:
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        return PoolStats(size=size, idle=idle, in_use=size - idle, waiting=self._waiting)
