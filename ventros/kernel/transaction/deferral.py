"""A cancellation that arrives while COMMIT is on its way waits until the answer is there."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Coroutine, Generator
from typing import Any


class DeferCancellation:
    """Awaited, ``work`` runs to its end in the caller's own task; a cancellation is kept until then.

    As ``asyncio.shield`` would do it, which costs a second task and with it two turns of the event loop.
    ``work`` waits for futures that nobody else cancels, and bounds its own time.
    """

    def __init__(self, work: Coroutine[Any, Any, str]) -> None:
        self.cancelled: asyncio.CancelledError | None = None
        self._work = work

    def __await__(self) -> Generator[Any, None, str]:
        while True:
            try:
                awaited = self._work.send(None)
            except StopIteration as done:
                return str(done.value)
            # A cancellation cancels the future that the task waits for: so that is never the driver's own.
            while not awaited.done():
                gate = awaited.get_loop().create_future()
                awaited.add_done_callback(functools.partial(_open, gate))
                try:
                    yield from gate
                except asyncio.CancelledError as error:
                    self.cancelled = self.cancelled or error


def _open(gate: asyncio.Future[None], _done: object) -> None:
    if not gate.done():
        gate.set_result(None)
