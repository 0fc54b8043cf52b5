"""The log of events: read from a position on, in an order in which no event can come late."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import attrs
import msgspec

from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import invalid_row
from ventros.kernel.outbox.event import OutboxEvent, Position
from ventros.kernel.statements.kernel import statement

READ_AFTER = statement("outbox_events.read_after")
FIND_HORIZON_HOLDERS = statement("outbox_events.find_horizon_holders")


@attrs.frozen(kw_only=True)
class Holder:
    """A transaction that keeps the log from being read on: a session, or a prepared one.

    ``name`` is the session's pid, or the transaction's gid. ``state`` and ``since`` are None for who may not
    see them: of others' sessions pg_read_all_stats may.
    """

    kind: str
    name: str
    role: str
    application: str | None
    state: str | None
    since: datetime | None

    def __str__(self) -> str:
        details = [f"of {self.role}", self.application or "", self.state or ""]
        since = f", since {self.since:%Y-%m-%d %H:%M:%S}" if self.since else ""
        return f"{self.kind} {self.name} {', '.join(filter(None, details))}{since}"


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


async def find_horizon_holders(connection: Connection) -> list[Holder]:
    """Who has the oldest transaction of the cluster that still runs and has an id; nobody if none runs."""
    return [Holder(**dict(row)) for row in await connection.many(FIND_HORIZON_HOLDERS)]


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
