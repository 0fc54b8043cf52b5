"""What a consumer has dealt with, kept with the effect, so that a second delivery has none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from ventros.kernel.connection.call import Call
from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import AlreadyProcessed, ValidationError
from ventros.kernel.statements.kernel import statement
from ventros.kernel.validators import instance_of, label

RECORD = statement("processed_events.record")
CLAIM = statement("processed_events.claim")

COMMAND: Final = "command"
"""The consumer whose events are the commands of units of work, by their ids."""


def require_consumer(name: str, field: str) -> None:
    """Raises ValidationError for a name that cannot be, or is the kernel's own."""
    if label(name, field) == COMMAND:
        raise ValidationError(f"{COMMAND} is no consumer: the kernel keeps commands under it", field)


def record(tenant: str, consumer: str, event_ids: Iterable[UUID]) -> Call:
    """What touches a row for each event that is new to ``consumer``, before anything else in the transaction.

    Waits for another transaction that is at work on the same event, and then tells by its outcome. Raises
    ValidationError for a consumer whose name cannot be, or is the kernel's own, and for what is no id.
    """
    require_consumer(consumer, "consumer")
    ids = list(event_ids)
    for event_id in ids:
        instance_of(UUID, event_id, "event_id")
    return Call(RECORD, [(tenant, consumer, event_id) for event_id in ids])


async def first_time(connection: Connection, tenant: str, consumer: str, event_id: UUID) -> bool:
    """As :meth:`ventros.kernel.transaction.unit_of_work.UnitOfWork.first_time`."""
    (recorded,) = await connection.together([record(tenant, consumer, [event_id])])
    return bool(recorded)


def claim(tenant: str, command_id: UUID) -> Call:
    """What makes a unit of work the only one of its command, from the statement on that it goes with.

    It fails where :func:`record` counts, so that nothing behind it in its message is executed.
    """
    return Call(CLAIM, ((tenant, command_id),), refusal=lambda _: AlreadyProcessed(tenant, command_id))
