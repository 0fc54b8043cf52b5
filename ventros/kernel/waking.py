"""Wakes relays in other processes after a commit; only where asked for, and never in a transaction.

A NOTIFY in a business transaction makes all commits of the cluster wait for each other. So a service sends
it after its commits, from a connection of its own, at most once in 50 ms. It may be lost: relays look anyway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from ventros.kernel.connection.driver import DRIVER_FAILURES, translate_driver_error
from ventros.kernel.database import Database
from ventros.kernel.errors import ConnectionLost, VentrosError
from ventros.kernel.outcome import Outcome

CHANNEL: Final = "ventros_outbox"
PAUSE = 0.05
"""Seconds between two notifications, at least."""
_RECOVERY = 1.0
"""Seconds after a connection was lost."""


class Notifier:
    """``Telemetry(outcome=notifier.outcome)`` tells it of commits, the task :meth:`run` sends."""

    def __init__(self) -> None:
        self._written = asyncio.Event()

    def outcome(
        self, outcome: Outcome, _seconds: float, events: int, _wrote: bool, _error: BaseException | None
    ) -> None:
        """A unit of work has ended; of interest if it was committed with events."""
        if events and outcome is Outcome.COMMITTED:
            self._written.set()

    async def run(self, database: Database[Any]) -> None:
        """Until it is cancelled; it keeps one connection of the pool."""
        while True:
            try:
                async with database.connection() as connection:
                    while True:
                        await self._written.wait()
                        self._written.clear()
                        await connection.control(f"NOTIFY {CHANNEL}")
                        await asyncio.sleep(PAUSE)
            except VentrosError:
                await asyncio.sleep(_RECOVERY)


async def listen(database: Database[Any], wake: Callable[[], object]) -> None:
    """Call ``wake`` for each notification, and once at the beginning; it keeps one connection of the pool.

    Not through a pooler, which would give the connection to others. Raises ConnectionLost when it is gone,
    and what makes one impossible.
    """
    lost = asyncio.Event()
    async with database.connection() as connection:
        try:
            driver = connection.driver
            driver.add_termination_listener(lambda _driver: lost.set())
            await driver.add_listener(CHANNEL, lambda *_: wake())
        except DRIVER_FAILURES as error:
            raise translate_driver_error(error) from error
        wake()
        await lost.wait()
    raise ConnectionLost("the connection that listened for notifications is gone")
