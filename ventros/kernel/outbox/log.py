"""The log of events: read from a position on, in an order in which no event can come late."""

from __future__ import annotations

from typing import Any

import msgspec

from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import invalid_row
from ventros.kernel.outbox.event import OutboxEvent, Position
from ventros.kernel.statements.kernel import statement

READ_AFTER = statement("outbox_events.read_after")


async def read_after(
    connection: Connection, position: Position, limit: int, *, payloads: bool = True
) -> list[OutboxEvent]:
    """The next events behind ``position``, at most ``limit``, oldest first; payloads are empty unless wanted.

    One statement, and so one snapshot, says which transactions are still running and which events there are.
    What a transaction wrote that is not older than the oldest of them is left for later. So a transaction
    that writes and stays open holds the log, wherever in the cluster it is. Raises MappingError for a payload
    that no Python value can be.
    """
    return [event_of(row) for row in await connection.many(READ_AFTER, *position, limit, payloads)]


def event_of(row: Any) -> OutboxEvent:
    """Of a row with the columns of ``outbox_events``, the payload as text. Raises MappingError."""
    try:
        payload = msgspec.json.decode(row["payload"] or "{}")
    except (ValueError, RecursionError) as error:
        fault = "payload holds what no Python value can be"
        raise invalid_row("outbox_events", row["event_id"], "payload", fault) from error
    return OutboxEvent(
        position=Position(row["transaction_id"], row["position"]),
        tenant_id=row["tenant_id"],
        event_id=row["event_id"],
        event_name=row["event_name"],
        event_version=row["event_version"],
        occurred_at=row["occurred_at"],
        aggregate_type=row["aggregate_type"],
        aggregate_id=row["aggregate_id"],
        aggregate_version=row["aggregate_version"],
        sequence=row["sequence"],
        last_of_version=row["last_of_version"],
        correlation_id=row["correlation_id"],
        causation_id=row["causation_id"],
        payload=payload,
    )
