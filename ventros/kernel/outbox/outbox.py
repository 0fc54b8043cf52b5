"""The transactional outbox: events leave with the change they tell of, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ventros.kernel.connection.connection import Connection
from ventros.kernel.events import Envelope
from ventros.kernel.statements import statement

APPEND = statement("outbox_events.append")


async def append(
    connection: Connection,
    tenant: str,
    events: Sequence[Envelope],
    *,
    correlation_id: UUID | None = None,
    causation_id: UUID | None = None,
    marker: UUID | None = None,
) -> None:
    """Write ``events`` in their order and, if given, the unit's marker, in one statement and round trip."""
    await connection.affected(
        APPEND,
        tenant,
        correlation_id,
        causation_id,
        [event.event_id for event in events],
        [event.event_name for event in events],
        [event.event_version for event in events],
        [event.occurred_at for event in events],
        [event.aggregate_type for event in events],
        [event.aggregate_id for event in events],
        [event.aggregate_version for event in events],
        [event.sequence for event in events],
        [event.payload for event in events],
        marker,
    )
