"""How a connection of our own is made: asyncpg's, through a wire, and proven before it is relied on."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Mapping
from typing import Any

import asyncpg

from ventros.kernel.connection.answers import Answer, State
from ventros.kernel.connection.deadline import Deadline
from ventros.kernel.connection.driver import Driver, prepare_driver, translate_driver_error
from ventros.kernel.connection.wire import Wire
from ventros.kernel.errors import ConnectionLost

PROOF_QUERY = "SELECT 6 / $1::integer AS quotient"
"""Sent to see that the wire works; about no table."""


class Connector:
    """Makes connections with asyncpg's ``options``; through a wire if ``pipelining``.

    The first one through a wire is tried on this asyncpg and this server. Should anything be other than
    expected, all are made without, and a RuntimeWarning says so.
    """

    def __init__(self, pipelining: bool, options: Mapping[str, Any]) -> None:
        self._options = options
        self._pipelining = pipelining
        self._proven = False

    async def __call__(self) -> Driver:
        """Raises as ``asyncpg.connect`` does."""
        if self._pipelining and not self._proven:
            driver = await self._connect()
            try:
                fault = await _fault(driver)
            except BaseException:
                driver.terminate()
                raise
            if fault is None:
                self._proven = True
                return driver
            driver.terminate()
            self._pipelining = False
            warnings.warn(
                f"statements will not share round trips: {fault} (asyncpg {asyncpg.__version__})",
                RuntimeWarning,
                stacklevel=2,
            )
        return await self._connect()

    async def _connect(self) -> Driver:
        loop: Any = Loop(asyncio.get_running_loop()) if self._pipelining else None
        driver: Driver = await asyncpg.connect(**self._options, loop=loop, connection_class=Driver)
        transport = driver._transport  # type: ignore[attr-defined]  # noqa: SLF001 - asyncpg's
        driver.deadline = Deadline()
        driver.wire = transport if isinstance(transport, Wire) else None
        try:
            await prepare_driver(driver)
        except BaseException:
            driver.terminate()
            raise
        return driver


async def _fault(driver: Driver) -> str | None:
    """What the wire of a fresh connection does otherwise than expected; None when all is right."""
    wire = driver.wire
    if wire is None:
        return "asyncpg's connection does not go through the wire"
    await driver.fetch(PROOF_QUERY, 1)
    seen: list[object] = []
    try:
        async with asyncio.timeout(5):
            for divisor in (2, 0):
                began, kept, ended = Answer(), Answer(), Answer()
                wire.precede(("BEGIN",), began)
                wire.record(kept)
                await driver.fetch(PROOF_QUERY, divisor)
                wire.watch(Answer())
                wire.follow("COMMIT", ended)
                try:
                    seen.append((await driver.fetch(PROOF_QUERY, 3))[0][0])
                    seen.append(driver.is_in_transaction())
                    wire.replay(kept)
                    seen.append((await driver.fetch(PROOF_QUERY, divisor))[0][0])
                except asyncpg.DivisionByZeroError:
                    await driver.execute("ROLLBACK")
                seen += [began.state, kept.state, ended.state]
            wire.send("COMMIT")
            seen.append((await driver.fetch(PROOF_QUERY, 6))[0][0])
    except Exception as error:
        if wire.fault is None and isinstance(translate_driver_error(error), ConnectionLost):
            raise  # of which the wire is not the cause
        return f"the wire met {type(error).__name__}"
    done = State.DONE
    right = [2, False, 3, done, done, done, done, State.FAILED, State.SKIPPED, 1]
    return None if seen == right else "the wire was not answered as expected"


class Loop:
    """The running event loop, but that its connections go through a wire: for ``asyncpg.connect(loop=)``."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        # Copied, so that what asyncpg calls often costs nothing more; uvloop's print_debug_info raises.
        own = {"create_connection", "create_unix_connection", "start_tls", "print_debug_info"}
        names = (name for name in dir(loop) if not name.startswith("__") and name not in own)
        self.__dict__.update({name: getattr(loop, name) for name in names})
        self._loop = loop

    async def create_connection(self, factory: Any, *args: Any, **options: Any) -> tuple[Wire, Any]:
        """Over TCP."""
        return await self._through_wire(self._loop.create_connection, factory, *args, **options)

    async def create_unix_connection(self, factory: Any, *args: Any, **options: Any) -> tuple[Wire, Any]:
        """Over a Unix socket."""
        return await self._through_wire(self._loop.create_unix_connection, factory, *args, **options)

    async def start_tls(self, wire: Wire, _protocol: Any, context: Any, **options: Any) -> Wire:
        """Between the socket and the wire."""
        await wire.encrypt(self._loop, context, **options)
        return wire

    @staticmethod
    async def _through_wire(connect: Any, factory: Any, *args: Any, **options: Any) -> tuple[Wire, Any]:
        drivers = []

        def make() -> Wire:
            drivers.append(factory())
            return Wire(drivers[-1])

        _, wire = await connect(make, *args, **options)
        return wire, drivers[-1]
