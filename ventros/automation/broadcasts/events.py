"""What can happen to a broadcast."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class BroadcastCreated(DomainEvent):
    event_name = "broadcast.created"

    broadcast_id: UUID
    tenant_id: str
    name: str
    list_id: UUID


@attrs.frozen(kw_only=True)
class BroadcastUpdated(DomainEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "broadcast.updated"

    broadcast_id: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class BroadcastScheduled(DomainEvent):
    event_name = "broadcast.scheduled"

    broadcast_id: UUID
    scheduled_for: datetime


@attrs.frozen(kw_only=True)
class BroadcastStarted(DomainEvent):
    event_name = "broadcast.started"

    broadcast_id: UUID


@attrs.frozen(kw_only=True)
class BroadcastCompleted(DomainEvent):
    event_name = "broadcast.completed"

    broadcast_id: UUID
    total_sent: int
    total_failed: int


@attrs.frozen(kw_only=True)
class BroadcastCancelled(DomainEvent):
    event_name = "broadcast.cancelled"

    broadcast_id: UUID


@attrs.frozen(kw_only=True)
class BroadcastFailed(DomainEvent):
    event_name = "broadcast.failed"

    broadcast_id: UUID
    reason: str
