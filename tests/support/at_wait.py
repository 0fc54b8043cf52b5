"""Does something at a chosen one of a task's suspension points, so that all of them can be tried in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import attrs


@attrs.define
class AtWait:
    """Awaits ``work``, and ``act`` the ``at``-th time that it waits, from 1, before it goes on.

    ``act`` is given the future that is waited for, None of a bare pause. ``reached`` tells whether there was
    such a point.
    """

    work: Awaitable[Any]
    at: int
    act: Callable[[asyncio.Future[Any] | None], Awaitable[object]]
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
                    yield from self.act(future).__await__()
                yield future
            except BaseException as error:  # noqa: BLE001 - handed on to where it belongs
                thrown = error


def interrupted(work: Awaitable[Any], at: int, *, late: bool = False) -> AtWait:
    """Cancels the task there; ``late`` in the very moment in which what it waits for arrives."""

    async def cancel(future: asyncio.Future[Any] | None) -> None:
        task = asyncio.current_task()
        assert task is not None
        if late and future is not None:
            future.add_done_callback(lambda _: task.cancel())
        else:
            task.cancel()

    return AtWait(work, at, cancel)
