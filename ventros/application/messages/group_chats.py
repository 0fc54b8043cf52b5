"""The chat of a group: found by its id on the platform, or created, with the message's sender in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.application.messages.inbound import GroupChat
from ventros.crm.chats.aggregate import MAX_SUBJECT, Chat
from ventros.kernel.errors import AlreadyExists, Conflict
from ventros.unit_of_work import UnitOfWork


async def save_group_chat(
    uow: UnitOfWork, project_id: UUID, group: GroupChat, chat: Chat | None, sender_id: UUID, *, now: datetime
) -> Chat:
    """With the contact ``sender_id`` among its participants, and the subject and time of its latest message.

    ``chat`` is the group's, held until the end of the transaction, so that messages of one group come one
    after the other; None where there is none. The chat's id stands for its subject until one is told. Raises
    Conflict when another message of the group creates the chat at the same time.
    """
    if chat is not None:
        return await uow.chats.save(chat.record_message(sender_id, group.subject, now=now))
    chat = create_group_chat(uow, project_id, group, now=now)
    try:
        return await uow.chats.add(chat.record_message(sender_id, group.subject, now=now))
    except AlreadyExists as error:
        raise Conflict("another message of this group created the chat first") from error


def create_group_chat(uow: UnitOfWork, project_id: UUID, group: GroupChat, *, now: datetime) -> Chat:
    """One that is not stored yet."""
    return Chat.create_group(
        project_id=project_id,
        tenant_id=uow.tenant,
        external_id=group.external_id,
        subject=group.subject or group.external_id[:MAX_SUBJECT],
        creator_id=None,
        now=now,
    )
