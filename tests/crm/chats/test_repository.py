"""What chats are to the database: one per contact, one per external id, and a row for each participant."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import AlreadyExists, Database, UnitOfWork
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.repository import AgentRepository
from ventros.crm.agents.values import AgentType
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.repository import ChatRepository
from ventros.crm.chats.values import ParticipantType
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import MappingError, ReferenceNotFound, WriteSuppressed
from ventros.kernel.ids import new_id

LATER = NOW + timedelta(hours=1)


async def add_contact(uow: UnitOfWork, seed: Seed) -> UUID:
    contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
    return (await uow.contacts.add(contact)).id


async def add_agent(uow: UnitOfWork, seed: Seed) -> UUID:
    agent = Agent.create(
        project_id=seed.project_id, tenant_id=TENANT, name="bot", type=AgentType.BOT, now=NOW
    )
    return (await AgentRepository(uow).add(agent)).id


def individual(seed: Seed, contact_id: UUID) -> Chat:
    return Chat.create_individual(
        project_id=seed.project_id, tenant_id=TENANT, contact_id=contact_id, now=NOW
    )


def group(seed: Seed, creator_id: UUID, external_id: str | None = None) -> Chat:
    return Chat.create_group(
        project_id=seed.project_id,
        tenant_id=seed.tenant,
        subject="Rowing",
        creator_id=creator_id,
        external_id=external_id,
        now=LATER,
    )


async def test_each_finder_finds_the_whole_chat(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        chats = ChatRepository(uow)
        contact, guest, agent = (
            await add_contact(uow, seed),
            await add_contact(uow, seed),
            await add_agent(uow, seed),
        )
        one = await chats.add(
            individual(seed, contact).add_participant(agent, ParticipantType.AGENT, now=LATER)
        )
        other = await chats.add(
            group(seed, guest, "1@g.us").add_participant(contact, ParticipantType.CONTACT, now=LATER)
        )
        assert await chats.get(one.id) == one
        assert await chats.find_individual_by_contact(seed.project_id, contact) == one
        assert await chats.find_individual_by_contact(seed.project_id, guest) is None
        assert await chats.find_by_external_id("1@g.us") == other
        assert chats.held(await uow.connection.together(chats.holding(other.id))) == other
        assert await chats.find_by_external_id("2@g.us") is None
        assert chats.held(await uow.connection.together(chats.holding(new_id()))) is None
        assert await chats.find_id("1@g.us") == other.id
        assert await chats.find_id("2@g.us") is None


async def test_a_contact_has_one_live_individual_chat(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        contact = await add_contact(uow, seed)
        first = await ChatRepository(uow).add(individual(seed, contact))
        await uow.commit()
    with pytest.raises(AlreadyExists) as caught:
        async with db.unit_of_work(TENANT) as uow:
            await ChatRepository(uow).add(individual(seed, contact))
    assert caught.value.constraint == "chats_live_individual_key"
    async with db.unit_of_work(TENANT) as uow:
        await ChatRepository(uow).save(first.delete(now=LATER))
        second = await ChatRepository(uow).add(individual(seed, contact))
        assert await ChatRepository(uow).find_individual_by_contact(seed.project_id, contact) == second


async def test_an_external_id_is_taken_once_while_its_chat_lives(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    """In its tenant: two of them may take part in one group."""
    async with db.unit_of_work(TENANT) as uow:
        contact = await add_contact(uow, seed)
        first = await ChatRepository(uow).add(group(seed, contact, "1@g.us"))
        for _ in range(2):
            await ChatRepository(uow).add(group(seed, contact))
        await uow.commit()
    with pytest.raises(AlreadyExists) as caught:
        async with db.unit_of_work(TENANT) as uow:
            await ChatRepository(uow).add(group(seed, contact, "1@g.us"))
    assert caught.value.constraint == "chats_live_external_id_key"
    async with db.unit_of_work(TENANT) as uow:
        await ChatRepository(uow).save(first.delete(now=LATER))
        await ChatRepository(uow).add(group(seed, contact, "1@g.us"))
    async with db.unit_of_work(OTHER_TENANT) as uow:
        assert await ChatRepository(uow).find_by_external_id("1@g.us") is None
        assert await ChatRepository(uow).find_id("1@g.us") is None
        await ChatRepository(uow).add(group(other_seed, await add_contact(uow, other_seed), "1@g.us"))


async def test_participants_are_written_one_by_one(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        chats = ChatRepository(uow)
        creator, guest, late = [await add_contact(uow, seed) for _ in range(3)]
        agent = await add_agent(uow, seed)
        chat = group(seed, creator).add_participant(guest, ParticipantType.CONTACT, now=LATER)
        chat = await chats.add(chat.add_participant(agent, ParticipantType.AGENT, now=LATER))
        await uow.commit()
    before = places(superuser)
    async with db.unit_of_work(TENANT) as uow:
        chats = ChatRepository(uow)
        changed = chat.remove_participant(guest, now=LATER).promote_to_admin(agent, now=LATER)
        changed = changed.add_participant(late, ParticipantType.CONTACT, now=LATER)
        saved = await chats.save(changed.set_subject("Sailing", now=LATER))
        assert saved.version == 2
        assert await chats.get(chat.id) == saved
        await uow.commit()
    after = places(superuser)
    assert set(after) == {creator, agent, late}
    assert after[creator] == before[creator], "a row that did not change was written"
    assert after[agent] != before[agent]


async def test_who_left_and_came_back_otherwise_is_written(db: Database[UnitOfWork], seed: Seed) -> None:
    """Gone and back before the save, so the comparison sees a changed row."""
    async with db.unit_of_work(TENANT) as uow:
        chats = ChatRepository(uow)
        creator, guest = await add_contact(uow, seed), await add_contact(uow, seed)
        chat = await chats.add(
            group(seed, creator).add_participant(guest, ParticipantType.CONTACT, now=LATER)
        )
        rejoined_at = LATER + timedelta(days=1)
        back = chat.remove_participant(guest, now=rejoined_at).add_participant(
            guest, ParticipantType.CONTACT, now=rejoined_at
        )
        saved = await chats.save(back)
        assert saved.participants[-1].joined_at == rejoined_at
        assert await chats.get(chat.id) == saved


def places(superuser: psycopg.Connection) -> dict[UUID, str]:
    """Where each participant's row lies; a row that was written lies elsewhere."""
    return dict(superuser.execute("SELECT participant_id, ctid::text FROM chat_participants").fetchall())


@pytest.mark.parametrize("kind", ParticipantType)
async def test_a_participant_is_one_of_the_tenants(
    db: Database[UnitOfWork], seed: Seed, kind: ParticipantType
) -> None:
    with pytest.raises(ReferenceNotFound) as caught:
        async with db.unit_of_work(TENANT) as uow:
            creator = await add_contact(uow, seed)
            await ChatRepository(uow).add(group(seed, creator).add_participant(uuid4(), kind, now=NOW))
            await uow.commit()
    assert caught.value.constraint == f"chat_participants_{kind}_fkey"


async def test_a_row_that_a_trigger_ate_is_missed(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    superuser.execute(
        """
        CREATE FUNCTION eat() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER eat BEFORE INSERT ON chat_participants FOR EACH ROW EXECUTE FUNCTION eat();
        """
    )
    with pytest.raises(WriteSuppressed):
        async with db.unit_of_work(TENANT) as uow:
            await ChatRepository(uow).add(individual(seed, await add_contact(uow, seed)))


async def test_an_individual_chat_that_lost_its_contact_by_hand_is_not_loaded(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        chat = await ChatRepository(uow).add(individual(seed, await add_contact(uow, seed)))
        await uow.commit()
    superuser.execute("DELETE FROM chat_participants")
    with pytest.raises(MappingError, match=str(chat.id)):
        async with db.unit_of_work(TENANT) as uow:
            await ChatRepository(uow).get(chat.id)


async def test_a_removed_chat_takes_its_participants_along(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        chat = await ChatRepository(uow).add(individual(seed, await add_contact(uow, seed)))
        await ChatRepository(uow).remove(chat)
        await uow.commit()
    assert places(superuser) == {}
