"""Cancels a task at a chosen one of its suspension points, so that all of them can be tried in turn."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Generator
from typing import Any

import attrs


@attrs.define
class Interrupted:
    """Awaits ``work`` and cancels the task the ``at``-th time that it waits, from 1.

    ``late`` cancels in the very moment in which what it waits for arrives. ``reached`` tells whether there
    was such a point.
    """

    work: Awaitable[Any]
    at: int
    late: bool = False
    reached: bool = False

    def __await__(self) -> Generator[Any, Any, Any]:
        task = asyncio.current_task()
        assert task is not None
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
            if waited == self.at:
                self.reached = True
                if self.late and future is not None:
                    future.add_done_callback(lambda _: task.cancel())
                else:
                    task.cancel()
            try:
                yield future
            except BaseException as error:  # noqa: BLE001 - handed on to where it belongs
                thrown = error
