"""Connections for the process and the event loop that opened them: our own pool, or one of asyncpg's."""

from __future__ import annotations

import asyncio
import os
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import asyncpg
import attrs

from ventros.kernel.connection.driver import DRIVER_FAILURES, Driver, terminate, translate_driver_error
from ventros.kernel.connection.settings import Settings
from ventros.kernel.errors import ConnectionLost, PoolExhausted, ServerUnreachable, UnitOfWorkError
from ventros.kernel.telemetry import Telemetry, clock

LONG_AGO = float("-inf")


@attrs.frozen(kw_only=True)
class PoolStats:
    """Connections that are open, free and in use, and how many tasks wait for one, in this moment."""

    size: int
    idle: int
    in_use: int
    waiting: int


class Pool(ABC):
    """What a database asks of its pool, whoever made it."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._process = os.getpid()
        self._waiting = 0

    async def acquire(self, timeout: float) -> Any:  # noqa: ASYNC109 - passed on
        """A connection within ``timeout`` seconds.

        To be asked after :meth:`require_home`. Raises PoolExhausted and ServerUnreachable.
        """
        tell = self._telemetry.acquire
        if tell is None and (driver := self._idle_one()) is not None:
            return driver
        started = clock(tell)
        driver = None
        self._waiting += 1
        try:
            # Not wait_for(): before Python 3.12 it makes a task, and its cancellation may lose a connection.
            async with asyncio.timeout(timeout):
                driver = await self._take()
        except TimeoutError as error:
            if not self._has_room():
                size = self.stats().size
                raise PoolExhausted(
                    f"no connection became free within {timeout:g} s: all {size} are in use"
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

    def require_home(self) -> None:
        """Raises UnitOfWorkError where the connections of the pool cannot be used."""
        if os.getpid() != self._process:
            other = f"process {self._process}, of which this one, {os.getpid()}, is a fork"
        elif asyncio.get_running_loop() is not self._loop:
            other = "another event loop (asyncio.run makes one each time, and so does each thread)"
        else:
            return
        raise UnitOfWorkError(f"this database was opened in {other}: open one here, and close it here")

    _loop: asyncio.AbstractEventLoop

    def _idle_one(self) -> Any:
        """One that nobody uses, if it can be had without waiting."""
        return None

    @abstractmethod
    async def _take(self) -> Any:
        """A connection, however long that takes."""

    @abstractmethod
    def _has_room(self) -> bool:
        """Whether another connection could be made."""

    @abstractmethod
    async def give_back(self, driver: Any, timeout: float, *, idle: bool = True) -> None:  # noqa: ASYNC109
        """Within ``timeout`` seconds, terminated unless it is ``idle``: the pool then makes another."""

    @abstractmethod
    async def let_go(self) -> None:
        """Use none of the connections again that there are now; those in use end with the unit that has them.

        Others are made when they are needed.
        """

    @abstractmethod
    def stats(self) -> PoolStats:
        """Counted from lists; nothing is asked of the server."""

    @abstractmethod
    async def close(self, timeout: float) -> None:  # noqa: ASYNC109
        """Close all; those still in use after ``timeout`` seconds are terminated."""


class OwnPool(Pool):
    """Hands out the connection that was given back last, without a task and, if one is free, without waiting.

    Whoever waits is served in turn. ``connect`` makes a connection within a time of its own. One that is
    closed, or older than Settings(max_lifetime=), is replaced; one that was idle for
    Settings(max_idle_time=) is closed, as long as ``min_size`` remain.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[Driver]], settings: Settings, telemetry: Telemetry
    ) -> None:
        super().__init__(telemetry)
        self._loop = asyncio.get_running_loop()
        self._connect = connect
        self._settings = settings
        self._idle: list[Driver] = []
        self._in_use: set[Driver] = set()
        self._connecting = 0
        self._waiters: deque[asyncio.Future[Driver | None]] = deque()
        self._closed = False
        self._emptied: asyncio.Future[None] | None = None
        self._reaper: asyncio.TimerHandle | None = None
        self._reap()

    async def fill(self) -> None:
        """Open the connections that are always there; should one fail, none remains."""
        try:
            drivers = [await self._make() for _ in range(self._settings.min_size)]
        except BaseException:
            await self.close(0)
            raise
        for driver in drivers:
            self._put(driver)

    def _idle_one(self) -> Driver | None:
        now = None
        while self._idle and not self._closed:
            driver = self._idle.pop()
            if not driver.is_closed():
                now = now or monotonic()
                if now - driver.made_at < self._settings.max_lifetime:
                    self._in_use.add(driver)
                    return driver
            terminate(driver)
        return None

    async def _take(self) -> Driver:
        while True:
            if self._closed:
                raise asyncpg.InterfaceError("the pool is closed")
            if (driver := self._idle_one()) is not None:
                return driver
            if self._has_room():
                return await self._make()
            waiter: asyncio.Future[Driver | None] = self._loop.create_future()
            self._waiters.append(waiter)
            try:
                handed = await waiter
            except asyncio.CancelledError:
                if waiter.done() and not waiter.cancelled():
                    self._pass_on(waiter.result())
                raise
            if handed is not None:
                return handed

    async def _make(self) -> Driver:
        self._connecting += 1
        driver = None
        try:
            driver = await self._connect()
        finally:
            self._connecting -= 1
            if driver is None:
                self._pass_on(None)
        if self._closed:
            terminate(driver)
            raise asyncpg.InterfaceError("the pool is closed")
        driver.made_at = monotonic()
        self._in_use.add(driver)
        return driver

    def _has_room(self) -> bool:
        return self._connecting + len(self._in_use) + len(self._idle) < self._settings.max_size

    async def give_back(self, driver: Any, timeout: float, *, idle: bool = True) -> None:  # noqa: ASYNC109
        """At once."""
        if not idle:
            terminate(driver)
        self._put(driver)

    async def let_go(self) -> None:
        """At once."""
        for driver in self._idle:
            terminate(driver)
        for driver in self._in_use:
            driver.made_at = LONG_AGO

    def _put(self, driver: Driver) -> None:
        if driver.is_closed() or self._closed or driver.made_at == LONG_AGO:
            terminate(driver)
            self._in_use.discard(driver)
            self._pass_on(None)
        else:
            self._pass_on(driver)
        if self._emptied is not None and not self._in_use and not self._emptied.done():
            self._emptied.set_result(None)

    def _pass_on(self, driver: Driver | None) -> None:
        """To whoever waits longest, else to the idle ones; None is the room to make one."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(driver)
                return
        if driver is not None:
            self._in_use.discard(driver)
            driver.idle_since = monotonic()
            self._idle.append(driver)

    def _reap(self) -> None:
        """Close those that were idle too long, the one that was so the longest first."""
        late = monotonic() - self._settings.max_idle_time
        while self._idle and self._idle[0].idle_since < late and self.stats().size > self._settings.min_size:
            terminate(self._idle.pop(0))
        self._reaper = self._loop.call_later(self._settings.max_idle_time / 2, self._reap)

    def stats(self) -> PoolStats:
        """Those that are being made are in use."""
        idle, in_use = len(self._idle), len(self._in_use) + self._connecting
        return PoolStats(size=idle + in_use, idle=idle, in_use=in_use, waiting=self._waiting)

    async def close(self, timeout: float) -> None:  # noqa: ASYNC109
        """Idle ones with a word to the server, the others as they come back."""
        self._closed = True
        if self._reaper is not None:
            self._reaper.cancel()
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)
        idle, self._idle = self._idle, []
        try:
            async with asyncio.timeout(timeout):
                for driver in idle:
                    await driver.close()
                if self._in_use:
                    self._emptied = self._loop.create_future()
                    await self._emptied
        except (TimeoutError, *DRIVER_FAILURES):
            pass
        finally:
            for driver in (*idle, *self._in_use):
                terminate(driver)


class AsyncpgPool(Pool):
    """A pool of asyncpg's that the caller made; neither subclassed nor patched, and without a wire."""

    def __init__(self, pool: asyncpg.Pool[Any], telemetry: Telemetry) -> None:
        super().__init__(telemetry)
        self._pool = pool
        self._loop = pool._loop  # type: ignore[attr-defined]  # noqa: SLF001 - asyncpg's

    async def _take(self) -> Any:
        return await self._pool.acquire()

    def _has_room(self) -> bool:
        return self._pool.get_size() < self._pool.get_max_size()

    async def give_back(self, driver: Any, timeout: float, *, idle: bool = True) -> None:  # noqa: ASYNC109
        """One that was lost has left the pool by itself."""
        if not idle:
            terminate(driver)
        try:
            await self._pool.release(driver, timeout=timeout)
        except DRIVER_FAILURES:
            terminate(driver)

    async def let_go(self) -> None:
        """As asyncpg does."""
        await self._pool.expire_connections()

    def stats(self) -> PoolStats:
        """Counted from asyncpg's own lists."""
        size, idle = self._pool.get_size(), self._pool.get_idle_size()
        return PoolStats(size=size, idle=idle, in_use=size - idle, waiting=self._waiting)

    async def close(self, timeout: float) -> None:  # noqa: ASYNC109
        """As asyncpg does."""
        try:
            async with asyncio.timeout(timeout):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()
