"""Cases of chats."""

from __future__ import annotations

from tests.support.constants import NOW
from tests.support.inbound_messages import MINUTE
from tests.support.use_cases import Work, World, case
from tests.support.use_cases.contacts import new_contact
from ventros.application.chats.add_participant import AddParticipant, add_participant
from ventros.application.chats.create_chat import (
    CreateChannelChat,
    CreateGroupChat,
    CreateIndividualChat,
    create_chat,
)
from ventros.application.contacts.delete_contact import DeleteContact, delete_contact
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import AgentType
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.values import ParticipantType
from ventros.crm.contacts.aggregate import Contact

LATER = NOW + MINUTE


async def _contact(world: World, name: str = "Ada") -> Contact:
    (contact,) = await world.add(new_contact(world, name))
    stored: Contact = contact
    return stored


async def _individual(world: World) -> CreateIndividualChat:
    contact = await _contact(world)
    return CreateIndividualChat(project_id=world.seed.project_id, contact_id=contact.id, created_at=LATER)


@case("create_chat", "of a contact")
async def _create(world: World) -> Work:
    command = await _individual(world)
    return lambda uow: create_chat(uow, command)


@case("create_chat", "of a contact that has one")
async def _find(world: World) -> Work:
    command = await _individual(world)
    await world.run(lambda uow: create_chat(uow, command))
    return lambda uow: create_chat(uow, command)


@case("create_chat", "of a contact that is deleted at the same time")
async def _create_for_deleted(world: World) -> Work:
    command = await _individual(world)
    deletion = DeleteContact(contact_id=command.contact_id, deleted_at=LATER)
    world.rival = lambda uow: delete_contact(uow, deletion)
    return lambda uow: create_chat(uow, command)


@case("create_chat", "of a group")
async def _create_group(world: World) -> Work:
    command = CreateGroupChat(
        project_id=world.seed.project_id,
        subject="Family",
        creator_id=(await _contact(world)).id,
        external_id=f"{world.number}@g.us",
        created_at=LATER,
    )
    return lambda uow: create_chat(uow, command)


@case("create_chat", "of a channel")
async def _create_channel(world: World) -> Work:
    command = CreateChannelChat(project_id=world.seed.project_id, subject="News", created_at=LATER)
    return lambda uow: create_chat(uow, command)


async def _group(world: World) -> Chat:
    creator = await _contact(world)
    (chat,) = await world.add(
        Chat.create_group(
            project_id=world.seed.project_id,
            tenant_id=world.tenant,
            subject="Family",
            creator_id=creator.id,
            now=NOW,
        )
    )
    group: Chat = chat
    return group


@case("add_participant", "that is a contact, while it is deleted")
async def _add_contact(world: World) -> Work:
    chat, contact = await _group(world), await _contact(world, "Bea")
    command = AddParticipant(
        chat_id=chat.id,
        participant_id=contact.id,
        participant_type=ParticipantType.CONTACT,
        added_at=LATER,
    )
    deletion = DeleteContact(contact_id=contact.id, deleted_at=LATER)
    world.rival = lambda uow: delete_contact(uow, deletion)
    return lambda uow: add_participant(uow, command)


@case("add_participant", "that is an agent")
async def _add_agent(world: World) -> Work:
    chat = await _group(world)
    (agent,) = await world.add(
        Agent.create(
            project_id=world.seed.project_id,
            tenant_id=world.tenant,
            name="Bot",
            type=AgentType.BOT,
            now=NOW,
        )
    )
    command = AddParticipant(
        chat_id=chat.id, participant_id=agent.id, participant_type=ParticipantType.AGENT, added_at=LATER
    )
    return lambda uow: add_participant(uow, command)
