"""Before a message is handed over the attempt is on record; what cannot be sent any more fails."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.inbound_messages import inbound, store
from tests.support.keys import OLD
from tests.support.lock_waits import one_waits
from tests.support.relaying import until
from tests.support.sending import CHAT, CONFIG, LATER, begin, new_contact, queued
from tests.support.stored import count
from tests.support.waha_server import configure
from ventros import AlreadyExists, Database, NotFound, UnitOfWork
from ventros.application.contacts.identify_contact import identify_contact
from ventros.application.contacts.merge_contacts import MergeContacts, merge_contacts
from ventros.application.messages.begin_send import BeginSend, begin_send
from ventros.crm.channels.aggregate import Channel
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.repository import MessageRepository
from ventros.crm.messages.sends import Begun, MessageSends
from ventros.crm.messages.values import MessageStatus
from ventros.demo.seed import Seed
from ventros.kernel.errors import UnknownKey

ATTEMPTS = "SELECT count(*) FROM message_sends"


@pytest.fixture
async def contact(db: Database[UnitOfWork], seed: Seed) -> Contact:
    return await new_contact(db, seed)


async def failed(db: Database[UnitOfWork], message: Message, superuser: psycopg.Connection) -> str:
    """Why it did."""
    assert await begin(db, message) is None
    async with db.unit_of_work(TENANT) as uow:
        assert (await uow.messages.get(message.id)).status is MessageStatus.FAILED
    assert count(superuser, ATTEMPTS) == 0
    ((reason,),) = superuser.execute(
        "SELECT payload ->> 'failure_reason' FROM outbox_events WHERE event_name = 'message.failed'"
    ).fetchall()
    return str(reason)


async def test_the_attempt_is_on_record_and_says_what_is_to_be_sent(
    db: Database[UnitOfWork], seed: Seed, contact: Contact
) -> None:
    await configure(db, seed, CONFIG)
    answered = await store(db, seed, inbound())
    message = await queued(db, seed, contact, reply_to_id=answered.message_id)
    begun = await begin(db, message)
    assert begun is not None
    assert (begun.attempt, begun.message) == (1, message)
    out = begun.outgoing
    assert (out.config, out.session, out.chat_id, out.text) == (CONFIG, "phone", CHAT, "hello")
    assert out.reply_to == f"false_{CHAT}_wamid.1"
    async with db.unit_of_work(TENANT) as uow:
        (attempt,) = await uow.message_sends.find(message.id)
    assert (attempt.attempt, attempt.began_at, attempt.ended_at, attempt.outcome) == (1, LATER, None, None)


async def test_a_second_one_tells_that_the_first_is_in_doubt(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    await configure(db, seed, CONFIG)
    message = await queued(db, seed, contact)
    await begin(db, message)
    begun = await begin(db, message)
    assert begun is not None
    assert (begun.attempt, begun.message.may_have_been_sent_twice) == (2, True)
    told = superuser.execute(
        "SELECT payload FROM outbox_events WHERE event_name = 'message.resent'"
    ).fetchall()
    assert [payload["attempt"] for (payload,) in told] == [2]


async def test_a_channel_that_leads_nowhere_fails_it(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    reason = await failed(db, await queued(db, seed, contact), superuser)
    assert reason.startswith(f"channel {seed.channel_id} has no way to its platform")


async def test_a_channel_that_is_active_no_more_fails_it(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    message = await queued(db, seed, contact)
    deactivate = partial(Channel.deactivate, now=NOW)
    await db.run(TENANT, lambda uow: uow.channels.apply(seed.channel_id, deactivate))
    assert "inactive, not active" in await failed(db, message, superuser)


async def test_a_contact_that_is_gone_fails_it(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    message = await queued(db, seed, contact)
    delete = partial(Contact.delete, now=NOW)
    await db.run(TENANT, lambda uow: uow.contacts.apply(contact.id, delete))
    assert await failed(db, message, superuser) == f"contact {contact.id} not found"


async def test_a_revoked_one_fails(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    message = await queued(db, seed, contact)
    await db.run(TENANT, lambda uow: uow.messages.save(message.revoke(now=NOW)))
    assert "was revoked" in await failed(db, message, superuser)


async def test_a_message_of_a_merged_contact_goes_to_the_surviving_one(
    db: Database[UnitOfWork], seed: Seed, contact: Contact
) -> None:
    await configure(db, seed, CONFIG)
    merged = await db.run(
        TENANT,
        lambda uow: identify_contact(uow, seed.project_id, phone=None, lid="797012", name=None, now=NOW),
    )
    message = await queued(db, seed, merged)
    pair = MergeContacts(surviving_contact_id=contact.id, merged_contact_id=merged.id, merged_at=NOW)
    await db.run(TENANT, lambda uow: merge_contacts(uow, pair))
    begun = await begin(db, message)
    assert begun is not None
    assert begun.outgoing.chat_id == CHAT


async def test_a_key_that_is_not_there_leaves_no_trace(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    await configure(db, seed, CONFIG)
    message = await queued(db, seed, contact)
    command = BeginSend(message_id=message.id, encryptor=OLD, began_at=LATER)
    with pytest.raises(UnknownKey):
        await db.run(TENANT, lambda uow: begin_send(uow, command))
    assert count(superuser, ATTEMPTS) == 0


async def test_another_tenants_is_not_found(db: Database[UnitOfWork], seed: Seed, contact: Contact) -> None:
    with pytest.raises(NotFound):
        await begin(db, await queued(db, seed, contact), OTHER_TENANT)


async def both(
    db: Database[UnitOfWork],
    message: Message,
    monkeypatch: pytest.MonkeyPatch,
    superuser: psycopg.Connection,
) -> list[Any]:
    """The first has its attempt, and goes on once the second waits for it."""
    begin_attempt, first = MessageSends.begin, iter([True])

    async def begin_and_wait(self: MessageSends, *args: Any, **named: Any) -> Begun:
        begun = await begin_attempt(self, *args, **named)
        if next(first, False):
            await until(lambda: one_waits(superuser))
        return begun

    monkeypatch.setattr(MessageSends, "begin", begin_and_wait)
    async with asyncio.timeout(30):
        return list(await asyncio.gather(begin(db, message), begin(db, message), return_exceptions=True))


async def test_of_two_at_once_the_second_says_that_the_first_is_in_doubt(
    db: Database[UnitOfWork],
    seed: Seed,
    contact: Contact,
    monkeypatch: pytest.MonkeyPatch,
    superuser: psycopg.Connection,
) -> None:
    await configure(db, seed, CONFIG)
    begun = await both(db, await queued(db, seed, contact), monkeypatch, superuser)
    assert sorted((one.attempt, one.message.may_have_been_sent_twice) for one in begun) == [
        (1, False),
        (2, True),
    ]


async def test_control_without_the_lock_two_have_one_number(
    db: Database[UnitOfWork],
    seed: Seed,
    contact: Contact,
    monkeypatch: pytest.MonkeyPatch,
    superuser: psycopg.Connection,
) -> None:
    await configure(db, seed, CONFIG)
    message = await queued(db, seed, contact)
    monkeypatch.setattr(MessageRepository, "hold", MessageRepository.get)
    begun = await both(db, message, monkeypatch, superuser)
    assert [type(one) for one in begun if isinstance(one, Exception)] == [AlreadyExists]
