"""A message arrived: it becomes a contact, a session, a message and their events, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.application.contacts.contacts_of_parties import sighting_of
from ventros.application.contacts.identify_contact import decide_contact, hold_contact, store_contact
from ventros.application.messages.echoes import name_echoed
from ventros.application.messages.find_inbound import Inbound, find_inbound
from ventros.application.messages.group_chats import save_group_chat
from ventros.application.messages.inbound import GroupChat, Party
from ventros.application.messages.sessions_of_messages import sessions_with_message
from ventros.crm.channels.inbound import InboundChannel
from ventros.crm.channels.values import ChannelStatus
from ventros.crm.chats.aggregate import Chat
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType, MessageSource
from ventros.crm.sessions.aggregate import Session
from ventros.kernel import validators
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import AlreadyExists, Conflict, InvariantViolation, ValidationError
from ventros.kernel.outcome import Outcome
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
    """The event or the message was there already; nothing was changed, but that a message which we sent has
    the platform's id from then on.
    """


async def process_inbound_message(
    uow: UnitOfWork, channel_id: UUID, command: InboundMessage
) -> StoredMessage | Duplicate:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which retries conflicts; it ends the unit.

    Two round trips, as a rule: what it has to know, and what it stores, with COMMIT. Of two first messages of
    one phone, or of one group, unique indexes let one create the contact, the session and the chat; the other
    meets a Conflict and finds them when it is run again. So do deliveries of one message at once: one stores
    it, and the others are duplicates. A message of a group belongs to its chat, and to no session: those are
    one-to-one.

    Raises NotFound for an unknown channel, InvariantViolation for one that is not active,
    ValidationError for a phone, text or media address that is none.
    """
    found = await find_inbound(
        uow,
        channel_id,
        command.channel_message_id,
        command.contact,
        group=command.group,
        reply_to=command.reply_to,
        consumer=CONSUMER,
        event_id=command.event_id,
    )
    if found is None:
        await uow.rollback()
        return Duplicate()
    channel, now = found.channel, command.received_at
    if channel.status is not ChannelStatus.ACTIVE:
        raise InvariantViolation(
            f"channel {channel.id} is {channel.status}, not active: it takes no messages"
        )
    if command.from_me and found.match.contact and await _is_echo(uow, command, channel, found.match.contact):
        return Duplicate()
    sighting = sighting_of(channel.project_id, command.contact, now=now)
    contact = await decide_contact(uow, found.match, sighting)
    if not found.match.remembered or (command.group and uow.contacts.is_new(contact)):
        contact = await store_contact(uow, found.match, contact, sighting)
    sessions: list[Session] = []
    chat = None
    if command.group is None:
        active = await _active_session(uow, channel, contact, found)
        sessions = sessions_with_message(channel, contact, active, from_contact=not command.from_me, now=now)
    else:
        chat = await _save_chat(uow, command.group, channel.project_id, contact, found, now=now)
    message = create_message(
        uow,
        command,
        channel,
        contact=contact,
        session=sessions[-1] if sessions else None,
        chat=chat,
        quoted_id=_quoted_id(found, contact, chat),
    )
    # Last of all row locks: a counter is where the messages of a channel meet.
    counted = uow.channels.count_sent(channel.id)
    if not command.from_me:
        counted = uow.channels.count_received(channel.id, now)
    uow.send_with_commit(counted)
    return await _commit(uow, contact, sessions, message)


async def _is_echo(
    uow: UnitOfWork, command: InboundMessage, channel: InboundChannel, contact: Contact
) -> bool:
    """Then the message that we sent is told so, and the unit is committed."""
    echoed = await name_echoed(
        uow,
        channel.id,
        contact.id,
        command.channel_message_id,
        content_type=command.content_type,
        text=command.text,
        now=command.received_at,
    )
    if echoed is None:
        return False
    await uow.commit()
    return True


async def _commit(
    uow: UnitOfWork, contact: Contact, sessions: list[Session], message: Message
) -> StoredMessage | Duplicate:
    """All of it in one message with COMMIT; of two deliveries at once the unique keys let one be stored."""
    try:
        await uow.commit(contact, *sessions, message)
    except AlreadyExists as error:
        if error.resource != message.resource:
            raise Conflict("another message of this contact was first") from error
        if uow.outcome is Outcome.ACTIVE:  # COMMIT went apart
            await uow.rollback()
        return Duplicate()
    return StoredMessage(
        message_id=message.id, contact_id=contact.id, session_id=message.session_id, chat_id=message.chat_id
    )


async def _active_session(
    uow: UnitOfWork, channel: InboundChannel, contact: Contact, found: Inbound
) -> Session | None:
    """The one that was found, if the contact is written with COMMIT, before it. Else the contact is held, so
    what others did of it is done: the session is read behind its lock.
    """
    if contact.domain_events:
        return found.session
    find = Call(uow.sessions.FIND_ACTIVE, ((uow.tenant, contact.id, channel.type.type_id),))
    (rows,) = await hold_contact(uow, contact, find)
    return uow.sessions.read(rows[0]) if rows else None


async def _save_chat(
    uow: UnitOfWork, group: GroupChat, project_id: UUID, contact: Contact, found: Inbound, *, now: datetime
) -> Chat:
    """Held before the chat is the contact, whether it will be written or not."""
    answers = await hold_contact(uow, contact, *(uow.chats.holding(found.chat_id) if found.chat_id else ()))
    return await save_group_chat(uow, project_id, group, uow.chats.held(answers), contact.id, now=now)


def _quoted_id(found: Inbound, contact: Contact, chat: Chat | None) -> UUID | None:
    """That of the quoted message, if it is known and of the same chat: the sender chooses what is quoted."""
    quoted, duplicate = found.quoted, found.match.duplicate
    if quoted is None or quoted.chat_id != (chat.id if chat else None):
        return None
    contact_ids = {contact.id, duplicate.id if duplicate else contact.id}
    return quoted.id if chat or quoted.contact_id in contact_ids else None


def create_message(
    uow: UnitOfWork,
    command: InboundMessage,
    channel: InboundChannel,
    *,
    contact: Contact,
    session: Session | None,
    chat: Chat | None,
    quoted_id: UUID | None,
) -> Message:
    """The message as it is stored; ``quoted_id`` is None where the one that it answers is not known."""
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
