"""What came of an attempt is recorded once, and the message follows."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.support.constants import OTHER_TENANT, TENANT
from tests.support.inbound_messages import EVE, inbound, store
from tests.support.sending import CONFIG, LATER, begin, new_contact, queued
from tests.support.stored import count
from tests.support.waha_server import configure
from ventros import CRM, Database, NotFound, UnitOfWork, ValidationError
from ventros.application.messages.process_inbound_message import StoredMessage
from ventros.application.messages.record_send import RecordSend, record_send
from ventros.audit.checks import ask, questions
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.repository import MessageRepository
from ventros.crm.messages.sends import LONGEST_REASON, SendOutcome
from ventros.crm.messages.values import MessageStatus
from ventros.demo.seed import Seed
from ventros.roles import DEFAULT

(COUNTERS,) = [question for question in questions(CRM) if question.name == "counters"]
SENT, REFUSED, UNANSWERED = SendOutcome.SENT, SendOutcome.REFUSED, SendOutcome.UNANSWERED


@pytest.fixture
async def message(db: Database[UnitOfWork], seed: Seed) -> Message:
    """One whose first attempt has begun."""
    await configure(db, seed, CONFIG)
    message = await queued(db, seed, await new_contact(db, seed))
    await begin(db, message)
    return message


async def record(
    db: Database[UnitOfWork],
    message: Message,
    outcome: SendOutcome,
    attempt: int = 1,
    *,
    tenant: str = TENANT,
    **told: Any,
) -> Message:
    command = RecordSend(message_id=message.id, attempt=attempt, outcome=outcome, ended_at=LATER, **told)
    return await db.run(tenant, lambda uow: record_send(uow, command))


async def sent_by_channel(db: Database[UnitOfWork], seed: Seed) -> int:
    async with db.unit_of_work(TENANT) as uow:
        return (await uow.channels.counters(seed.channel_id)).messages_sent


async def test_one_that_was_sent_is_counted_and_has_the_id(
    db: Database[UnitOfWork], seed: Seed, message: Message
) -> None:
    stored = await record(db, message, SENT, channel_message_id="3EB0")
    assert (stored.status, stored.channel_message_id) == (MessageStatus.SENT, "3EB0")
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.messages.get(message.id) == stored
        (attempt,) = await uow.message_sends.find(message.id)
    assert (attempt.outcome, attempt.ended_at, attempt.channel_message_id) == (SENT, LATER, "3EB0")
    assert await sent_by_channel(db, seed) == 1


@pytest.mark.parametrize("outcome", [SendOutcome.NOT_TAKEN, UNANSWERED])
async def test_one_that_is_to_be_tried_again_stays_queued(
    db: Database[UnitOfWork], seed: Seed, message: Message, outcome: SendOutcome
) -> None:
    assert await record(db, message, outcome, reason="x" * 1000) == message
    async with db.unit_of_work(TENANT) as uow:
        (attempt,) = await uow.message_sends.find(message.id)
    assert (attempt.outcome, attempt.reason) == (outcome, "x" * LONGEST_REASON)
    assert await sent_by_channel(db, seed) == 0


async def test_what_is_recorded_first_is_heard(
    db: Database[UnitOfWork], seed: Seed, message: Message
) -> None:
    await record(db, message, UNANSWERED)
    assert (await record(db, message, SENT, channel_message_id="3EB0")).status is MessageStatus.QUEUED
    assert await sent_by_channel(db, seed) == 0


async def test_one_that_was_sent_does_not_fail_for_another_attempt(
    db: Database[UnitOfWork], message: Message
) -> None:
    await begin(db, message)
    await record(db, message, SENT, channel_message_id="3EB0")
    assert (await record(db, message, REFUSED, 2, reason="no")).status is MessageStatus.SENT


async def test_a_refused_one_fails_with_the_reason(
    db: Database[UnitOfWork], message: Message, superuser: psycopg.Connection
) -> None:
    assert (await record(db, message, REFUSED, reason="too large")).status is MessageStatus.FAILED
    ((reason,),) = superuser.execute(
        "SELECT payload ->> 'failure_reason' FROM outbox_events WHERE event_name = 'message.failed'"
    ).fetchall()
    assert reason == "too large"


@pytest.mark.parametrize("outcome", [None, UNANSWERED, REFUSED, SENT])
async def test_the_audit_counts_as_the_channel_does(
    db: Database[UnitOfWork], message: Message, superuser: psycopg.Connection, outcome: SendOutcome | None
) -> None:
    """What is queued or failed was not sent."""
    if outcome is not None:
        await record(db, message, outcome, reason=None if outcome is SENT else "no")
    assert ask(superuser, COUNTERS, DEFAULT, 60) == []
    superuser.execute("UPDATE messages SET channel_message_id = 'taken'")
    assert len(ask(superuser, COUNTERS, DEFAULT, 60)) == (outcome is not SENT)


async def test_another_tenants_is_not_found(db: Database[UnitOfWork], message: Message) -> None:
    with pytest.raises(NotFound):
        await record(db, message, SENT, tenant=OTHER_TENANT)


def test_an_unknown_outcome_is_refused(message: Message) -> None:
    with pytest.raises(ValidationError):
        RecordSend(message_id=message.id, attempt=1, outcome="lost", ended_at=LATER)


@pytest.fixture
async def other(
    db: Database[UnitOfWork],
    seed: Seed,
    message: Message,
    monkeypatch: pytest.MonkeyPatch,
    superuser: psycopg.Connection,
) -> StoredMessage:
    """It comes to the id once nobody was found to have it, and before the message is stored with it."""
    other = await store(db, seed, inbound(channel_message_id="other", contact=EVE))
    save, first = MessageRepository.save, iter([True])

    async def save_later(self: MessageRepository, message: Message) -> Message:
        if next(first, False):
            superuser.execute(
                "UPDATE messages SET channel_message_id = '3EB0' WHERE id = %s", [other.message_id]
            )
        return await save(self, message)

    monkeypatch.setattr(MessageRepository, "save", save_later)
    return other


async def test_where_another_comes_to_the_id_first_it_is_decided_again(
    db: Database[UnitOfWork], seed: Seed, message: Message, other: StoredMessage
) -> None:
    stored = await record(db, message, SENT, channel_message_id="3EB0")
    assert (stored.status, stored.channel_message_id) == (MessageStatus.SENT, None)
    assert await sent_by_channel(db, seed) == 1


async def test_control_without_the_index_two_have_one_id(
    db: Database[UnitOfWork], message: Message, other: StoredMessage, superuser: psycopg.Connection
) -> None:
    superuser.execute("DROP INDEX messages_channel_message_key")
    await record(db, message, SENT, channel_message_id="3EB0")
    assert count(superuser, "SELECT count(*) FROM messages WHERE channel_message_id = '3EB0'") == 2
