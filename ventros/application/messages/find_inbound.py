"""All that an inbound message has to know first, read in one round trip."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import attrs

from ventros.application.contacts.contacts_of_parties import phone_of
from ventros.application.messages.deliveries import recording
from ventros.application.messages.inbound import GroupChat, Party
from ventros.crm.channels import mapper as channel_mapper
from ventros.crm.channels.inbound import InboundChannel
from ventros.crm.channels.repository import ChannelRepository
from ventros.crm.contacts import mapper as contact_mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.identities import Match
from ventros.crm.sessions import mapper as session_mapper
from ventros.crm.sessions.aggregate import Session
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import NotFound
from ventros.unit_of_work import UnitOfWork

# The parts of a row of channels.find_inbound.
_CHANNEL: Final = slice(len(attrs.fields(InboundChannel)))
_FOUND: Final = slice(_CHANNEL.stop, _CHANNEL.stop + 5)
_BY: Final = slice(_FOUND.stop, _FOUND.stop + 2)
_CONTACT: Final = slice(_BY.stop, _BY.stop + len(contact_mapper.COLUMNS))
_SESSION: Final = slice(_CONTACT.stop, None)


@attrs.frozen(kw_only=True)
class Quoted:
    """The message that another one answers."""

    id: UUID
    chat_id: UUID | None
    contact_id: UUID


@attrs.frozen(kw_only=True)
class Inbound:
    """``session`` is the match's contact's active one, on the channel's type; ``chat_id`` the group's."""

    channel: InboundChannel
    match: Match
    session: Session | None
    chat_id: UUID | None
    quoted: Quoted | None


async def find_inbound(
    uow: UnitOfWork,
    channel_id: UUID,
    channel_message_id: str,
    party: Party,
    *,
    group: GroupChat | None = None,
    reply_to: str | None = None,
    consumer: str,
    event_id: UUID | None = None,
) -> Inbound | None:
    """None when the event or the message is known; else the event is recorded. Nothing else is touched.

    Raises NotFound for an unknown channel, ValidationError for a phone that is none.
    """
    phone = phone_of(party)
    args = (
        *(uow.tenant, channel_id, channel_message_id, reply_to),
        *(group.external_id if group else None, phone.value if phone else None, party.lid),
    )
    calls = [*recording(uow, consumer, event_id), Call(ChannelRepository.FIND_INBOUND, (args,))]
    *recorded, rows = await uow.connection.together(calls)
    if 0 in recorded:
        return None
    if not rows:
        raise NotFound("channel", channel_id)
    known, quoted_id, quoted_chat_id, quoted_contact_id, chat_id = rows[0][_FOUND]
    if known:
        return None
    channel = channel_mapper.inbound_from_row(rows[0][_CHANNEL])
    match = Match.of(phone, party.lid, _contacts(uow, rows))
    return Inbound(
        channel=channel,
        match=match,
        session=active_session(uow, [row[_SESSION] for row in rows], match.contact, channel),
        chat_id=chat_id,
        quoted=quoted_id and Quoted(id=quoted_id, chat_id=quoted_chat_id, contact_id=quoted_contact_id),
    )


async def find_channel(uow: UnitOfWork, channel_id: UUID) -> InboundChannel:
    """What any message of the channel needs of it. Raises NotFound."""
    args = (uow.tenant, channel_id, "", None, None, None, None)
    rows = await uow.connection.many(ChannelRepository.FIND_INBOUND, *args)
    if not rows:
        raise NotFound("channel", channel_id)
    return channel_mapper.inbound_from_row(rows[0][_CHANNEL])


def _contacts(uow: UnitOfWork, rows: Sequence[Any]) -> list[tuple[bool, str | None, Contact]]:
    """Each once, though it has a row for each of its sessions."""
    parts = {row[_BY]: row[_CONTACT] for row in rows}
    return [(*by, uow.contacts.read(columns)) for by, columns in parts.items() if columns[0] is not None]


def active_session(
    uow: UnitOfWork, rows: Sequence[Any], contact: Contact | None, channel: InboundChannel
) -> Session | None:
    """That of the contact, on the channel's type: of the columns of active sessions only its are mapped."""
    for columns in rows:
        session = dict(zip(session_mapper.COLUMNS, columns, strict=True))
        if session["id"] is None or contact is None:
            continue
        if (session["contact_id"], session["channel_type_id"]) == (contact.id, channel.type.type_id):
            return uow.sessions.read(columns)
    return None
