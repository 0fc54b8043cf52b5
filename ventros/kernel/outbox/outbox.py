"""The transactional outbox: events leave with the change they tell of, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ventros.kernel.connection.connection import Call
from ventros.kernel.events import Envelope
from ventros.kernel.statements import statement

APPEND = statement("outbox_events.append")


def append(
    tenant: str,
    events: Sequence[Envelope],
    *,
    correlation_id: UUID | None = None,
    causation_id: UUID | None = None,
) -> Call:
    """What writes ``events`` in their order."""
    return Call(
        APPEND,
        [
            (
                tenant,
                correlation_id,
                causation_id,
                event.event_id,
                event.event_name,
                event.event_version,
                event.occurred_at,
                event.aggregate_type,
                event.aggregate_id,
                event.aggregate_version,
                event.sequence,
                event.payload,
            )
            for event in events
        ],
    )
