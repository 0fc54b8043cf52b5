"""One rule for what is run again: a conflict, from the start, with fresh loads, never a statement re-sent."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import attrs

from ventros.kernel.errors import VentrosError

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Retry:
    """At most ``attempts`` runs, within ``deadline`` seconds of the first when one is given.

    The pause before run n is uniform between 0 and min(``cap``, ``base`` * 2^(n-1)) seconds: full
    jitter, which keeps the losers of one race from meeting again (Brooker, "Exponential Backoff And
    Jitter", AWS Architecture Blog, 2015).
    """

    attempts: int = attrs.field(default=10, validator=attrs.validators.ge(1))
    deadline: float | None = None
    base: float = 0.002
    cap: float = 0.25

    def pause(self, attempt: int) -> float:
        """Seconds to wait after the ``attempt``-th run, from 1."""
        return random.uniform(0, min(self.cap, self.base * 2**attempt))  # noqa: S311 - jitter, no secret


def _retryable(error: VentrosError) -> bool:
    return error.retryable


async def retrying(
    run: Callable[[], Awaitable[T]],
    rule: Retry,
    on_conflict: Callable[[VentrosError, int], None] | None = None,
    *,
    again: Callable[[VentrosError], bool] = _retryable,
) -> T:
    """The result of the first ``run`` that meets no conflict; the last conflict when all do.

    ``on_conflict`` is told of each conflict and of the attempt that met it; ``again`` says what is one.
    """
    started = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        try:
            return await run()
        except VentrosError as error:
            if not again(error):
                raise
            if on_conflict is not None:
                on_conflict(error, attempt)
            pause = rule.pause(attempt)
            late = rule.deadline is not None and time.monotonic() - started + pause > rule.deadline
            if attempt >= rule.attempts or late:
                raise
        await asyncio.sleep(pause)
