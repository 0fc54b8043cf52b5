"""We write to a contact: the message is stored as queued, with the request that somebody hand it over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.application.contacts.identify_contact import hold_contact
from ventros.application.messages.outbound import Outbound, find_outbound
from ventros.application.messages.sessions_of_messages import sessions_with_message
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType, MessageSource
from ventros.crm.sessions.aggregate import Session
from ventros.kernel import validators
from ventros.kernel.errors import AlreadyExists, Conflict, ValidationError
from ventros.unit_of_work import UnitOfWork

SENDABLE = frozenset(
    {
        ContentType.TEXT,
        ContentType.IMAGE,
        ContentType.VIDEO,
        ContentType.AUDIO,
        ContentType.VOICE,
        ContentType.DOCUMENT,
    }
)


@attrs.frozen(kw_only=True)
class SendMessage:
    """``sent_at`` is the one clock of all that follows. Of a medium ``text`` is the caption.

    Without an ``agent_id`` the message is the source's system agent's. Raises ValidationError for a nil id,
    a content type that cannot be sent, a text message without text, a voice message with one, and a medium
    without address.
    """

    contact_id: UUID = attrs.field(validator=validators.not_nil)
    channel_id: UUID = attrs.field(validator=validators.not_nil)
    content_type: ContentType = attrs.field(default=ContentType.TEXT, converter=ContentType)
    text: str | None = None
    media_url: str | None = None
    media_mimetype: str | None = None
    agent_id: UUID | None = attrs.field(default=None, validator=attrs.validators.optional(validators.not_nil))
    source: MessageSource = attrs.field(default=MessageSource.MANUAL, converter=MessageSource)
    reply_to_id: UUID | None = None
    metadata: Mapping[str, Any] = attrs.field(factory=dict)
    sent_at: datetime = attrs.field(validator=validators.aware)

    def __attrs_post_init__(self) -> None:
        if self.content_type not in SENDABLE:
            raise ValidationError(f"a {self.content_type} message cannot be sent", field="content_type")
        if self.content_type is ContentType.TEXT and not self.text:
            raise ValidationError("a text message needs a text", field="text")
        if self.content_type is ContentType.VOICE and self.text:
            raise ValidationError("a voice message has no caption", field="text")
        if self.content_type.is_media and not self.media_url:
            raise ValidationError(f"a {self.content_type} message needs a media_url", field="media_url")


async def send_message(uow: UnitOfWork, command: SendMessage) -> Message:
    """To be run by :meth:`ventros.kernel.database.Database.run`, or within another use case.

    The message is queued, and counted by the contact's active session of the channel's type, or by a new one.
    ``message.send_requested`` goes to the outbox behind ``message.created``; what hands the message over asks
    again whether the channel is active, so that is not held here. The contact is: it is not merged meanwhile.

    Raises NotFound for a channel, contact or agent that is not there, a contact of another project, and an
    answered message that is not in the same conversation; InvariantViolation for a channel that is not active
    or not WAHA's, and a contact with neither phone nor LID; ValidationError for a text or media address that
    is none; Conflict when another message of the contact was first.
    """
    found = await find_outbound(
        uow,
        command.channel_id,
        command.contact_id,
        reply_to_id=command.reply_to_id,
        agent_id=command.agent_id,
    )
    now = command.sent_at
    sessions = sessions_with_message(found.channel, found.contact, found.session, from_contact=False, now=now)
    message = _message(uow, command, found, sessions[-1])
    contact = found.contact.record_interaction(now=now)
    if contact.domain_events:
        await uow.contacts.save(contact)
    else:
        await hold_contact(uow, contact)
    await _store(uow, sessions)
    return await uow.messages.add(message)


async def _store(uow: UnitOfWork, sessions: list[Session]) -> None:
    for session in sessions:
        if not uow.sessions.is_new(session):
            await uow.sessions.save(session)
            continue
        try:
            await uow.sessions.add(session)
        except AlreadyExists as error:
            raise Conflict("another message of this contact was first") from error


def _message(uow: UnitOfWork, command: SendMessage, found: Outbound, session: Session) -> Message:
    channel, now = found.channel, command.sent_at
    return Message.create(
        tenant_id=uow.tenant,
        user_id=channel.user_id,
        project_id=channel.project_id,
        contact_id=found.contact.id,
        channel_id=channel.id,
        channel_type_id=channel.type.type_id,
        session_id=session.id,
        reply_to_id=command.reply_to_id,
        content_type=command.content_type,
        from_me=True,
        text=command.text,
        media_url=command.media_url,
        media_mimetype=command.media_mimetype,
        metadata=command.metadata,
        source=command.source,
        agent_id=command.agent_id or command.source.system_agent_id,
        timestamp=now,
    ).request_send(now=now)
