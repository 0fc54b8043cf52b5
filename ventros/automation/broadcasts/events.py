"""What can happen to a broadcast."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate


@attrs.frozen(kw_only=True)
class BroadcastEvent(DomainEvent):
    """What every one of them says first."""

    broadcast_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class BroadcastCreated(BroadcastEvent):
    event_name = "broadcast.created"

    tenant_id: str = from_aggregate("tenant_id")
    name: str = from_aggregate("name")
    list_id: UUID = from_aggregate("list_id")


@attrs.frozen(kw_only=True)
class BroadcastUpdated(BroadcastEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "broadcast.updated"

    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class BroadcastScheduled(BroadcastEvent):
    event_name = "broadcast.scheduled"

    scheduled_for: datetime


@attrs.frozen(kw_only=True)
class BroadcastStarted(BroadcastEvent):
    event_name = "broadcast.started"


@attrs.frozen(kw_only=True)
class BroadcastCompleted(BroadcastEvent):
    event_name = "broadcast.completed"

    total_sent: int
    total_failed: int


@attrs.frozen(kw_only=True)
class BroadcastCancelled(BroadcastEvent):
    event_name = "broadcast.cancelled"


@attrs.frozen(kw_only=True)
class BroadcastFailed(BroadcastEvent):
    event_name = "broadcast.failed"

    reason: str
