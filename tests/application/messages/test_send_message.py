"""We write to a contact: what is stored, what is refused, and how two meet."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.inbound_messages import EVE, MINUTE, inbound, store
from ventros import Conflict, Database, InvariantViolation, NotFound, UnitOfWork, ValidationError
from ventros.application.contacts.identify_contact import identify_contact
from ventros.application.messages import send_message as use_case
from ventros.application.messages.outbound import Outbound, find_outbound
from ventros.application.messages.send_message import SendMessage, send_message
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import AgentType
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.values import ChannelType
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType, MessageSource, MessageStatus
from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.values import Phone

LATER = NOW + MINUTE
PHONE = Phone("+5511999990000")


@pytest.fixture
async def contact(db: Database[UnitOfWork], seed: Seed) -> Contact:
    return await db.run(TENANT, lambda uow: identify(uow, seed))


async def identify(uow: UnitOfWork, seed: Seed) -> Contact:
    return await identify_contact(uow, seed.project_id, phone=PHONE, lid=None, name="Ada", now=NOW)


def asked(seed: Seed, contact: Contact, **changes: Any) -> SendMessage:
    command = SendMessage(contact_id=contact.id, channel_id=seed.channel_id, text="hello", sent_at=LATER)
    return attrs.evolve(command, **changes)


async def send(db: Database[UnitOfWork], command: SendMessage, tenant: str = TENANT) -> Message:
    return await db.run(tenant, lambda uow: send_message(uow, command))


async def session_of(db: Database[UnitOfWork], message: Message) -> Session:
    assert message.session_id is not None
    async with db.unit_of_work(TENANT) as uow:
        return await uow.sessions.get(message.session_id)


def events(superuser: psycopg.Connection, id_: UUID) -> list[str]:
    rows = superuser.execute(
        "SELECT event_name FROM outbox_events WHERE aggregate_id = %s ORDER BY position", [id_]
    )
    return [name for (name,) in rows.fetchall()]


async def test_it_is_queued_and_counted_by_a_new_session(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    message = await send(db, asked(seed, contact, metadata={"campaign": "spring"}))
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.messages.get(message.id) == message
        assert (await uow.contacts.get(contact.id)).last_interaction_at == LATER
        assert (await uow.channels.counters(seed.channel_id)).messages_sent == 0
    assert (message.status, message.from_me, message.tenant_id) == (MessageStatus.QUEUED, True, TENANT)
    assert (message.channel_message_id, message.channel_type_id) == (None, 1)
    assert (message.user_id, message.project_id) == (seed.user_id, seed.project_id)
    assert (message.timestamp, message.metadata) == (LATER, {"campaign": "spring"})
    session = await session_of(db, message)
    assert (session.contact_id, session.started_at, session.channel_type_id) == (contact.id, LATER, 1)
    assert (session.message_count, session.messages_from_agent) == (1, 1)
    assert events(superuser, message.id) == ["message.created", "message.send_requested"]
    assert events(superuser, session.id) == ["session.started", "session.message_recorded"]
    assert events(superuser, contact.id)[-1] == "contact.interaction_recorded"


async def test_an_active_session_of_the_channels_type_counts_it(
    db: Database[UnitOfWork], seed: Seed, contact: Contact
) -> None:
    stored = await store(db, seed, inbound())
    message = await send(db, asked(seed, contact))
    session = await session_of(db, message)
    assert session.id == stored.session_id
    assert (session.message_count, session.messages_from_contact, session.messages_from_agent) == (2, 1, 1)
    assert session.agent_response_time_seconds == 60


async def test_a_session_that_timed_out_is_ended_and_a_new_one_counts_it(
    db: Database[UnitOfWork], seed: Seed, contact: Contact
) -> None:
    stored = await store(db, seed, inbound())
    message = await send(db, asked(seed, contact, sent_at=NOW + timedelta(hours=1)))
    assert stored.session_id is not None
    async with db.unit_of_work(TENANT) as uow:
        ended = await uow.sessions.get(stored.session_id)
    assert (ended.end_reason, ended.ended_at) == (EndReason.INACTIVITY_TIMEOUT, NOW + timedelta(minutes=30))
    assert (await session_of(db, message)).started_at == NOW + timedelta(hours=1)


async def test_an_active_session_of_another_type_of_channel_is_left_alone(
    db: Database[UnitOfWork], seed: Seed, contact: Contact
) -> None:
    other = Session.start(contact_id=contact.id, tenant_id=TENANT, channel_type_id=5, now=NOW)
    await db.run(TENANT, lambda uow: uow.sessions.add(other))
    message = await send(db, asked(seed, contact))
    assert message.session_id != other.id


@pytest.mark.parametrize("source", list(MessageSource))
async def test_without_an_agent_it_is_the_sources_system_agents(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, source: MessageSource
) -> None:
    message = await send(db, asked(seed, contact, source=source))
    assert (message.source, message.agent_id) == (source, source.system_agent_id)


async def test_it_is_the_agents_who_wrote_it(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, contact: Contact
) -> None:
    def agent(of: Seed) -> Agent:
        return Agent.create(
            project_id=of.project_id, tenant_id=of.tenant, name="Bot", type=AgentType.BOT, now=NOW
        )

    ours, theirs = agent(seed), agent(other_seed)
    await db.run(TENANT, lambda uow: uow.agents.add(ours))
    await db.run(OTHER_TENANT, lambda uow: uow.agents.add(theirs))
    assert (await send(db, asked(seed, contact, agent_id=ours.id))).agent_id == ours.id
    with pytest.raises(NotFound, match=f"agent {theirs.id}"):
        await send(db, asked(seed, contact, agent_id=theirs.id))


async def test_it_may_answer_a_message_of_the_same_conversation_only(
    db: Database[UnitOfWork], seed: Seed, contact: Contact
) -> None:
    of_ada, of_eve = await store(db, seed, inbound()), await store(db, seed, inbound(number=2, contact=EVE))
    assert (await send(db, asked(seed, contact, reply_to_id=of_ada.message_id))).reply_to_id
    with pytest.raises(NotFound, match="message"):
        await send(db, asked(seed, contact, reply_to_id=of_eve.message_id))


async def test_a_medium_has_a_caption(db: Database[UnitOfWork], seed: Seed, contact: Contact) -> None:
    message = await send(
        db,
        asked(
            seed,
            contact,
            content_type=ContentType.IMAGE,
            media_url="https://files.example/a.jpg",
            media_mimetype="image/jpeg",
        ),
    )
    assert (message.media_mimetype, str(message.text and message.text.value)) == ("image/jpeg", "hello")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": None}, "text"),
        ({"text": ""}, "text"),
        ({"content_type": ContentType.IMAGE}, "media_url"),
        ({"content_type": ContentType.VOICE, "media_url": "https://a.example/b"}, "text"),
        ({"content_type": ContentType.STICKER, "media_url": "https://a.example/b"}, "content_type"),
        ({"content_type": ContentType.SYSTEM}, "content_type"),
        ({"content_type": "telepathy"}, "content_type"),
        ({"contact_id": UUID(int=0)}, "contact_id"),
        ({"sent_at": NOW.replace(tzinfo=None)}, "sent_at"),
    ],
)
def test_a_command_that_cannot_be_sent_is_refused(changes: dict[str, Any], field: str) -> None:
    fields = {"contact_id": new_id(), "channel_id": new_id(), "text": "hello", "sent_at": NOW, **changes}
    with pytest.raises(ValidationError) as refused:
        SendMessage(**fields)
    assert refused.value.field == field


async def test_an_address_of_a_medium_that_is_none_is_refused(
    db: Database[UnitOfWork], seed: Seed, contact: Contact
) -> None:
    with pytest.raises(ValidationError, match="media"):
        await send(db, asked(seed, contact, content_type=ContentType.IMAGE, media_url="file:///etc/passwd"))


async def test_a_channel_that_does_not_send_is_refused(
    db: Database[UnitOfWork], seed: Seed, contact: Contact
) -> None:
    other = Channel.create(
        user_id=seed.user_id,
        project_id=seed.project_id,
        tenant_id=TENANT,
        name="Telegram",
        type=ChannelType.TELEGRAM,
        now=NOW,
    ).activate(now=NOW)
    await db.run(TENANT, lambda uow: uow.channels.add(other))
    with pytest.raises(InvariantViolation, match="only WAHA's"):
        await send(db, asked(seed, contact, channel_id=other.id))
    await db.run(TENANT, lambda uow: uow.channels.apply(seed.channel_id, Channel.deactivate, now=NOW))
    with pytest.raises(InvariantViolation, match="inactive, not active"):
        await send(db, asked(seed, contact))


async def test_a_contact_without_an_address_is_refused_and_one_with_a_lid_is_not(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    nobody = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Nobody", now=NOW)
    await db.run(TENANT, lambda uow: uow.contacts.add(nobody))
    with pytest.raises(InvariantViolation, match="neither phone nor LID"):
        await send(db, asked(seed, nobody))
    known = await db.run(
        TENANT,
        lambda uow: identify_contact(uow, seed.project_id, phone=None, lid="797012", name=None, now=NOW),
    )
    assert (await send(db, asked(seed, known))).status is MessageStatus.QUEUED


async def test_what_is_not_there_or_another_tenants_is_not_found(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, contact: Contact
) -> None:
    for changes in (
        {"contact_id": new_id()},
        {"channel_id": new_id()},
        {"channel_id": other_seed.channel_id},
    ):
        with pytest.raises(NotFound):
            await send(db, asked(seed, contact, **changes))
    with pytest.raises(NotFound):
        await send(db, asked(seed, contact), OTHER_TENANT)
    await db.run(TENANT, lambda uow: uow.contacts.apply(contact.id, Contact.delete, now=NOW))
    with pytest.raises(NotFound, match=f"contact {contact.id}"):
        await send(db, asked(seed, contact))


async def test_several_may_be_sent_within_one_unit(
    db: Database[UnitOfWork], seed: Seed, contact: Contact
) -> None:
    async def both(uow: UnitOfWork) -> list[Message]:
        first = await send_message(uow, asked(seed, contact))
        second = await send_message(uow, asked(seed, contact, sent_at=LATER + MINUTE))
        return [first, second]

    first, second = await db.run(TENANT, both)
    assert first.session_id == second.session_id
    assert (await session_of(db, second)).message_count == 2


def look_together(monkeypatch: pytest.MonkeyPatch, racers: int) -> list[Outbound]:
    """All have looked before any is stored, so that none finds what others make; what was found."""
    all_looked, found, first = asyncio.Barrier(racers), [], iter(range(racers))

    async def find(*args: Any, **named: Any) -> Outbound:
        found.append(await find_outbound(*args, **named))
        if next(first, None) is not None:
            await all_looked.wait()
        return found[-1]

    monkeypatch.setattr(use_case, "find_outbound", find)
    return found


@pytest.mark.parametrize("known", [False, True], ids=["without a session", "with one"])
async def test_of_two_at_once_the_second_is_decided_again(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    if known:
        await send(db, asked(seed, contact, sent_at=NOW))
    found = look_together(monkeypatch, 2)
    one, other = await asyncio.gather(*(send(db, asked(seed, contact)) for _ in range(2)))
    assert one.session_id == other.session_id
    assert (await session_of(db, one)).message_count == 2 + known
    assert len(found) > 2, "nobody decided again"


async def test_control_without_the_index_there_are_two_active_sessions(
    db: Database[UnitOfWork],
    seed: Seed,
    contact: Contact,
    monkeypatch: pytest.MonkeyPatch,
    superuser: psycopg.Connection,
) -> None:
    """Old messages, so that the contact is held and not written: only the index lets one session be."""
    superuser.execute("DROP INDEX sessions_active_key")
    look_together(monkeypatch, 2)
    one, other = await asyncio.gather(*(send(db, asked(seed, contact, sent_at=NOW)) for _ in range(2)))
    assert one.session_id != other.session_id


async def test_a_contact_that_changes_meanwhile_is_a_conflict(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def find_and_rename(*args: Any, **named: Any) -> Outbound:
        found = await find_outbound(*args, **named)
        await db.run(TENANT, lambda uow: uow.contacts.apply(contact.id, Contact.rename, "Eve", now=NOW))
        return found

    monkeypatch.setattr(use_case, "find_outbound", find_and_rename)
    for sent_at in (NOW, LATER):  # held, and written
        with pytest.raises(Conflict):
            async with db.unit_of_work(TENANT) as uow:
                await send_message(uow, asked(seed, contact, sent_at=sent_at))
        await db.run(TENANT, lambda uow: uow.contacts.apply(contact.id, Contact.rename, "Ada", now=NOW))
