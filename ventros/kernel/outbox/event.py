"""An event as the log gives it out, with its place in the log."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import attrs


class Position(NamedTuple):
    """A place in the log of one cluster: what is behind it is what a consumer has still to see.

    ``number`` alone is handed out before the commit. ``transaction_id`` goes before it: with the horizon of
    running transactions nothing is ever written in front of what was read. It is not below the writer's own
    id, nor below that of any transaction that was complete when the event was written: so an aggregate's
    versions are in their order. Of what came from another cluster it is 0 or less.
    """

    transaction_id: int
    number: int


START = Position(-(2**63), 0)
"""In front of all events."""


@attrs.frozen(kw_only=True)
class OutboxEvent:
    """One event of ``outbox_events``; ``payload`` is its JSON, decoded.

    ``aggregate_version`` is None for an entity without versions; ``sequence`` numbers the events of one
    aggregate version from 1, and ``last_of_version`` is the greatest of them.
    """

    position: Position
    tenant_id: str
    event_id: UUID
    event_name: str
    event_version: str
    occurred_at: datetime
    aggregate_type: str
    aggregate_id: UUID
    aggregate_version: int | None
    sequence: int
    last_of_version: bool
    correlation_id: UUID | None
    causation_id: UUID | None
    payload: dict[str, Any]

    @property
    def transaction_id(self) -> int:
        """Of the transaction that wrote it."""
        return self.position.transaction_id
