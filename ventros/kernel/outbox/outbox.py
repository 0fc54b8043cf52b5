"""The transactional outbox: events leave with the change they tell of, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ventros.kernel.connection.call import Call
from ventros.kernel.errors import AlreadyExists, TransactionRolledBack, VentrosError
from ventros.kernel.events import Envelope
from ventros.kernel.statements.kernel import statement

APPEND = statement("outbox_events.append")
APPEND_WITH_MARKER = statement("outbox_events.append_with_marker")


def asked_before(error: AlreadyExists) -> VentrosError:
    """What a tombstone in the place of its marker means for a unit; any other key is told as taken."""
    if error.table != "commit_markers":
        return error
    return TransactionRolledBack(
        "somebody asked what became of this unit of work before it was to be committed, and was told that it "
        "was rolled back; so it was"
    )


def append(
    tenant: str,
    events: Sequence[Envelope],
    *,
    correlation_id: UUID | None = None,
    causation_id: UUID | None = None,
    marker: UUID | None,
) -> list[Call]:
    """What writes ``events`` in their order, the first one with the unit's marker where it is given.

    An event that names no tenant is of ``tenant``.
    """
    rows = [
        (
            event.tenant_id or tenant,
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
            event.last_of_version,
            event.payload,
        )
        for event in events
    ]
    calls = []
    if marker is not None:
        first, *rows = rows
        calls = [Call(APPEND_WITH_MARKER, ((*first, marker),), refusal=asked_before)]
    if rows:
        calls.append(Call(APPEND, rows))
    return calls
