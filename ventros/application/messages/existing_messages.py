"""What changes of a message that is there have in common: each is made once, and of the right message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from typing import Any, Protocol
from uuid import UUID

from ventros.application.contacts.contacts_of_parties import find_contact, phone_of
from ventros.application.messages.deliveries import recording
from ventros.application.messages.inbound import MessageRef, Party
from ventros.crm.contacts.identities import is_meant_by_lid
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.answers import Respondent
from ventros.crm.messages.repository import NamedMessage
from ventros.unit_of_work import UnitOfWork


class ChangeResult(Enum):
    """What became of a change. UNKNOWN leaves no trace, so that it may be tried again when the message is
    there; it says nothing of whether a message of that id exists with another author or in another chat.
    """

    APPLIED = "applied"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"


class MessageChange(Protocol):
    """A command about a message that is there already."""

    @property
    def message(self) -> MessageRef: ...

    @property
    def event_id(self) -> UUID | None: ...


async def look_for(
    uow: UnitOfWork, channel_id: UUID, command: MessageChange, consumer: str, *, lock: bool = False
) -> Sequence[Any] | None:
    """The row of the message of that id, if there is one; None, and the unit is rolled back, for a delivery
    that is known, which is asked before anything else. See :func:`named_message`.

    Raises ValidationError for a phone that is none.
    """
    named, party = command.message, command.message.contact
    find = uow.messages.naming(
        channel_id,
        named.channel_message_id,
        group_id=named.group.external_id if named.group else None,
        phone=phone_of(party) if party else None,
        lid=party.lid if party else None,
        lock=lock,
    )
    *recorded, rows = await uow.connection.together([*recording(uow, consumer, command.event_id), find])
    if 0 in recorded:
        await uow.rollback()
        return None
    found: Sequence[Any] = rows
    return found


def named_message(uow: UnitOfWork, named: MessageRef, rows: Sequence[Any]) -> Message | None:
    """The message that was looked for, if chat and author are those named."""
    found = uow.messages.named(rows)
    if found is None or found.message.from_me is not named.from_me or found.message.chat_id != found.chat_id:
        return None
    if named.contact is None:
        is_author = named.from_me
    else:
        is_author = _contact_id(found, named.contact) == found.message.contact_id
    return found.message if is_author and (named.group is None) is (found.chat_id is None) else None


def _contact_id(found: NamedMessage, party: Party) -> UUID | None:
    if found.phone_contact_id is not None:
        return found.phone_contact_id
    known = is_meant_by_lid(phone_of(party), found.lid_contact_phone, found.paired_phone)
    return found.lid_contact_id if known else None


async def find_respondent(
    uow: UnitOfWork, message: Message, party: Party | None, named: MessageRef
) -> Respondent | None:
    """Who answers ``message``, which was ``named``; None for somebody who is not in its one-to-one chat."""
    if party is None:
        return Respondent()
    contact_id: UUID | None = message.contact_id
    if party != named.contact:
        contact = await find_contact(uow, message.project_id, party)
        contact_id = None if contact is None else contact.id
    if message.chat_id is None and contact_id != message.contact_id:
        return None
    phone = phone_of(party)
    names = (str(phone) if phone else None, f"lid:{party.lid}" if party.lid else None)
    return Respondent(contact_id=contact_id, names=tuple(filter(None, names)))


async def change_message(
    uow: UnitOfWork,
    channel_id: UUID,
    command: MessageChange,
    consumer: str,
    decide: Callable[[Message], Awaitable[Message | None]],
) -> ChangeResult:
    """Save what ``decide`` makes of the message, which is held meanwhile; None of it is UNKNOWN.

    To be run by :meth:`ventros.kernel.database.Database.run`, as every use case that is made of it.
    """
    rows = await look_for(uow, channel_id, command, consumer, lock=True)
    return ChangeResult.DUPLICATE if rows is None else await change_found(uow, command, rows, decide)


async def change_found(
    uow: UnitOfWork,
    command: MessageChange,
    rows: Sequence[Any],
    decide: Callable[[Message], Awaitable[Message | None]],
) -> ChangeResult:
    """The same, of what was looked for."""
    message = named_message(uow, command.message, rows)
    changed = None if message is None else await decide(message)
    if changed is None:
        await uow.rollback()
        return ChangeResult.UNKNOWN
    if changed is message:
        return ChangeResult.UNCHANGED
    await uow.messages.save(changed)
    return ChangeResult.APPLIED
