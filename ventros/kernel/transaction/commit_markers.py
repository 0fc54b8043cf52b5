"""Whether a unit of work was committed when its COMMIT got no answer: a row that went with it says so."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable

from ventros.kernel.connection.call import Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import (
    CommitInDoubt,
    ConnectionLost,
    OperationTimeout,
)
from ventros.kernel.outbox.outbox import asked_before
from ventros.kernel.outcome import CommitMarker
from ventros.kernel.retry import Retry
from ventros.kernel.statements.kernel import statement

ADD = statement("commit_markers.add")
PROBE = statement("commit_markers.probe")


def add(marker: CommitMarker) -> Call:
    """What writes the marker of a unit that wrote and has no event to write it with."""
    return Call(ADD, ((marker.tenant, marker.id),), refusal=asked_before)


async def probe(connection: Connection, marker: CommitMarker) -> bool:
    """Whether the marker's unit was committed.

    By inserting the marker once more, not by looking for it: an insert waits for a transaction that is still
    committing. It is kept as a tombstone: a message of the unit that is yet to arrive, or waits for a lock
    before it comes to its marker, fails on it, and the unit with it.
    """
    row = await connection.one(PROBE, marker.tenant, marker.id)
    return not row["tombstone"]


async def resolve(ask: Callable[[], Awaitable[bool]], marker: CommitMarker, deadline: float) -> bool:
    """The answer of ``ask``, which probes in a unit of its own.

    Asks until the server answers, for at most ``deadline`` seconds; then raises CommitInDoubt again.
    """
    failure: BaseException | None = None
    pauses = Retry(base=0.02, cap=0.5)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(deadline):
            for attempt in itertools.count(1):
                try:
                    return await ask()
                except (CommitInDoubt, ConnectionLost, OperationTimeout) as error:
                    failure = error
                await asyncio.sleep(pauses.pause(attempt))
    raise CommitInDoubt(marker) from failure
