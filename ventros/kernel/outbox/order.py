"""The events of an aggregate in their order, for a consumer that asked for it: what is due next is stored."""

from __future__ import annotations

from typing import NamedTuple

from ventros.kernel.connection.call import Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import AlreadyExists, Conflict, EventGap
from ventros.kernel.outbox.event import OutboxEvent
from ventros.kernel.statements.kernel import statement

HOLD = statement("expected_events.hold")
ADD = statement("expected_events.add")
MOVE = statement("expected_events.move")


class Place(NamedTuple):
    """Of an event among those of its aggregate."""

    version: int
    sequence: int


FIRST = Place(1, 1)


async def take_turn(
    connection: Connection, consumer: str, event: OutboxEvent, *, joins_late: bool, past_gap: bool
) -> bool:
    """Whether it is the event's turn, and then what is due after it is stored; False of one that is late.

    An event of an entity without versions has no order: it is always its turn. Holds the consumer's place
    with the aggregate until the end of the transaction. Raises EventGap for an event before its turn,
    unless what is missing is to be passed over, or the consumer, which ``joins_late``, sees the aggregate for
    the first time; Conflict when it lost to another event of the aggregate.
    """
    if event.aggregate_version is None:
        return True
    got = Place(event.aggregate_version, event.sequence)
    key = (event.tenant_id, consumer, event.aggregate_type, event.aggregate_id)
    row = await connection.maybe(HOLD, *key)
    expected = FIRST if row is None else Place(row["aggregate_version"], row["sequence"])
    if got < expected:
        return False
    if got > expected and not past_gap and not (joins_late and row is None):
        raise EventGap(consumer, f"{event.aggregate_type} {event.aggregate_id}", expected, got)
    after = Place(got.version + 1, 1) if event.last_of_version else Place(got.version, got.sequence + 1)
    await connection.together([Call(ADD if row is None else MOVE, ((*key, *after),), 1, refusal=_lost)])
    return True


def _lost(_: AlreadyExists) -> Conflict:
    return Conflict("another event of the aggregate was the first that this consumer dealt with")
