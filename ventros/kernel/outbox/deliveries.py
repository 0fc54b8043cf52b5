"""What is to be delivered where: a queue to each destination and aggregate, claimed as a whole for some time.

Whoever claims a queue gets its oldest deliveries, hands them over outside of any transaction, and says what
became of them. The claim's token fences it: once another has claimed the queue, the first is heard no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import attrs

from ventros.kernel.connection.call import Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import MappingError, NotFound
from ventros.kernel.ids import new_id
from ventros.kernel.outbox.event import START, OutboxEvent, Position
from ventros.kernel.outbox.log import event_of
from ventros.kernel.statements.kernel import statement

ADD_QUEUES = statement("outbox_queues.add")
DUE = statement("outbox_queues.due")
FIND_TENANTS = statement("outbox_queues.find_tenants")
CLAIM = statement("outbox_queues.claim")
HOLD = statement("outbox_queues.hold")
REMOVE_DONE = statement("outbox_queues.remove_done")
RELEASE = statement("outbox_queues.release")
STATUS = statement("outbox_queues.status")
DEAD = statement("outbox_queues.dead")
LOCK_DEAD = statement("outbox_queues.lock_dead")
ADD = statement("outbox_deliveries.add")
FIND_FIRST = statement("outbox_deliveries.find_first")
REMOVE = statement("outbox_deliveries.remove")


NOBODY = UUID(int=0)
"""The token of a decision by hand."""


class Queue(NamedTuple):
    """Names the queue of one aggregate at one destination."""

    tenant_id: str
    destination: str
    aggregate_type: str
    aggregate_id: UUID


@attrs.frozen(kw_only=True)
class Claimed:
    """A queue, for the time of a lease, with its oldest deliveries.

    ``attempts`` are the failures of the first one so far. ``unreadable`` says why there are no more events
    than these, though the queue has more: the next one is not in the log any more, or cannot be read.
    """

    queue: Queue
    token: UUID
    attempts: int
    events: tuple[OutboxEvent, ...] = ()
    unreadable: str | None = None


@attrs.frozen(kw_only=True)
class Settlement:
    """What became of a claimed queue: all up to ``delivered`` is done.

    So many were ``handed`` over. The rest can be claimed after ``pause`` seconds. ``attempts`` and ``error``
    are of the first delivery that is left; ``dead``: it was given up, and the queue waits for a hand.
    """

    queue: Queue
    token: UUID
    delivered: Position = START
    handed: int = 0
    pause: float = 0.0
    attempts: int = 0
    error: str | None = None
    dead: bool = False


@attrs.frozen(kw_only=True)
class Dead:
    """A dead letter: the oldest delivery of its queue, and how many more wait behind it.

    ``event_name`` is None for an event that is not in the log any more.
    """

    queue: Queue
    event_id: UUID
    event_name: str | None
    attempts: int
    last_error: str
    dead_at: datetime
    waiting: int


@attrs.frozen(kw_only=True)
class Waiting:
    """How many queues a destination has, and of them how many are due, claimed, failing and dead."""

    destination: str
    queues: int
    due: int
    claimed: int
    failing: int
    dead: int


async def add(connection: Connection, wanted: Iterable[tuple[OutboxEvent, str]]) -> int:
    """Store a delivery of each event to each destination, in the order of the log; how many there are."""
    rows = [(*_queue(event, destination), *event.position, event.event_id) for event, destination in wanted]
    if not rows:
        return 0
    newest = {row[:4]: row[:6] for row in rows}
    await connection.together(
        [Call(ADD_QUEUES, (_columns(newest.values()),)), Call(ADD, (_columns(rows),), expected=len(rows))]
    )
    return len(rows)


async def due(connection: Connection, kind: str) -> list[str]:
    """The destinations ``kind`` and ``kind:…`` for which something can be claimed, by name."""
    # ":" and ";" follow each other in ASCII. One destination of another kind may be between: "kind-x".
    names = [row["destination"] for row in await connection.many(DUE, kind, f"{kind};")]
    return [name for name in names if name == kind or name.startswith(f"{kind}:")]


async def tenants(connection: Connection, destinations: Collection[str]) -> dict[str, str]:
    """Whose they are, of those of ``destinations`` for which something waits; each is of one tenant."""
    return {
        row["destination"]: row["tenant_id"]
        for row in await connection.many(FIND_TENANTS, list(destinations))
    }


async def claim(
    connection: Connection, wanted: Mapping[str, tuple[int, float]], *, most: int
) -> list[Claimed]:
    """Queues of the ``wanted`` destinations, each with how many at most and for how many seconds.

    Of each queue the ``most`` oldest deliveries. To be committed before anything is handed over. They are
    read by a statement of their own, behind the one that locks: its snapshot has what the claimer before
    has removed.
    """
    token = new_id()
    arguments = _columns((name, room, float(lease)) for name, (room, lease) in wanted.items())
    rows = await connection.many(CLAIM, *arguments, token)
    claimed = {Queue(*row[:4]): Claimed(queue=Queue(*row[:4]), token=token, attempts=row[4]) for row in rows}
    events: dict[Queue, list[OutboxEvent]] = {queue: [] for queue in claimed}
    unreadable: dict[Queue, str] = {}
    for row in await connection.many(FIND_FIRST, *_columns(claimed), most) if claimed else ():
        queue = Queue(*row[:4])
        if queue in unreadable:
            continue
        try:
            if row["event_name"] is None:
                unreadable[queue] = f"event {row['event_id']} is not in the log any more"
            else:
                events[queue].append(event_of(row))
        except MappingError as error:
            unreadable[queue] = str(error)
    return [
        attrs.evolve(one, events=tuple(events[queue]), unreadable=unreadable.get(queue))
        for queue, one in claimed.items()
    ]


async def settle(connection: Connection, settlements: Sequence[Settlement]) -> list[Settlement]:
    """Say what became of queues, each claimed by its token; those of which it was still heard.

    The others were claimed by somebody else since, and nothing of them is changed. All in one transaction.
    """
    by_claim = {(*one.queue, one.token): one for one in settlements}
    held = [by_claim[tuple(row)] for row in await connection.many(HOLD, *_columns(by_claim))]
    if held:
        await _end(connection, held)
    return held


async def status(connection: Connection) -> list[Waiting]:
    """Of each destination for which something waits."""
    return [Waiting(**row) for row in await connection.many(STATUS)]


async def dead(connection: Connection, most: int) -> list[Dead]:
    """The dead letters, the oldest first."""
    return [
        Dead(
            queue=Queue(row["tenant_id"], row["destination"], row["aggregate_type"], row["aggregate_id"]),
            event_id=row["event_id"],
            event_name=row["event_name"],
            attempts=row["attempts"],
            last_error=row["last_error"],
            dead_at=row["dead_at"],
            waiting=row["waiting"],
        )
        for row in await connection.many(DEAD, most)
    ]


async def requeue(connection: Connection, destination: str | None, event_id: UUID | None) -> int:
    """Let dead deliveries be tried again, as if for the first time; how many. None stands for any.

    Raises NotFound when there is none such.
    """
    dead = await _dead(connection, destination, event_id)
    await _end(connection, [attrs.evolve(one, delivered=START) for one in dead])
    return len(dead)


async def skip(connection: Connection, destination: str | None, event_id: UUID) -> int:
    """Remove a dead delivery for good, and let what waits behind it go on; at how many destinations.

    Raises NotFound when there is none such.
    """
    dead = await _dead(connection, destination, event_id)
    await _end(connection, dead)
    return len(dead)


async def _dead(connection: Connection, destination: str | None, event_id: UUID | None) -> list[Settlement]:
    """What ends each queue that is meant with its oldest delivery, the dead one, done; they are locked."""
    rows = await connection.many(LOCK_DEAD, destination, event_id)
    if not rows:
        raise NotFound("dead delivery", event_id or destination or "")
    return [Settlement(queue=Queue(*row[:4]), token=NOBODY, delivered=Position(*row[4:])) for row in rows]


async def _end(connection: Connection, settlements: Sequence[Settlement]) -> None:
    """Of queues whose rows are locked."""
    done = _columns((*one.queue, *one.delivered) for one in settlements)
    rest = _columns((*one.queue, float(one.pause), one.attempts, one.error, one.dead) for one in settlements)
    await connection.together([Call(REMOVE, (done,)), Call(REMOVE_DONE, (done,)), Call(RELEASE, (rest,))])


def _queue(event: OutboxEvent, destination: str) -> Queue:
    return Queue(event.tenant_id, destination, event.aggregate_type, event.aggregate_id)


def _columns(rows: Iterable[tuple[Any, ...]]) -> tuple[list[Any], ...]:
    """The rows, of which there are some, as arrays: one to a column."""
    return tuple(map(list, zip(*rows, strict=True)))
