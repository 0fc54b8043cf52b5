"""Message: one item of a conversation; an entity, not an aggregate root, and without a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.crm.messages.events import (
    MessageCreated,
    MessageDelivered,
    MessageFailed,
    MessageFromAdTracked,
    MessagePlayed,
    MessageRead,
    MessageSent,
    MessageUpdated,
)
from ventros.kernel import validators
from ventros.kernel.aggregate import Entity, own_copy
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.events import DomainEvent
from ventros.values import MediaUrl, MessageText


class ContentType(StrEnum):
    """An unknown one raises ValidationError(field="content_type")."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"
    STICKER = "sticker"
    SYSTEM = "system"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no content type", field="content_type")

    @property
    def is_media(self) -> bool:
        return self in _MEDIA

    @property
    def is_playable(self) -> bool:
        return self in {ContentType.AUDIO, ContentType.VOICE}


_MEDIA = frozenset(
    {
        ContentType.IMAGE,
        ContentType.VIDEO,
        ContentType.AUDIO,
        ContentType.VOICE,
        ContentType.DOCUMENT,
        ContentType.STICKER,
    }
)


class MessageStatus(StrEnum):
    """In the order in which delivery moves, which messages.advance_delivery repeats.

    ``failed`` lies below ``delivered``: a message reported as delivered after all was delivered.
    An unknown one raises ValidationError(field="status").
    """

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no message status", field="status")

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {status: rank for rank, status in enumerate(MessageStatus)}


class MessageSource(StrEnum):
    """What a message was sent by. An unknown one raises ValidationError(field="source")."""

    MANUAL = "manual"
    BROADCAST = "broadcast"
    SEQUENCE = "sequence"
    TRIGGER = "trigger"
    BOT = "bot"
    SYSTEM = "system"
    WEBHOOK = "webhook"
    SCHEDULED = "scheduled"
    TEST = "test"
    HISTORY_IMPORT = "history_import"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no message source", field="source")

    @property
    def is_automated(self) -> bool:
        return self is not MessageSource.MANUAL

    @property
    def system_agent_id(self) -> UUID:
        """The reserved agent that stands for this source when no human does."""
        return _SYSTEM_AGENTS.get(self, DEFAULT_SYSTEM_AGENT)


DEFAULT_SYSTEM_AGENT = UUID("00000000-0000-0000-0000-000000000099")
_SYSTEM_AGENTS = {
    MessageSource.BROADCAST: UUID("00000000-0000-0000-0000-000000000001"),
    MessageSource.SEQUENCE: UUID("00000000-0000-0000-0000-000000000002"),
    MessageSource.TRIGGER: UUID("00000000-0000-0000-0000-000000000003"),
    MessageSource.WEBHOOK: UUID("00000000-0000-0000-0000-000000000004"),
    MessageSource.SCHEDULED: UUID("00000000-0000-0000-0000-000000000005"),
    MessageSource.TEST: UUID("00000000-0000-0000-0000-000000000010"),
}


@attrs.frozen(kw_only=True)
class Message(Entity):
    """Written once, then touched by delivery reports and by linking.

    Stricter than the older system: tenant, channel and time are required, text and media are checked,
    and a delivery report that is not further along than what is known changes nothing.
    """

    resource = "message"

    tenant_id: str = attrs.field(validator=validators.tenant)
    timestamp: datetime = attrs.field(validator=validators.aware)
    user_id: UUID = attrs.field(validator=validators.not_nil)
    project_id: UUID = attrs.field(validator=validators.not_nil)
    contact_id: UUID = attrs.field(validator=validators.not_nil)
    channel_id: UUID = attrs.field(validator=validators.not_nil)
    channel_type_id: int | None = None
    chat_id: UUID | None = None
    session_id: UUID | None = None
    from_me: bool
    content_type: ContentType
    text: MessageText | None = None
    media_url: MediaUrl | None = None
    media_mimetype: str | None = None
    channel_message_id: str | None = None
    reply_to_id: UUID | None = None
    status: MessageStatus = MessageStatus.SENT
    language: str | None = None
    agent_id: UUID | None = None
    source: MessageSource = MessageSource.MANUAL
    metadata: dict[str, Any] = attrs.field(factory=dict, converter=own_copy, hash=False)
    mentions: tuple[str, ...] = ()
    delivered_at: datetime | None = None
    read_at: datetime | None = None
    played_at: datetime | None = None
    deleted_at: datetime | None = None

    @classmethod
    def create(
        cls,
        *,
        tenant_id: str,
        user_id: UUID,
        project_id: UUID,
        contact_id: UUID,
        channel_id: UUID,
        content_type: ContentType,
        from_me: bool,
        timestamp: datetime,
        channel_type_id: int | None = None,
        session_id: UUID | None = None,
        channel_message_id: str | None = None,
        text: str | None = None,
        media_url: str | None = None,
        media_mimetype: str | None = None,
        agent_id: UUID | None = None,
        source: MessageSource = MessageSource.MANUAL,
        mentions: Iterable[str] = (),
        metadata: Mapping[str, Any] | None = None,
    ) -> Self:
        """Raises ValidationError for nil ids, an unknown content type or source, and for a text or media
        address that is none.

        A ``text`` is kept only with content type text, media only with a media type: a caption, say,
        has no place in the row.
        """
        kind = ContentType(content_type)
        message = cls(
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            contact_id=contact_id,
            channel_id=channel_id,
            channel_type_id=channel_type_id,
            session_id=session_id,
            from_me=from_me,
            content_type=kind,
            text=MessageText(text) if text and kind is ContentType.TEXT else None,
            media_url=MediaUrl(media_url) if media_url and kind.is_media else None,
            media_mimetype=media_mimetype if media_url and kind.is_media else None,
            channel_message_id=channel_message_id or None,
            agent_id=agent_id,
            source=MessageSource(source),
            mentions=tuple(mentions),
            metadata=metadata or {},
            timestamp=timestamp,
            created_at=timestamp,
            updated_at=timestamp,
        )
        created = MessageCreated(
            **message._fact(timestamp), contact_id=contact_id, from_me=from_me, created_at=timestamp
        )
        return attrs.evolve(message, domain_events=(created,))

    @property
    def is_inbound(self) -> bool:
        return not self.from_me

    @property
    def is_outbound(self) -> bool:
        return self.from_me

    @property
    def has_media_url(self) -> bool:
        return self.media_url is not None

    @property
    def has_mentions(self) -> bool:
        return bool(self.mentions)

    @property
    def changed_fields(self) -> tuple[str, ...]:
        """What of content and links the new events tell of; delivery is not among them."""
        changed: dict[str, None] = {}
        for event in self.domain_events:
            if isinstance(event, MessageUpdated):
                changed |= dict.fromkeys(event.fields)
            elif isinstance(event, MessageFromAdTracked):
                changed["metadata"] = None
        return tuple(changed)

    def is_mentioned(self, external_id: str) -> bool:
        return external_id in self.mentions

    def set_text(self, text: str, *, now: datetime) -> Self:
        """Raises InvariantViolation unless the content type is text, ValidationError for a bad text."""
        if self.content_type is not ContentType.TEXT:
            raise InvariantViolation(f"a {self.content_type} message holds no text")
        return self._set(now, text=MessageText(text))

    def set_media_content(self, url: str, mimetype: str | None, *, now: datetime) -> Self:
        """Raises InvariantViolation unless the content type is a media type."""
        if not self.content_type.is_media:
            raise InvariantViolation(f"a {self.content_type} message holds no media")
        return self._set(now, media_url=MediaUrl(url), media_mimetype=mimetype)

    def assign_to_channel(self, channel_id: UUID, channel_type_id: int | None, *, now: datetime) -> Self:
        return self._set(now, channel_id=channel_id, channel_type_id=channel_type_id)

    def set_channel_id(self, channel_id: UUID, *, now: datetime) -> Self:
        return self._set(now, channel_id=channel_id)

    def assign_to_session(self, session_id: UUID, *, now: datetime) -> Self:
        return self._set(now, session_id=session_id)

    def assign_agent(self, agent_id: UUID, *, now: datetime) -> Self:
        """Raises ValidationError for the nil id."""
        if agent_id.int == 0:
            raise ValidationError("agent_id must not be the nil UUID", field="agent_id")
        return self._set(now, agent_id=agent_id)

    def set_channel_message_id(self, channel_message_id: str, *, now: datetime) -> Self:
        """Raises ValidationError when it is empty."""
        if not channel_message_id:
            raise ValidationError("channel_message_id must not be empty", field="channel_message_id")
        return self._set(now, channel_message_id=channel_message_id)

    def set_source(self, source: MessageSource, *, now: datetime) -> Self:
        """Raises ValidationError for an unknown source."""
        return self._set(now, source=MessageSource(source))

    def set_mentions(self, mentions: Iterable[str] | None, *, now: datetime) -> Self:
        return self._set(now, mentions=tuple(mentions or ()))

    def track_ad(self, tracking: Mapping[str, str], *, now: datetime) -> Self:
        """Keep under ``metadata["tracking"]`` what the platform says of the advertisement, and tell of it.

        ``tracking`` has the payload's names as keys; others are kept in the metadata only.
        """
        if not tracking or self.metadata.get("tracking") == dict(tracking):
            return self
        known: dict[str, Any] = {field: tracking.get(field) for field in AD_TRACKING_FIELDS}
        tracked = MessageFromAdTracked(
            **self._fact(now),
            **known,
            contact_id=self.contact_id,
            session_id=self.session_id,
            tenant_id=self.tenant_id,
            tracked_at=now,
        )
        return self._changed(now, tracked, metadata={**self.metadata, "tracking": dict(tracking)})

    def mark_as_sent(self, *, at: datetime) -> Self:
        return self._advance(MessageStatus.SENT, at, MessageSent(**self._fact(at), sent_at=at))

    def mark_as_delivered(self, *, at: datetime) -> Self:
        event = MessageDelivered(**self._fact(at), delivered_at=at)
        return self._advance(MessageStatus.DELIVERED, at, event, delivered_at=self.delivered_at or at)

    def mark_as_read(self, *, at: datetime) -> Self:
        event = MessageRead(**self._fact(at), read_at=at)
        return self._advance(MessageStatus.READ, at, event, read_at=self.read_at or at)

    def mark_as_played(self, *, at: datetime) -> Self:
        """Raises InvariantViolation unless the content type is audio or voice."""
        if not self.content_type.is_playable:
            raise InvariantViolation(f"a {self.content_type} message cannot be played")
        event = MessagePlayed(**self._fact(at), played_at=at)
        return self._advance(MessageStatus.PLAYED, at, event, played_at=self.played_at or at)

    def mark_as_failed(self, *, at: datetime, reason: str | None = None) -> Self:
        event = MessageFailed(**self._fact(at), failure_reason=reason, failed_at=at)
        return self._advance(MessageStatus.FAILED, at, event)

    def _advance(self, status: MessageStatus, at: datetime, event: DomainEvent, **stamps: datetime) -> Self:
        if status.rank <= self.status.rank:
            return self
        return self._changed(at, event, status=status, **stamps)

    def _set(self, now: datetime, **changes: Any) -> Self:
        changed = tuple(field for field, value in changes.items() if getattr(self, field) != value)
        if not changed:
            return self
        return self._changed(
            now, MessageUpdated(**self._fact(now), fields=changed, updated_at=now), **changes
        )

    def _fact(self, now: datetime) -> dict[str, Any]:
        """What each of its events says first."""
        return {"occurred_at": now, "message_id": self.id}


AD_TRACKING_FIELDS = (
    "conversion_source",
    "conversion_app",
    "conversion_data",
    "external_source",
    "external_medium",
    "ad_source_type",
    "ad_source_id",
    "ad_source_app",
    "ad_source_url",
    "ctwa_click_id",
)
