"""A contact or an agent joins a chat, and is there to join it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.contacts.live_contact import hold_live_contact
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.values import ParticipantType
from ventros.kernel import validators
from ventros.kernel.errors import NotFound
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class AddParticipant:
    """``added_at`` is when the participant joined. Raises ValidationError for a nil id or an unknown type."""

    chat_id: UUID = attrs.field(validator=validators.not_nil)
    participant_id: UUID = attrs.field(validator=validators.not_nil)
    participant_type: ParticipantType = attrs.field(converter=ParticipantType)
    added_at: datetime = attrs.field(validator=validators.aware)


async def add_participant(uow: UnitOfWork, command: AddParticipant) -> Chat:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    The foreign keys of the table ask only for a row of the tenant; here the participant is live and of the
    chat's project, and stays so until the chat is stored.

    Raises NotFound when there is no such chat, or no such contact or agent in its project, InvariantViolation
    for one who takes part already, for a closed chat and for a second contact of an individual one.
    """
    chat = await uow.chats.get(command.chat_id)
    if command.participant_type is ParticipantType.CONTACT:
        await hold_live_contact(uow, chat.project_id, command.participant_id)
    else:
        agent = await uow.agents.get(command.participant_id, lock="share")
        if agent.project_id != chat.project_id:
            raise NotFound("agent", agent.id)
    added = chat.add_participant(command.participant_id, command.participant_type, now=command.added_at)
    return await uow.chats.save(added)
