"""How a connection of our own is made: asyncpg's, through a wire, and proven before it is relied on."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Mapping
from typing import Any

import asyncpg

from ventros.kernel.connection.deadline import Deadline
from ventros.kernel.connection.driver import Driver, prepare_driver
from ventros.kernel.connection.wire import Answer, Loop, State, Wire

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
            fault = await _fault(driver)
            if (
                driver.is_closed()
            ):  # lost meanwhile, as anyone may be: the wire is at fault if the next is, too
                driver = await self._connect()
                fault = await _fault(driver)
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
    except Exception as error:  # noqa: BLE001 - whatever it is, there is a way without
        return f"the wire met {type(error).__name__}"
    done = State.DONE
    right = [2, False, 3, done, done, done, done, State.FAILED, State.SKIPPED, 1]
    return None if seen == right else "the wire was not answered as expected"
