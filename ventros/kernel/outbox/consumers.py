"""Who reads the log, and how far: a position moves in the transaction that deals with the events."""

from __future__ import annotations

from datetime import datetime

import attrs

from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import NotFound, PositionOfAnotherCluster
from ventros.kernel.outbox.event import START, Position
from ventros.kernel.statements.kernel import statement
from ventros.kernel.validators import label

REGISTER = statement("outbox_consumers.register")
TAKE = statement("outbox_consumers.take")
MOVE = statement("outbox_consumers.move")
FORGET = statement("outbox_consumers.forget")
LIST = statement("outbox_consumers.list")


@attrs.frozen(kw_only=True)
class Consumer:
    """How far a consumer is; ``oldest_unread`` is when the next event for it took place, None without one.

    ``unread`` counts also what is held back by a transaction that still runs.
    """

    name: str
    position: Position
    foreign_cluster: bool
    registered_at: datetime
    moved_at: datetime
    unread: int
    oldest_unread: datetime | None


async def register(connection: Connection, name: str, position: Position = START) -> bool:
    """Whether the consumer is new: it will see what is behind ``position``. Else it stays where it is."""
    return await connection.affected(REGISTER, label(name, "consumer"), *position) == 1


async def take(connection: Connection, name: str) -> Position | None:
    """The consumer's position, until the end of the transaction for nobody else; None while another has it.

    None too when it is not registered. Raises PositionOfAnotherCluster when the database was restored into
    another cluster since.
    """
    row = await connection.maybe(TAKE, name)
    if row is None:
        return None
    if row["system_identifier"] != row["present_identifier"]:
        raise PositionOfAnotherCluster(
            f"consumer {name} is at a position of cluster {row['system_identifier']}, and this is cluster "
            f"{row['present_identifier']}, where transaction ids begin anew: ventros outbox rebase"
        )
    return Position(row["transaction_id"], row["position"])


async def move(connection: Connection, name: str, position: Position) -> None:
    """The consumer has dealt with all up to ``position``. Raises NotFound when it was forgotten."""
    if await connection.affected(MOVE, name, *position) != 1:
        raise NotFound("consumer", name)


async def forget(connection: Connection, name: str) -> None:
    """The consumer is no more: nothing is kept for it. Raises NotFound when it is not registered."""
    if await connection.affected(FORGET, name) != 1:
        raise NotFound("consumer", name)


async def listed(connection: Connection) -> list[Consumer]:
    """All of them, by name."""
    return [
        Consumer(
            name=row["name"],
            position=Position(row["transaction_id"], row["position"]),
            foreign_cluster=row["foreign_cluster"],
            registered_at=row["registered_at"],
            moved_at=row["moved_at"],
            unread=row["unread"],
            oldest_unread=row["oldest_unread"],
        )
        for row in await connection.many(LIST)
    ]
