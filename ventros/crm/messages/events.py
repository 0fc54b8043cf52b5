"""What can happen to a message."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate, from_occurrence


@attrs.frozen(kw_only=True)
class MessageEvent(DomainEvent):
    """What every one of them says first."""

    message_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class MessageCreated(MessageEvent):
    event_name = "message.created"

    contact_id: UUID = from_aggregate("contact_id")
    from_me: bool = from_aggregate("from_me")
    created_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageUpdated(MessageEvent):
    """Content or links changed; ``fields`` are the names of what changed."""

    event_name = "message.updated"

    fields: tuple[str, ...]
    updated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageSent(MessageEvent):
    event_name = "message.sent"

    sent_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageDelivered(MessageEvent):
    event_name = "message.delivered"

    delivered_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageRead(MessageEvent):
    event_name = "message.read"

    read_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessagePlayed(MessageEvent):
    event_name = "message.played"

    played_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageFailed(MessageEvent):
    event_name = "message.failed"

    failure_reason: str | None
    failed_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageFromAdTracked(MessageEvent):
    """An advertisement led to this message. What the platform did not say is None."""

    event_name = "tracking.message.meta_ads"

    contact_id: UUID = from_aggregate("contact_id")
    session_id: UUID | None = from_aggregate("session_id")
    tenant_id: str = from_aggregate("tenant_id")
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
    tracked_at: datetime = from_occurrence()
