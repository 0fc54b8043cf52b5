"""What a consumer has dealt with, kept with the effect, so that a second delivery has none."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.kernel.connection.call import Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import AlreadyProcessed
from ventros.kernel.statements.kernel import statement
from ventros.kernel.validators import require_indexable

RECORD = statement("processed_events.record")
CLAIM = statement("processed_events.claim")


async def record(connection: Connection, tenant: str, consumer: str, event_id: UUID, at: datetime) -> bool:
    """Whether the event is new to ``consumer``; to be asked before anything else in the transaction.

    Waits for another transaction that is at work on the same event, and then tells by its outcome.
    """
    require_indexable(consumer, "consumer")
    return await connection.affected(RECORD, tenant, consumer, event_id, at) == 1


def claim(tenant: str, command_id: UUID) -> Call:
    """What makes a unit of work the only one of its command, from the statement on that it goes with."""
    return Call(CLAIM, ((tenant, command_id),), refusal=lambda _: AlreadyProcessed(tenant, command_id))
