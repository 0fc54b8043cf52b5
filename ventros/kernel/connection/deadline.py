"""A bound on each statement that costs no timer of its own."""

from __future__ import annotations

import asyncio
from typing import Any


class Deadline:
    """Cancels the task that waits past its time, as ``asyncio.timeout`` does.

    One timer serves all statements of a connection, one after the other: when it goes off it looks whether a
    later time has been set since, and if so is set again. asyncpg's own ``timeout=`` makes and drops a timer
    for each.
    """

    __slots__ = ("_at", "_cancelling", "_loop", "_task", "_timer", "expired")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[Any] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._at = 0.0
        self._cancelling = 0
        self.expired = False

    def start(self, seconds: float) -> None:
        """From now on, for the current task."""
        self._task = task = asyncio.current_task(self._loop)
        self._cancelling = task.cancelling() if task is not None else 0
        self.expired = False
        self._at = self._loop.time() + seconds
        if self._timer is None:
            self._timer = self._loop.call_at(self._at, self._look)
        elif self._timer.when() > self._at:
            self._timer.cancel()
            self._timer = self._loop.call_at(self._at, self._look)

    def stop(self) -> None:
        """The answer is there."""
        self._task = None

    def turns_into_timeout(self) -> bool:
        """Whether a cancellation that was met is the deadline's alone; then it counts as dealt with."""
        task, self._task = self._task, None
        return self.expired and task is not None and task.uncancel() <= self._cancelling

    def close(self) -> None:
        """For good."""
        self._task = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self._task is None:
            return
        if self._loop.time() < self._at:
            self._timer = self._loop.call_at(self._at, self._look)
            return
        self.expired = True
        self._task.cancel()
