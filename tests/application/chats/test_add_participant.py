"""Who joins a chat is there: a live contact or agent of the chat's project."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.inbound_messages import MINUTE
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.chats.add_participant import AddParticipant, add_participant
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import AgentType
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.repository import ChatRepository
from ventros.crm.chats.values import ParticipantType
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation, OptimisticLockError, VentrosError
from ventros.kernel.ids import new_id
from ventros.kernel.transaction.held import Held

LATER = NOW + MINUTE
CONTACT, AGENT = ParticipantType.CONTACT, ParticipantType.AGENT


async def stored_contact(db: Database[UnitOfWork], seed: Seed) -> Contact:
    contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
    return await db.run(seed.tenant, lambda uow: uow.contacts.add(contact))


async def stored_agent(db: Database[UnitOfWork], seed: Seed) -> Agent:
    agent = Agent.create(
        project_id=seed.project_id, tenant_id=seed.tenant, name="Bot", type=AgentType.BOT, now=NOW
    )
    return await db.run(seed.tenant, lambda uow: uow.agents.add(agent))


@pytest.fixture
async def family(db: Database[UnitOfWork], seed: Seed) -> Chat:
    """A group of one contact."""
    creator = await stored_contact(db, seed)
    chat = Chat.create_group(
        project_id=seed.project_id, tenant_id=TENANT, subject="Family", creator_id=creator.id, now=NOW
    )
    return await db.run(TENANT, lambda uow: uow.chats.add(chat))


def addition(chat: Chat, participant_id: UUID, kind: ParticipantType) -> AddParticipant:
    return AddParticipant(
        chat_id=chat.id, participant_id=participant_id, participant_type=kind, added_at=LATER
    )


async def add(db: Database[UnitOfWork], chat: Chat, participant_id: UUID, kind: ParticipantType) -> Chat:
    return await db.run(TENANT, lambda uow: add_participant(uow, addition(chat, participant_id, kind)))


async def test_a_contact_and_an_agent_join(
    db: Database[UnitOfWork], seed: Seed, family: Chat, superuser: psycopg.Connection
) -> None:
    contact, agent = await stored_contact(db, seed), await stored_agent(db, seed)
    await add(db, family, contact.id, CONTACT)
    stored = await add(db, family, agent.id, AGENT)
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.chats.get(family.id) == stored
    joined = [(one.id, one.type, one.joined_at, one.is_admin) for one in stored.participants[1:]]
    assert sorted(joined) == sorted([(contact.id, CONTACT, LATER, False), (agent.id, AGENT, LATER, False)])
    told = superuser.execute(
        "SELECT aggregate_version, payload ->> 'participant_id' FROM outbox_events"
        " WHERE event_name = 'chat.participant_added' ORDER BY position"
    ).fetchall()
    assert told == [(2, str(contact.id)), (3, str(agent.id))]


async def test_whoever_is_not_there_does_not_join(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, family: Chat
) -> None:
    """The foreign keys alone would take the deleted ones."""
    gone, agent_gone = await stored_contact(db, seed), await stored_agent(db, seed)
    await db.run(TENANT, lambda uow: uow.contacts.apply(gone.id, Contact.delete, now=NOW))
    await db.run(TENANT, lambda uow: uow.agents.apply(agent_gone.id, Agent.delete, now=NOW))
    stranger, strange_agent = await stored_contact(db, other_seed), await stored_agent(db, other_seed)
    for kind, ids in (
        (CONTACT, (gone.id, stranger.id, strange_agent.id, new_id())),
        (AGENT, (agent_gone.id, strange_agent.id, stranger.id, new_id())),
    ):
        for id_ in ids:
            with pytest.raises(NotFound, match=f"{kind} "):
                await add(db, family, id_, kind)
    with pytest.raises(ValidationError):
        AddParticipant(chat_id=family.id, participant_id=gone.id, participant_type="bot", added_at=NOW)
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.chats.get(family.id) == family


async def test_nobody_joins_twice_or_a_closed_chat_or_another_tenants(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, family: Chat
) -> None:
    contact = await stored_contact(db, seed)
    await add(db, family, contact.id, CONTACT)
    with pytest.raises(InvariantViolation, match="already"):
        await add(db, family, contact.id, CONTACT)
    await db.run(TENANT, lambda uow: uow.chats.apply(family.id, Chat.close, now=NOW))
    for command in (Chat.unarchive, Chat.archive):
        with pytest.raises(InvariantViolation, match="closed"):
            async with db.unit_of_work(TENANT) as uow:
                await uow.chats.apply(family.id, command, now=NOW)
    with pytest.raises(InvariantViolation, match="closed"):
        await add(db, family, (await stored_contact(db, seed)).id, CONTACT)
    with pytest.raises(NotFound, match="chat "):
        await db.run(OTHER_TENANT, lambda uow: add_participant(uow, addition(family, contact.id, CONTACT)))


async def test_of_two_who_join_at_once_both_are_in_and_the_second_was_decided_again(
    db: Database[UnitOfWork], seed: Seed, family: Chat
) -> None:
    """The control: it is the chat's version, which the other one stepped, that is compared."""
    first, second = await stored_contact(db, seed), await stored_contact(db, seed)
    done = False

    class Chats(ChatRepository):
        async def save(self, aggregate: Chat) -> Chat:
            nonlocal done
            if not done:
                done = True
                await add(db, family, first.id, CONTACT)
            return await super().save(aggregate)

    class Racing(UnitOfWork):
        chats = Held(Chats)

    conflicts: list[VentrosError] = []
    stored = await Database(db._pool, Racing, db.settings).run(
        TENANT,
        lambda uow: add_participant(uow, addition(family, second.id, CONTACT)),
        on_conflict=lambda error, _: conflicts.append(error),
    )
    assert stored.is_participant(first.id)
    assert stored.is_participant(second.id)
    assert [type(error) for error in conflicts] == [OptimisticLockError]
