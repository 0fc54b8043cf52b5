"""A message of a group belongs to the group's chat, which it makes if need be, and to no session."""

from __future__ import annotations

import asyncio
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import (
    ADA,
    EVE,
    GROUP,
    MINUTE,
    inbound,
    message_of,
    process,
    store,
    wait_for_each_other,
)
from tests.support.snapshots import snapshot
from ventros import Database, UnitOfWork, ValidationError
from ventros.application.messages.inbound import GroupChat
from ventros.application.messages.process_inbound_message import (
    Duplicate,
    InboundMessage,
    StoredMessage,
    process_inbound_message,
)
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.repository import ChatRepository
from ventros.demo.seed import Seed
from ventros.kernel.connection.call import Call
from ventros.kernel.retry import Retry
from ventros.kernel.transaction.held import Held

IN_GROUP = inbound(group=GROUP)


async def chat_of(db: Database[UnitOfWork], stored: StoredMessage) -> Chat:
    assert stored.chat_id is not None
    async with db.unit_of_work(TENANT) as uow:
        return await uow.chats.get(stored.chat_id)


def events(superuser: psycopg.Connection) -> list[tuple[str, int | None]]:
    """After those of the seed."""
    return superuser.execute(
        "SELECT event_name, aggregate_version FROM outbox_events ORDER BY position OFFSET 4"
    ).fetchall()


async def test_a_first_message_makes_contact_chat_and_message_and_no_session(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    stored = await store(db, seed, IN_GROUP)
    chat, message = await chat_of(db, stored), await message_of(db, stored)
    assert (chat.is_group, chat.external_id, chat.subject) == (True, GROUP.external_id, "Rowing")
    assert [(who.id, who.joined_at, who.is_admin) for who in chat.participants] == [
        (stored.contact_id, NOW, False)
    ]
    assert chat.last_message_at == NOW
    assert (message.chat_id, message.session_id, message.contact_id) == (chat.id, None, stored.contact_id)
    assert stored.session_id is None
    assert superuser.execute("SELECT count(*) FROM sessions").fetchone() == (0,)
    assert events(superuser) == [
        ("contact.created", 1),
        ("contact.tag_added", 1),
        ("contact.phone_set", 1),
        ("contact.interaction_recorded", 1),
        ("chat.created", 1),
        ("chat.updated", 1),
        ("chat.participant_added", 1),
        ("message.created", None),
    ]


async def test_it_stays_out_of_the_contacts_one_to_one_session(db: Database[UnitOfWork], seed: Seed) -> None:
    one = await store(db, seed, inbound(number=2))
    in_group = await store(db, seed, attrs.evolve(IN_GROUP, received_at=NOW + MINUTE))
    assert one.contact_id == in_group.contact_id
    assert (one.chat_id, in_group.session_id) == (None, None)
    assert one.session_id is not None
    async with db.unit_of_work(TENANT) as uow:
        session = await uow.sessions.get(one.session_id)
        counters = await uow.channels.counters(seed.channel_id)
    assert (session.message_count, session.last_activity_at) == (1, NOW)
    assert counters.messages_received == 2


async def test_others_join_the_same_chat_once_each(db: Database[UnitOfWork], seed: Seed) -> None:
    people = {
        await store(db, seed, inbound(number=number, group=GROUP, contact=contact))
        for number, contact in enumerate((ADA, EVE, ADA))
    }
    (chat_id,) = {stored.chat_id for stored in people}
    assert chat_id is not None
    chat = await chat_of(db, next(iter(people)))
    assert {who.id for who in chat.participants} == {stored.contact_id for stored in people}
    assert len(chat.participants) == 2


async def test_subject_and_time_are_those_of_the_latest_message(db: Database[UnitOfWork], seed: Seed) -> None:
    def told(number: int, subject: str | None) -> InboundMessage:
        group = attrs.evolve(GROUP, subject=subject)
        return inbound(number=number, group=group, received_at=NOW + number * MINUTE)

    stored = await store(db, seed, told(2, None))
    assert (await chat_of(db, stored)).subject == GROUP.external_id, "until one is told"
    for command, subject in (
        (told(3, "Rowing"), "Rowing"),
        (told(1, "Before"), "Rowing"),
        (told(4, None), "Rowing"),
        (told(5, "Sailing"), "Sailing"),
    ):
        await store(db, seed, command)
        assert (await chat_of(db, stored)).subject == subject
    assert (await chat_of(db, stored)).last_message_at == NOW + 5 * MINUTE


async def test_a_closed_chat_still_has_its_messages(db: Database[UnitOfWork], seed: Seed) -> None:
    stored = await store(db, seed, IN_GROUP)
    async with db.unit_of_work(TENANT) as uow:
        assert stored.chat_id is not None
        await uow.chats.save((await uow.chats.get(stored.chat_id)).close(now=NOW))
        await uow.commit()
    later = inbound(number=2, contact=EVE, group=attrs.evolve(GROUP, subject="New"), received_at=NOW + MINUTE)
    assert (await store(db, seed, later)).chat_id == stored.chat_id
    chat = await chat_of(db, stored)
    assert (chat.subject, len(chat.participants), chat.last_message_at) == ("Rowing", 1, NOW + MINUTE)


async def test_a_deleted_chat_is_not_revived(db: Database[UnitOfWork], seed: Seed) -> None:
    stored = await store(db, seed, IN_GROUP)
    async with db.unit_of_work(TENANT) as uow:
        assert stored.chat_id is not None
        await uow.chats.save((await uow.chats.get(stored.chat_id)).delete(now=NOW))
        await uow.commit()
    again = await store(db, seed, inbound(number=2, group=GROUP))
    assert again.chat_id not in {None, stored.chat_id}


async def test_a_duplicate_changes_nothing(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    await store(db, seed, IN_GROUP)
    before = snapshot(superuser)
    for twin in (IN_GROUP, attrs.evolve(IN_GROUP, event_id=None), attrs.evolve(IN_GROUP, contact=EVE)):
        assert isinstance(await process(db, seed, twin), Duplicate)
    assert snapshot(superuser) == before


@pytest.mark.parametrize("group", [GroupChat(external_id="1@g.us", subject="x" * 256)])
async def test_a_group_that_cannot_be_stored_leaves_nothing(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, group: GroupChat
) -> None:
    before = snapshot(superuser)
    with pytest.raises(ValidationError):
        await process(db, seed, attrs.evolve(IN_GROUP, group=group))
    assert snapshot(superuser) == before


RACERS = 8


async def race(db: Database[UnitOfWork], seed: Seed, monkeypatch: pytest.MonkeyPatch) -> list[StoredMessage]:
    """First messages of one group, all at once, each of somebody else."""
    wait_for_each_other(monkeypatch, RACERS, lambda found: found.chat_id is None)
    people = [attrs.evolve(ADA, phone=f"+551197777000{number}") for number in range(RACERS)]
    return await asyncio.gather(
        *(
            store(db, seed, inbound(number=number, group=GROUP, contact=contact))
            for number, contact in enumerate(people)
        )
    )


async def test_racing_first_messages_of_a_group_make_one_chat(
    db: Database[UnitOfWork], seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = await race(db, seed, monkeypatch)
    assert len({message.chat_id for message in stored}) == 1
    chat = await chat_of(db, stored[0])
    assert {who.id for who in chat.participants} == {message.contact_id for message in stored}


async def test_control_without_the_unique_index_each_racer_makes_its_own(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    superuser.execute("DROP INDEX chats_live_external_id_key")
    assert len({message.chat_id for message in await race(db, seed, monkeypatch)}) == RACERS


def lingering(db: Database[UnitOfWork], *, locked: bool) -> Database[UnitOfWork]:
    """Whoever has found the chat gives the others time to find it as well."""

    class Chats(ChatRepository):
        def holding(self, id: UUID) -> list[Call]:  # noqa: A002
            lock, *reads = super().holding(id)
            return [lock if locked else Call(self.STORED_VERSION, (self.key(id),)), *reads]

        async def save(self, chat: Chat) -> Chat:
            await asyncio.sleep(0.2)
            return await super().save(chat)

    class Lingering(UnitOfWork):
        chats = Held(Chats)

    return Database(db._pool, Lingering, db.settings)


@pytest.mark.parametrize("locked", [True, False], ids=["as it is", "control: without the lock"])
async def test_messages_of_one_group_at_once_do_not_conflict(
    db: Database[UnitOfWork], seed: Seed, locked: bool
) -> None:
    """Whoever comes second waits for the chat: a group with a hundred writers would else never settle."""
    people = [attrs.evolve(ADA, phone=f"+551197777000{number}") for number in range(RACERS)]
    for number, contact in enumerate(people):
        await store(db, seed, inbound(number=number, group=GROUP, contact=contact))
    conflicts: list[object] = []
    at_once = lingering(db, locked=locked)

    async def once(number: int) -> object:
        command = inbound(number=100 + number, group=GROUP, contact=people[number], received_at=NOW + MINUTE)
        return await at_once.run(
            TENANT,
            lambda uow: process_inbound_message(uow, seed.channel_id, command),
            retry=Retry(attempts=50),
            on_conflict=lambda error, _attempt: conflicts.append(error),
        )

    results = await asyncio.gather(*map(once, range(RACERS)))
    assert all(isinstance(result, StoredMessage) for result in results)
    assert (conflicts == []) is locked
