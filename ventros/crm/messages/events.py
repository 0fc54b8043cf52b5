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
    content_type: str = from_aggregate("content_type")
    chat_id: UUID | None = from_aggregate("chat_id")
    reply_to_id: UUID | None = from_aggregate("reply_to_id")
    mentions: tuple[str, ...] = from_aggregate("mentions")
    view_once: bool = from_aggregate("is_view_once")
    live_location: bool = from_aggregate("is_live_location")
    created_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageUpdated(MessageEvent):
    """Content or links changed; ``fields`` are the names of what changed."""

    event_name = "message.updated"

    fields: tuple[str, ...]
    updated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageEdited(MessageEvent):
    """The author changed the text; ``previous_text`` is what stood there before, kept here alone."""

    event_name = "message.edited"

    contact_id: UUID = from_aggregate("contact_id")
    from_me: bool = from_aggregate("from_me")
    text: str | None
    previous_text: str | None
    edited_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageRevoked(MessageEvent):
    """The author took the message back for everyone."""

    event_name = "message.revoked"

    contact_id: UUID = from_aggregate("contact_id")
    from_me: bool = from_aggregate("from_me")
    revoked_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageReacted(MessageEvent):
    """``reactor`` is the contact's id, else what the platform knows them by, or ``us``.

    An empty ``emoji`` takes the reaction back.
    """

    event_name = "message.reacted"

    reactor: str
    reactor_contact_id: UUID | None
    emoji: str
    reacted_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessagePollVoted(MessageEvent):
    """``voter`` as in :class:`MessageReacted`; ``options`` are all that stand now."""

    event_name = "message.poll_voted"

    voter: str
    voter_contact_id: UUID | None
    options: tuple[str, ...]
    voted_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageSendRequested(MessageEvent):
    """The message is queued: somebody is to hand it to the platform."""

    event_name = "message.send_requested"

    contact_id: UUID = from_aggregate("contact_id")
    channel_id: UUID = from_aggregate("channel_id")
    requested_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class MessageResent(MessageEvent):
    """The message is handed to the platform once more, and what became of the last time is not known.

    So the contact may get it twice. ``attempt`` counts from 1.
    """

    event_name = "message.resent"

    attempt: int
    resent_at: datetime = from_occurrence()


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
