"""Hands the events of one claimed queue over, one after the other, and says what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic

from ventros.kernel.outbox.deliveries import Claimed, Settlement
from ventros.kernel.outbox.event import START, OutboxEvent, Position
from ventros.kernel.retry import Retry
from ventros.relay.publisher import Destination, DestinationGone, PublisherBroken, PublishRefused
from ventros.relay.state import Counts

MARGIN = 1.0
"""Seconds of a lease beyond the time of an attempt, to say what became of it."""
PAUSES = Retry(base=0.5, cap=300.0)
"""After failures: capped, exponential, with full jitter."""
EVERYTHING = Position((1 << 63) - 1, (1 << 63) - 1)
"""Behind all events."""
LONGEST_ERROR = 500


def lease(destination: Destination) -> float:
    """Seconds for which a queue of it is claimed: two attempts, so that one can begin late."""
    return 2 * destination.timeout + MARGIN


def dropped(claimed: Claimed) -> Settlement:
    """Nobody wants what is in the queue any more."""
    return Settlement(queue=claimed.queue, token=claimed.token, delivered=EVERYTHING)


async def hand_over(
    claimed: Claimed,
    destination: Destination,
    *,
    until: float,
    stopping: Callable[[], bool],
    disable: Callable[[str], Awaitable[None]],
    broken: Callable[[PublisherBroken], None],
    counts: Counts,
) -> Settlement:
    """In their order, up to the first failure, or as long as the lease lasts, to monotonic ``until``.

    What is left is released. ``disable`` is told why, when the destination is gone, and ``broken`` of a
    publisher that is: no other failure is looked at then. Raises nothing that the publisher raises.
    """
    delivered, handed, attempts, failure, dead = START, 0, claimed.attempts, None, False
    for event in claimed.events:
        if stopping() or monotonic() + destination.timeout > until:
            break
        try:
            await _publish(event, destination, disable)
        except PublisherBroken as error:
            broken(error)
            break
        except Exception as error:  # noqa: BLE001 - whatever the publisher raises
            attempts, failure = attempts + 1, error
            dead = isinstance(error, PublishRefused) or attempts >= destination.attempts
            break
        counts.delivered += 1
        delivered, handed, attempts = event.position, handed + 1, 0
    else:
        if claimed.unreadable:
            attempts, failure, dead = attempts + 1, PublishRefused(claimed.unreadable), True
    counts.failed += failure is not None
    counts.dead += dead
    return Settlement(
        queue=claimed.queue,
        token=claimed.token,
        delivered=delivered,
        handed=handed,
        pause=PAUSES.pause(attempts) if failure and not dead else 0.0,
        attempts=attempts,
        error=_told(failure),
        dead=dead,
    )


async def _publish(
    event: OutboxEvent, destination: Destination, disable: Callable[[str], Awaitable[None]]
) -> None:
    try:
        async with asyncio.timeout(destination.timeout):
            await destination.publisher.publish(event)
    except DestinationGone as gone:
        await disable(str(gone))
        raise
    except TimeoutError as error:
        raise TimeoutError(f"no answer within {destination.timeout:g} s") from error


def _told(failure: Exception | None) -> str | None:
    """For the table, which holds no NUL."""
    if failure is None:
        return None
    text = f"{type(failure).__name__}: {failure}".replace("\x00", "").encode(errors="replace").decode()
    return text[:LONGEST_ERROR]
