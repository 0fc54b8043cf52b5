"""A message arrived: it becomes a contact, a session, a message and their events, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.application.contacts_of_parties import save_contact
from ventros.application.deliveries import is_repeated
from ventros.application.group_chats import save_group_chat
from ventros.application.inbound import GroupChat, Party
from ventros.crm.channels.inbound import InboundChannel
from ventros.crm.channels.values import ChannelStatus
from ventros.crm.chats.aggregate import Chat
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import ContentType, Message, MessageSource
from ventros.crm.sessions.aggregate import Session
from ventros.kernel import validators
from ventros.kernel.errors import AlreadyExists, Conflict, InvariantViolation, ValidationError
from ventros.unit_of_work import UnitOfWork

CONSUMER = "process_inbound_message"


@attrs.frozen(kw_only=True)
class InboundMessage:
    """What the platform delivered on a channel.

    ``event_id`` names the delivery, ``channel_message_id`` the message: it is the bare id, the same under
    every address of the chat. ``contact`` is the other side of a one-to-one chat, or the participant who
    wrote into ``group``; ``reply_to`` is the bare id of the quoted message. ``received_at`` is when the
    message was written, and the one clock of all that follows from it; ``edited_at`` is set of one that reads
    as it was edited. In ``metadata``, ``view_once`` and ``live_location`` are true of such messages, and
    ``kind`` says what an unsupported one is.

    Raises ValidationError for an own message in a group, which has no contact.
    """

    channel_message_id: str = attrs.field(validator=[validators.not_empty, validators.indexed])
    contact: Party
    group: GroupChat | None = None
    content_type: ContentType
    received_at: datetime
    from_me: bool = attrs.field(default=False)
    text: str | None = None
    media_url: str | None = None
    media_mimetype: str | None = None
    mentions: tuple[str, ...] = ()
    reply_to: str | None = None
    metadata: Mapping[str, Any] = attrs.field(factory=dict)
    tracking: Mapping[str, str] = attrs.field(factory=dict)
    is_from_ad: bool = False
    source: MessageSource = MessageSource.MANUAL
    edited_at: datetime | None = None
    event_id: UUID | None = None

    @from_me.validator
    def _check_from_me(self, _attribute: object, value: bool) -> None:
        if value and self.group is not None:
            raise ValidationError("an own message in a group has no contact", field="from_me")


@attrs.frozen(kw_only=True)
class StoredMessage:
    """The message was new. It is counted by a session, or, as a message of a group, belongs to a chat."""

    message_id: UUID
    contact_id: UUID
    session_id: UUID | None
    chat_id: UUID | None


@attrs.frozen(kw_only=True)
class Duplicate:
    """The event or the message was there already; nothing was changed."""


async def process_inbound_message(
    uow: UnitOfWork, channel_id: UUID, command: InboundMessage
) -> StoredMessage | Duplicate:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    A duplicate rolls the unit back. Of two first messages of one phone, or of one group, unique indexes let
    one create the contact, the session and the chat; the other meets a Conflict and finds them when it is run
    again. A message of a group belongs to its chat, and to no session: those are one-to-one.
    Raises NotFound for an unknown channel, InvariantViolation for one that is not active,
    ValidationError for a phone, text or media address that is none.
    """
    if await _is_duplicate(uow, channel_id, command):
        await uow.rollback()
        return Duplicate()
    channel = await uow.channels.inbound(channel_id)
    if channel.status is not ChannelStatus.ACTIVE:
        raise InvariantViolation(
            f"channel {channel.id} is {channel.status}, not active: it takes no messages"
        )
    now = command.received_at
    contact = await save_contact(uow, channel.project_id, command.contact, now=now)
    session = chat = None
    if command.group is None:
        session = await _save_session(uow, command, channel, contact)
    else:
        chat = await save_group_chat(uow, channel.project_id, command.group, contact.id, now=now)
    quoted_id = await _find_quoted(uow, command, channel, contact, chat)
    message = _create_message(
        uow, command, channel, contact=contact, session=session, chat=chat, quoted_id=quoted_id
    )
    try:
        await uow.messages.add(message)
    except AlreadyExists:
        await uow.rollback()
        return Duplicate()
    # Last of all row locks: a counter is where the messages of a channel meet.
    if command.from_me:
        await uow.channels.count_sent(channel.id)
    else:
        await uow.channels.count_received(channel.id, now)
    return StoredMessage(
        message_id=message.id, contact_id=contact.id, session_id=message.session_id, chat_id=message.chat_id
    )


async def _is_duplicate(uow: UnitOfWork, channel_id: UUID, command: InboundMessage) -> bool:
    """Decided before anything is touched; two deliveries at once are decided by the unique keys."""
    if await is_repeated(uow, CONSUMER, command.event_id):
        return True
    message = await uow.messages.find_by_channel_message_id(channel_id, command.channel_message_id)
    return message is not None


async def _save_session(
    uow: UnitOfWork, command: InboundMessage, channel: InboundChannel, contact: Contact
) -> Session:
    """The active session with this message counted; a new one when there is none or it timed out."""
    now = command.received_at
    type_id = channel.type.type_id
    from_contact = not command.from_me
    session = await uow.sessions.find_active(contact.id, type_id)
    if session is not None:
        if not session.has_timed_out(now):
            return await uow.sessions.save(session.record_message(from_contact=from_contact, now=now))
        await uow.sessions.save(session.check_timeout(now=now))
    session = Session.start(
        contact_id=contact.id,
        tenant_id=uow.tenant,
        channel_type_id=type_id,
        timeout=channel.session_timeout,
        pipeline_id=channel.pipeline_id,
        now=now,
    ).record_message(from_contact=from_contact, now=now)
    try:
        return await uow.sessions.add(session)
    except AlreadyExists as error:
        raise Conflict("another message of this contact started the session first") from error


async def _find_quoted(
    uow: UnitOfWork, command: InboundMessage, channel: InboundChannel, contact: Contact, chat: Chat | None
) -> UUID | None:
    """The quoted message, if it is known and of the same chat: the sender chooses what is quoted."""
    if not command.reply_to:
        return None
    quoted = await uow.messages.find_by_channel_message_id(channel.id, command.reply_to)
    if quoted is None or quoted.chat_id != (chat.id if chat else None):
        return None
    return quoted.id if chat or quoted.contact_id == contact.id else None


def _create_message(
    uow: UnitOfWork,
    command: InboundMessage,
    channel: InboundChannel,
    *,
    contact: Contact,
    session: Session | None,
    chat: Chat | None,
    quoted_id: UUID | None,
) -> Message:
    own = command.from_me and session
    metadata = dict(command.metadata)
    if command.tracking and not command.is_from_ad:
        metadata["tracking"] = dict(command.tracking)
    if command.reply_to and quoted_id is None:
        metadata["reply_to"] = command.reply_to
    message = Message.create(
        tenant_id=uow.tenant,
        user_id=channel.user_id,
        project_id=channel.project_id,
        contact_id=contact.id,
        channel_id=channel.id,
        channel_type_id=channel.type.type_id,
        chat_id=chat.id if chat else None,
        session_id=session.id if session else None,
        reply_to_id=quoted_id,
        channel_message_id=command.channel_message_id,
        content_type=command.content_type,
        from_me=command.from_me,
        text=command.text,
        media_url=command.media_url,
        media_mimetype=command.media_mimetype,
        mentions=command.mentions,
        metadata=metadata,
        source=command.source,
        agent_id=own.current_agent if own else command.source.system_agent_id,
        timestamp=command.received_at,
        edited_at=command.edited_at,
    )
    return message.track_ad(command.tracking, now=command.received_at) if command.is_from_ad else message
