"""asyncpg's pool, for the process and the event loop that opened it; it knows how many wait."""

from __future__ import annotations

import asyncio
import os
from typing import Any

import asyncpg
import attrs

from ventros.kernel.connection.driver import DRIVER_FAILURES, terminate, translate_driver_error
from ventros.kernel.errors import ConnectionLost, PoolExhausted, ServerUnreachable, UnitOfWorkError
from ventros.kernel.telemetry import Telemetry, clock


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

    async def acquire(self, timeout: float) -> Any:  # noqa: ASYNC109 - asyncpg's own
        """A connection within ``timeout`` seconds.

        Raises PoolExhausted, ServerUnreachable, and UnitOfWorkError in another process or event loop.
        """
        self.require_home()
        tell = self._telemetry.acquire
        started = clock(tell)
        driver: Any = None
        self._waiting += 1
        try:
            # Not acquire(timeout=): before Python 3.12 that makes a task, and its cancellation may lose one.
            async with asyncio.timeout(timeout):
                driver = await self._pool.acquire()
        except TimeoutError as error:
            if self._pool.get_size() == self._pool.get_max_size():
                raise PoolExhausted(
                    f"no connection became free within {timeout:g} s: all {self._pool.get_size()} are in use"
                ) from error
            raise ServerUnreachable("the server did not answer while a connection was made") from error
        except DRIVER_FAILURES as error:
            failure = translate_driver_error(error)
            if type(failure) is ConnectionLost:  # before it was anybody's
                text = f"no connection could be made: {failure}"
                failure = ServerUnreachable(text, sqlstate=failure.sqlstate)
            raise failure from error
        finally:
            self._waiting -= 1
            if tell is not None:
                tell(clock(tell) - started, driver is not None)
        return driver

    async def give_back(self, driver: Any, timeout: float, *, idle: bool = True) -> None:  # noqa: ASYNC109
        """Within ``timeout`` seconds, terminated unless it is ``idle``: the pool then makes another.

        A connection that was lost has left the pool by itself.
        """
        if not idle:
            terminate(driver)
        try:
            await self._pool.release(driver, timeout=timeout)
        except DRIVER_FAILURES:
            terminate(driver)

    def require_home(self) -> None:
        """Raises UnitOfWorkError where the connections of the pool cannot be used."""
        if os.getpid() != self._process:
            other = f"process {self._process}, of which this one, {os.getpid()}, is a fork"
        elif asyncio.get_running_loop() is not self._pool._loop:  # type: ignore[attr-defined]  # noqa: SLF001 - asyncpg's
            other = "another event loop (asyncio.run makes one each time, and so does each thread)"
        else:
            return
        raise UnitOfWorkError(f"this database was opened in {other}: open one here, and close it here")

    def stats(self) -> PoolStats:
        """Counted from asyncpg's own lists; nothing is asked of the server."""
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        return PoolStats(size=size, idle=idle, in_use=size - idle, waiting=self._waiting)
