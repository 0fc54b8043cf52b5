"""Does something at a chosen one of a task's suspension points: between a message and its answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any

import attrs


@attrs.define
class AtWait:
    """Awaits ``work``, and ``act`` the ``at``-th time that it waits, from 1, before it goes on.

    ``reached`` tells whether there was such a point.
    """

    work: Awaitable[Any]
    at: int
    act: Callable[[], Awaitable[object]]
    reached: bool = False

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self.work.__await__()
        assert isinstance(steps, Generator)
        waited, thrown = 0, None
        while True:
            try:
                future = steps.send(None) if thrown is None else steps.throw(thrown)
            except StopIteration as stop:
                return stop.value
            thrown = None
            waited += 1
            try:
                if waited == self.at:
                    self.reached = True
                    yield from self.act().__await__()
                yield future
            except BaseException as error:  # noqa: BLE001 - handed on to where it belongs
                thrown = error
