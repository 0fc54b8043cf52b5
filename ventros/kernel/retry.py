"""One rule for what is run again: a conflict, from the start, with fresh loads, never a statement re-sent."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import attrs

from ventros.kernel.errors import Conflict, ValidationError, VentrosError
from ventros.kernel.validators import attribute, seconds_or_zero, whole_number

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Retry:
    """At most ``attempts`` runs, 1 or more.

    None begins later than ``deadline`` seconds after the first one, if that is given: with 0 there is no
    second one. The pause before run n is uniform between 0 and min(``cap``, ``base`` * 2^(n-1)) seconds: full
    jitter, which keeps the losers of one race from meeting again (Brooker, "Exponential Backoff And
    Jitter", AWS Architecture Blog, 2015). Raises ValidationError with ``field``.
    """

    attempts: int = attrs.field(default=10, validator=attribute(whole_number, least=1))
    deadline: float | None = attrs.field(default=None, validator=attrs.validators.optional(seconds_or_zero))
    base: float = attrs.field(default=0.002, validator=seconds_or_zero)
    cap: float = attrs.field(default=0.25, validator=seconds_or_zero)

    def __attrs_post_init__(self) -> None:
        if self.base > self.cap:
            raise ValidationError(f"base {self.base} is more than cap {self.cap}", field="base")

    def pause(self, attempt: int) -> float:
        """Seconds to wait after the ``attempt``-th run, from 1."""
        doublings = min(attempt, 100)  # any pause has met its cap by then; a float holds none beyond 1023
        return random.uniform(0, min(self.cap, self.base * 2**doublings))  # noqa: S311 - jitter, no secret


def _is_conflict(error: VentrosError) -> bool:
    """PoolExhausted has waited long enough: to wait again is for who answers the client."""
    return isinstance(error, Conflict) and error.retryable


async def run_with_retry(
    run: Callable[[], Awaitable[T]],
    policy: Retry,
    on_conflict: Callable[[VentrosError, int], None] | None = None,
    *,
    is_retryable: Callable[[VentrosError], bool] = _is_conflict,
    on_retry: Callable[[int, float], None] | None = None,
) -> T:
    """The result of the first ``run`` that meets no conflict; the last conflict when all do.

    ``on_conflict`` is told of each conflict and of the attempt that met it, ``on_retry`` of that attempt and
    the pause after it, if another follows; ``is_retryable`` says what is a conflict.
    """
    started = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        try:
            return await run()
        except VentrosError as error:
            if not is_retryable(error):
                raise
            if on_conflict is not None:
                on_conflict(error, attempt)
            pause = policy.pause(attempt)
            late = policy.deadline is not None and time.monotonic() - started + pause >= policy.deadline
            if attempt >= policy.attempts or late:
                raise
        if on_retry is not None:
            on_retry(attempt, pause)
        await asyncio.sleep(pause)
