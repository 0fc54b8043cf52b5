"""What changes of a message that is there have in common: each is made once, and of the right message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import Protocol
from uuid import UUID

from ventros.application.contacts_of_parties import find_contact, phone_of
from ventros.application.deliveries import is_repeated
from ventros.application.inbound import MessageRef, Party
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.answers import Respondent
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


async def find_message(
    uow: UnitOfWork, channel_id: UUID, named: MessageRef, *, lock: bool = False
) -> Message | None:
    """The message of that id on the channel, if chat and author are those named.

    Raises ValidationError for a phone that is none.
    """
    message = await uow.messages.find_by_channel_message_id(channel_id, named.channel_message_id, lock=lock)
    if message is None or message.from_me is not named.from_me:
        return None
    group_id = await uow.chats.find_id(named.group.external_id) if named.group else None
    if message.chat_id != group_id or (named.group and group_id is None):
        return None
    if named.contact is None:
        return message if named.from_me else None
    contact = await find_contact(uow, message.project_id, named.contact)
    return message if contact is not None and contact.id == message.contact_id else None


async def find_respondent(uow: UnitOfWork, message: Message, party: Party | None) -> Respondent | None:
    """Who answers ``message``; None for somebody who is not in its one-to-one chat."""
    if party is None:
        return Respondent()
    contact = await find_contact(uow, message.project_id, party)
    if message.chat_id is None and (contact is None or contact.id != message.contact_id):
        return None
    phone = phone_of(party)
    names = (str(phone) if phone else None, f"lid:{party.lid}" if party.lid else None)
    return Respondent(contact_id=None if contact is None else contact.id, names=tuple(filter(None, names)))


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
    if await is_repeated(uow, consumer, command.event_id):
        await uow.rollback()
        return ChangeResult.DUPLICATE
    return await change_named(uow, channel_id, command, decide)


async def change_named(
    uow: UnitOfWork,
    channel_id: UUID,
    command: MessageChange,
    decide: Callable[[Message], Awaitable[Message | None]],
) -> ChangeResult:
    """The same, where the delivery is known to be a new one."""
    message = await find_message(uow, channel_id, command.message, lock=True)
    changed = None if message is None else await decide(message)
    if changed is None:
        await uow.rollback()
        return ChangeResult.UNKNOWN
    if changed is message:
        return ChangeResult.UNCHANGED
    await uow.messages.save(changed)
    return ChangeResult.APPLIED
