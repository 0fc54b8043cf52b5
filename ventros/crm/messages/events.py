"""What can happen to a message."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class MessageCreated(DomainEvent):
    event_name = "message.created"

    message_id: UUID
    contact_id: UUID
    from_me: bool
    created_at: datetime


@attrs.frozen(kw_only=True)
class MessageUpdated(DomainEvent):
    """Content or links changed; ``fields`` are the names of what changed."""

    event_name = "message.updated"

    message_id: UUID
    fields: tuple[str, ...]
    updated_at: datetime


@attrs.frozen(kw_only=True)
class MessageSent(DomainEvent):
    event_name = "message.sent"

    message_id: UUID
    sent_at: datetime


@attrs.frozen(kw_only=True)
class MessageDelivered(DomainEvent):
    event_name = "message.delivered"

    message_id: UUID
    delivered_at: datetime


@attrs.frozen(kw_only=True)
class MessageRead(DomainEvent):
    event_name = "message.read"

    message_id: UUID
    read_at: datetime


@attrs.frozen(kw_only=True)
class MessagePlayed(DomainEvent):
    event_name = "message.played"

    message_id: UUID
    played_at: datetime


@attrs.frozen(kw_only=True)
class MessageFailed(DomainEvent):
    event_name = "message.failed"

    message_id: UUID
    failure_reason: str | None
    failed_at: datetime


@attrs.frozen(kw_only=True)
class MessageFromAdTracked(DomainEvent):
    """An advertisement led to this message. What the platform did not say is None."""

    event_name = "tracking.message.meta_ads"

    message_id: UUID
    contact_id: UUID
    session_id: UUID | None
    tenant_id: str
    conversion_source: str | None
    conversion_app: str | None
    conversion_data: str | None
    external_source: str | None
    external_medium: str | None
    ad_source_type: str | None
    ad_source_id: str | None
    ad_source_app: str | None
    ad_source_url: str | None
    ctwa_click_id: str | None
    tracked_at: datetime
