"""A chat is made by hand: that of one contact, a group or a channel."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.contacts.live_contact import hold_live_contact
from ventros.crm.chats.aggregate import Chat
from ventros.kernel import validators
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import AlreadyExists, Conflict
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class _CreateChat:
    project_id: UUID = attrs.field(validator=validators.not_nil)
    created_at: datetime = attrs.field(validator=validators.aware)


@attrs.frozen(kw_only=True)
class CreateIndividualChat(_CreateChat):
    """``created_at`` is the one clock of all that follows. Raises ValidationError for a nil id."""

    contact_id: UUID = attrs.field(validator=validators.not_nil)


@attrs.frozen(kw_only=True)
class CreateGroupChat(_CreateChat):
    """``creator_id`` is the contact that is its first admin, ``external_id`` its id on the platform."""

    subject: str
    creator_id: UUID = attrs.field(validator=validators.not_nil)
    external_id: str | None = None


@attrs.frozen(kw_only=True)
class CreateChannelChat(_CreateChat):
    """A chat of the type channel; nobody takes part in it yet."""

    subject: str


@attrs.frozen(kw_only=True)
class CreatedChat:
    """``created`` is False of an individual chat that was there already, closed or not."""

    chat: Chat
    created: bool


async def create_chat(
    uow: UnitOfWork, command: CreateIndividualChat | CreateGroupChat | CreateChannelChat
) -> CreatedChat:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    A contact has one individual chat in its project, which is returned if it is there: of two who create it
    at once the second meets a Conflict, and finds it when it is run again. The contact is held until the chat
    is stored.

    Raises NotFound when the contact or the creator is not in the project, ReferenceNotFound when there is no
    such project, AlreadyExists when another chat has the external id, ValidationError for a subject that is
    empty or too long.
    """
    now = command.created_at
    if isinstance(command, CreateIndividualChat):
        return await _individual(uow, command)
    if isinstance(command, CreateGroupChat):
        await hold_live_contact(uow, command.project_id, command.creator_id)
        chat = Chat.create_group(
            project_id=command.project_id,
            tenant_id=uow.tenant,
            subject=command.subject,
            creator_id=command.creator_id,
            external_id=command.external_id,
            now=now,
        )
    else:
        chat = Chat.create_channel(
            project_id=command.project_id, tenant_id=uow.tenant, subject=command.subject, now=now
        )
    return CreatedChat(chat=await uow.chats.add(chat), created=True)


async def _individual(uow: UnitOfWork, command: CreateIndividualChat) -> CreatedChat:
    key = (uow.tenant, command.project_id, command.contact_id)
    find = Call(uow.chats.FIND_INDIVIDUAL, (key,))
    contact, (rows,) = await hold_live_contact(uow, command.project_id, command.contact_id, find)
    if rows:
        (existing,) = await uow.chats.load_all(rows)
        return CreatedChat(chat=existing, created=False)
    chat = Chat.create_individual(
        project_id=command.project_id, tenant_id=uow.tenant, contact_id=contact.id, now=command.created_at
    )
    try:
        return CreatedChat(chat=await uow.chats.add(chat), created=True)
    except AlreadyExists as error:
        raise Conflict("another unit created the contact's chat first") from error
