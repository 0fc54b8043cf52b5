"""A contact has one chat in its project; groups and channels are made anew."""

from __future__ import annotations

from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.chats.create_chat import (
    CreateChannelChat,
    CreatedChat,
    CreateGroupChat,
    CreateIndividualChat,
    create_chat,
)
from ventros.crm.chats.aggregate import MAX_SUBJECT, Chat
from ventros.crm.chats.repository import ChatRepository
from ventros.crm.chats.values import ChatStatus, ChatType
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import AlreadyExists, Conflict, ReferenceNotFound, VentrosError
from ventros.kernel.ids import new_id
from ventros.kernel.transaction.held import Held

Command = CreateIndividualChat | CreateGroupChat | CreateChannelChat


@pytest.fixture
async def ada(db: Database[UnitOfWork], seed: Seed) -> Contact:
    return await stored_contact(db, seed)


async def stored_contact(db: Database[UnitOfWork], seed: Seed) -> Contact:
    contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
    return await db.run(seed.tenant, lambda uow: uow.contacts.add(contact))


def individual(seed: Seed, contact: Contact) -> CreateIndividualChat:
    return CreateIndividualChat(project_id=seed.project_id, contact_id=contact.id, created_at=NOW)


def group(seed: Seed, contact: Contact, **changes: Any) -> CreateGroupChat:
    command = CreateGroupChat(
        project_id=seed.project_id,
        subject="Family",
        creator_id=contact.id,
        external_id="1@g.us",
        created_at=NOW,
    )
    return attrs.evolve(command, **changes)


async def create(db: Database[UnitOfWork], command: Command) -> CreatedChat:
    return await db.run(TENANT, lambda uow: create_chat(uow, command))


async def stored(db: Database[UnitOfWork], chat: Chat) -> Chat:
    async with db.unit_of_work(TENANT) as uow:
        return await uow.chats.get(chat.id)


def count(superuser: psycopg.Connection) -> int:
    """Of chats; each has the event of its creation, and no other."""
    row = superuser.execute("SELECT count(*) FROM chats").fetchone()
    told = superuser.execute(
        "SELECT count(*) FROM outbox_events WHERE event_name LIKE 'chat.%' AND event_name = 'chat.created'"
    ).fetchone()
    assert row is not None
    assert row == told
    return int(row[0])


async def test_a_contact_has_one_chat_which_is_found_again_even_closed(
    db: Database[UnitOfWork], seed: Seed, ada: Contact, superuser: psycopg.Connection
) -> None:
    made = await create(db, individual(seed, ada))
    assert (made.created, made.chat.chat_type, made.chat.individual_contact_id) == (
        True,
        ChatType.INDIVIDUAL,
        ada.id,
    )
    assert await stored(db, made.chat) == made.chat
    assert await create(db, individual(seed, ada)) == CreatedChat(chat=made.chat, created=False)
    await db.run(TENANT, lambda uow: uow.chats.apply(made.chat.id, Chat.close, now=NOW))
    found = await create(db, individual(seed, ada))
    assert (found.created, found.chat.id, found.chat.status) == (False, made.chat.id, ChatStatus.CLOSED)
    assert count(superuser) == 1


async def test_a_group_has_its_creator_as_admin_and_a_channel_has_nobody(
    db: Database[UnitOfWork], seed: Seed, ada: Contact, superuser: psycopg.Connection
) -> None:
    made = await create(db, group(seed, ada))
    assert made.created
    assert await stored(db, made.chat) == made.chat
    assert [(one.id, one.is_admin) for one in made.chat.participants] == [(ada.id, True)]
    assert (made.chat.subject, made.chat.external_id) == ("Family", "1@g.us")
    channel = await create(db, CreateChannelChat(project_id=seed.project_id, subject="News", created_at=NOW))
    assert (channel.chat.chat_type, channel.chat.participants) == (ChatType.CHANNEL, ())
    assert count(superuser) == 2
    with pytest.raises(AlreadyExists) as raised:
        await create(db, group(seed, ada))
    assert raised.value.constraint == "chats_live_external_id_key"


async def test_whoever_it_is_of_is_a_live_contact_of_the_project(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, ada: Contact, superuser: psycopg.Connection
) -> None:
    """Where the foreign keys alone would take a deleted one."""
    stranger, gone = await stored_contact(db, other_seed), await stored_contact(db, seed)
    await db.run(TENANT, lambda uow: uow.contacts.apply(gone.id, Contact.delete, now=NOW))
    for contact in (stranger, gone):
        for command in (individual(seed, contact), group(seed, contact)):
            with pytest.raises(NotFound, match="contact "):
                await create(db, command)
    for command in (individual(seed, ada), group(seed, ada)):
        with pytest.raises(NotFound, match="contact "):
            await create(db, attrs.evolve(command, project_id=other_seed.project_id))
    with pytest.raises(ReferenceNotFound):
        await create(db, CreateChannelChat(project_id=new_id(), subject="News", created_at=NOW))
    assert count(superuser) == 0


@pytest.mark.parametrize("subject", ["", "x" * (MAX_SUBJECT + 1)])
async def test_a_subject_is_neither_empty_nor_too_long(
    db: Database[UnitOfWork], seed: Seed, ada: Contact, subject: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        await create(db, group(seed, ada, subject=subject))
    assert raised.value.field == "subject"


def with_rival(db: Database[UnitOfWork], command: Command) -> Database[UnitOfWork]:
    """In its first unit another one creates the chat right before it is added."""
    done = False

    class Chats(ChatRepository):
        async def add(self, aggregate: Chat) -> Chat:
            nonlocal done
            if not done:
                done = True
                await db.run(TENANT, lambda uow: create_chat(uow, command))
            return await super().add(aggregate)

    class Racing(UnitOfWork):
        chats = Held(Chats)

    return Database(db._pool, Racing, db.settings)


async def test_of_two_at_once_the_second_meets_a_conflict_and_finds_the_chat_of_the_first(
    db: Database[UnitOfWork], seed: Seed, ada: Contact, superuser: psycopg.Connection
) -> None:
    command, conflicts = individual(seed, ada), list[VentrosError]()
    second = await with_rival(db, command).run(
        TENANT, lambda uow: create_chat(uow, command), on_conflict=lambda error, _: conflicts.append(error)
    )
    assert not second.created
    assert [type(error) for error in conflicts] == [Conflict]
    assert count(superuser) == 1


async def test_control_the_index_is_what_keeps_them_apart(
    db: Database[UnitOfWork], seed: Seed, ada: Contact, superuser: psycopg.Connection
) -> None:
    superuser.execute("DROP INDEX chats_live_individual_key")
    command = individual(seed, ada)
    assert (await create(with_rival(db, command), command)).created
    assert count(superuser) == 2
