"""What is in the outbox, as a consumer is given it."""

from __future__ import annotations

from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from ventros import OutboxEvent
from ventros.kernel.outbox.event import Position

LOG = """
SELECT transaction_id::text::bigint, position, tenant_id, event_id, event_name, event_version, occurred_at,
       aggregate_type, aggregate_id, aggregate_version, sequence, last_of_version,
       correlation_id, causation_id, payload
  FROM outbox_events
 WHERE aggregate_id = %s
 ORDER BY position
"""


def events_of(superuser: psycopg.Connection, aggregate_id: UUID) -> list[OutboxEvent]:
    """In the order in which they were written."""
    with superuser.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(LOG, [aggregate_id]).fetchall()
    for row in rows:
        row["position"] = Position(row.pop("transaction_id"), row["position"])
    return [OutboxEvent(**row) for row in rows]
