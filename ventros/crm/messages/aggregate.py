"""Message: one item of a conversation; an entity, not an aggregate root, and without a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.crm.messages.answers import Respondent, answered, require_emoji, require_options
from ventros.crm.messages.events import (
    MessageCreated,
    MessageDelivered,
    MessageEdited,
    MessageFailed,
    MessageFromAdTracked,
    MessagePlayed,
    MessagePollVoted,
    MessageReacted,
    MessageRead,
    MessageResent,
    MessageRevoked,
    MessageSendRequested,
    MessageSent,
    MessageUpdated,
)
from ventros.crm.messages.values import ContentType, MessageSource, MessageStatus
from ventros.kernel import validators
from ventros.kernel.aggregate import Entity
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.events import DomainEvent
from ventros.kernel.json_values import json_object
from ventros.values import MediaUrl, MessageText, settled, to_json

_WRITTEN_BY: dict[type[DomainEvent], tuple[str, ...]] = {
    MessageEdited: ("text", "edited_at"),
    MessageRevoked: ("revoked_at",),
    MessageReacted: ("metadata",),
    MessagePollVoted: ("metadata",),
    MessageResent: ("metadata",),
    MessageFromAdTracked: ("metadata",),
}
"""What an event changes that does not list it itself."""


@attrs.frozen(kw_only=True, slots=False)
class Message(Entity):
    """Written once, then touched by its author, by reactions and votes, by delivery reports and by linking.

    ``text`` stands with any content type: it is the caption of a medium, too. A revoked message keeps what
    it said; ``revoked_at`` tells not to show it. Stricter than the older system: tenant, channel and time are
    required, text and media are checked, and a delivery report that is not further along than what is known
    changes nothing.
    """

    resource = "message"
    created_event = MessageCreated
    updated_event = MessageUpdated

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
    channel_message_id: str | None = attrs.field(default=None, validator=validators.indexed)
    reply_to_id: UUID | None = None
    status: MessageStatus = MessageStatus.SENT
    language: str | None = None
    agent_id: UUID | None = attrs.field(default=None, validator=attrs.validators.optional(validators.not_nil))
    source: MessageSource = MessageSource.MANUAL
    metadata: dict[str, Any] = json_object()
    mentions: tuple[str, ...] = attrs.field(default=(), validator=validators.texts)
    delivered_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    read_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    played_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    edited_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    revoked_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

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
        chat_id: UUID | None = None,
        session_id: UUID | None = None,
        channel_message_id: str | None = None,
        reply_to_id: UUID | None = None,
        text: str | None = None,
        media_url: str | None = None,
        media_mimetype: str | None = None,
        agent_id: UUID | None = None,
        source: MessageSource = MessageSource.MANUAL,
        mentions: Iterable[str] = (),
        metadata: Mapping[str, Any] | None = None,
        edited_at: datetime | None = None,
    ) -> Self:
        """Raises ValidationError for nil ids, an unknown content type or source, and for a text or media
        address that is none. Media are kept only with a media type.
        """
        kind = ContentType(content_type)
        message = cls(
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            contact_id=contact_id,
            channel_id=channel_id,
            channel_type_id=channel_type_id,
            chat_id=chat_id,
            session_id=session_id,
            from_me=from_me,
            content_type=kind,
            text=MessageText(text) if text else None,
            media_url=MediaUrl(media_url) if media_url and kind.is_media else None,
            media_mimetype=media_mimetype if media_url and kind.is_media else None,
            channel_message_id=channel_message_id or None,
            reply_to_id=reply_to_id,
            agent_id=agent_id,
            source=MessageSource(source),
            mentions=tuple(mentions),
            metadata=dict(metadata or {}),
            timestamp=timestamp,
            edited_at=edited_at,
            created_at=timestamp,
            updated_at=timestamp,
        )
        return message.record_creation(MessageCreated())

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
    def is_view_once(self) -> bool:
        return self.metadata.get("view_once") is True

    @property
    def is_live_location(self) -> bool:
        return self.metadata.get("live_location") is True

    @property
    def may_have_been_sent_twice(self) -> bool:
        return "resent" in self.metadata

    @property
    def changed_fields(self) -> tuple[str, ...]:
        """What of content and links the new events tell of; delivery is not among them."""
        changed: dict[str, None] = {}
        for event in self.domain_events:
            if isinstance(event, MessageUpdated):
                changed |= dict.fromkeys(event.fields)
            else:
                changed |= dict.fromkeys(_WRITTEN_BY.get(type(event), ()))
        return tuple(changed)

    def is_mentioned(self, external_id: str) -> bool:
        return external_id in self.mentions

    def set_text(self, text: str, *, now: datetime) -> Self:
        """Raises ValidationError for a bad text."""
        return self.record_update(now, text=MessageText(text))

    def edit(self, text: str, *, now: datetime) -> Self:
        """The author's change of the text; an empty one takes a caption away.

        One older than the last changes nothing, nor does any after a revocation. Raises ValidationError for a
        bad text, as an empty one is of a text message.
        """
        if self.revoked_at is not None or (self.edited_at is not None and now < self.edited_at):
            return self
        edited = MessageText(text) if text or self.content_type is ContentType.TEXT else None
        if edited == self.text:
            return self
        event = MessageEdited(
            text=None if edited is None else edited.value,
            previous_text=None if self.text is None else self.text.value,
        )
        return self.record_change(now, event, text=edited, edited_at=now)

    def revoke(self, *, now: datetime) -> Self:
        """Terminal for the text."""
        return (
            self if self.revoked_at is not None else self.record_change(now, MessageRevoked(), revoked_at=now)
        )

    def react(self, respondent: Respondent, emoji: str, *, now: datetime) -> Self:
        """The respondent's reaction, under ``metadata["reactions"]``; empty takes it back."""
        require_emoji(emoji)
        event = MessageReacted(reactor=respondent.key, reactor_contact_id=respondent.contact_id, emoji=emoji)
        return self._answered(now, event, "reactions", respondent, {"emoji": emoji})

    def vote(self, respondent: Respondent, options: Iterable[str], *, now: datetime) -> Self:
        """The respondent's vote, under ``metadata["poll_votes"]``: all options that stand now."""
        chosen = tuple(options)
        require_options(chosen)
        event = MessagePollVoted(voter=respondent.key, voter_contact_id=respondent.contact_id, options=chosen)
        return self._answered(now, event, "poll_votes", respondent, {"options": list(chosen)})

    def _answered(
        self, now: datetime, event: DomainEvent, name: str, respondent: Respondent, answer: dict[str, Any]
    ) -> Self:
        answers = answered(self.metadata.get(name, {}), respondent, answer, now)
        if answers is None:
            return self
        return self.record_change(now, event, metadata={**self.metadata, name: answers})

    def set_media(self, url: str, mimetype: str | None, *, now: datetime) -> Self:
        """Raises InvariantViolation unless the content type is a media type."""
        if not self.content_type.is_media:
            raise InvariantViolation(f"a {self.content_type} message holds no media")
        return self.record_update(now, media_url=MediaUrl(url), media_mimetype=mimetype)

    def set_channel(self, channel_id: UUID, channel_type_id: int | None, *, now: datetime) -> Self:
        return self.record_update(now, channel_id=channel_id, channel_type_id=channel_type_id)

    def set_session(self, session_id: UUID, *, now: datetime) -> Self:
        return self.record_update(now, session_id=session_id)

    def assign_agent(self, agent_id: UUID, *, now: datetime) -> Self:
        """Raises ValidationError for the nil id."""
        return self.record_update(now, agent_id=agent_id)

    def set_channel_message_id(self, channel_message_id: str, *, now: datetime) -> Self:
        """Raises ValidationError when it is empty."""
        if not channel_message_id:
            raise ValidationError("channel_message_id must not be empty", field="channel_message_id")
        return self.record_update(now, channel_message_id=channel_message_id)

    def set_source(self, source: MessageSource, *, now: datetime) -> Self:
        """Raises ValidationError for an unknown source."""
        return self.record_update(now, source=MessageSource(source))

    def set_mentions(self, mentions: Iterable[str] | None, *, now: datetime) -> Self:
        return self.record_update(now, mentions=tuple(mentions or ()))

    def track_ad(self, tracking: Mapping[str, str], *, now: datetime) -> Self:
        """Keep under ``metadata["tracking"]`` what the platform says of the advertisement, and tell of it.

        ``tracking`` has the event's names as keys; others are kept in the metadata only.
        """
        if not tracking or self.metadata.get("tracking") == dict(tracking):
            return self
        tracked = MessageFromAdTracked(
            conversion_source=tracking.get("conversion_source"),
            conversion_app=tracking.get("conversion_app"),
            conversion_data=tracking.get("conversion_data"),
            external_source=tracking.get("external_source"),
            external_medium=tracking.get("external_medium"),
            ad_source_type=tracking.get("ad_source_type"),
            ad_source_id=tracking.get("ad_source_id"),
            ad_source_app=tracking.get("ad_source_app"),
            ad_source_url=tracking.get("ad_source_url"),
            ctwa_click_id=tracking.get("ctwa_click_id"),
        )
        return self.record_change(now, tracked, metadata={**self.metadata, "tracking": dict(tracking)})

    def request_send(self, *, now: datetime) -> Self:
        """A new own message waits to be handed to the platform. Raises InvariantViolation for another."""
        if not self.from_me or self.channel_message_id is not None:
            raise InvariantViolation(f"message {self.id} came from the platform: there is nothing to send")
        return self.record_change(now, MessageSendRequested(), status=MessageStatus.QUEUED)

    def mark_as_resent(self, attempt: int, *, now: datetime) -> Self:
        """It may reach the contact twice: ``metadata["resent"]`` says since when, and at which attempt."""
        resent = {"attempt": attempt, "at": to_json(settled(now))}
        event = MessageResent(attempt=attempt)
        return self.record_change(now, event, metadata={**self.metadata, "resent": resent})

    def mark_as_sent(self, *, now: datetime) -> Self:
        return self._advance(MessageStatus.SENT, now, MessageSent())

    def mark_as_delivered(self, *, now: datetime) -> Self:
        return self._advance(
            MessageStatus.DELIVERED, now, MessageDelivered(), delivered_at=self.delivered_at or now
        )

    def mark_as_read(self, *, now: datetime) -> Self:
        return self._advance(MessageStatus.READ, now, MessageRead(), read_at=self.read_at or now)

    def mark_as_played(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless the content type is audio or voice."""
        if not self.content_type.is_playable:
            raise InvariantViolation(f"a {self.content_type} message cannot be played")
        return self._advance(MessageStatus.PLAYED, now, MessagePlayed(), played_at=self.played_at or now)

    def mark_as_failed(self, *, now: datetime, reason: str | None = None) -> Self:
        return self._advance(MessageStatus.FAILED, now, MessageFailed(failure_reason=reason))

    def report_delivery(self, status: MessageStatus, *, now: datetime, reason: str | None = None) -> Self:
        """What the platform says of it; itself where that is not further along than what is known.

        Played is read, of what cannot be played. ``reason`` is of a failure.
        """
        if status is MessageStatus.PLAYED and self.content_type.is_playable:
            return self.mark_as_played(now=now)
        if status in {MessageStatus.READ, MessageStatus.PLAYED}:
            return self.mark_as_read(now=now)
        if status is MessageStatus.DELIVERED:
            return self.mark_as_delivered(now=now)
        if status is MessageStatus.FAILED:
            return self.mark_as_failed(now=now, reason=reason)
        return self.mark_as_sent(now=now) if status is MessageStatus.SENT else self

    def _advance(self, status: MessageStatus, now: datetime, event: DomainEvent, **stamps: datetime) -> Self:
        """Itself when it is as far along already; ``now`` is the time that the platform reports."""
        if status.rank <= self.status.rank:
            return self
        return self.record_change(now, event, status=status, **stamps)
