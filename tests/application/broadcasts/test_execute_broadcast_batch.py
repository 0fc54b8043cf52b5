"""Each contact of a running broadcast gets one message, within the rate limit, until it is cancelled."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.broadcasts import (
    Readers,
    batch,
    executions,
    messages_of,
    starting,
    store_readers,
)
from tests.support.constants import NOW, TENANT
from tests.support.outbox import events_of
from ventros import Conflict, Database, NotFound, UnitOfWork, ValidationError
from ventros.application.broadcasts.execute_broadcast_batch import BroadcastBatch, ExecuteBroadcastBatch
from ventros.application.broadcasts.record_broadcast_outcome import (
    RecordBroadcastOutcome,
    record_broadcast_outcome,
)
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.repository import BroadcastRepository
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.automation.values import MessageTemplate, TemplateType
from ventros.crm.channels.aggregate import Channel
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.values import ContentType, MessageSource, MessageStatus
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.ids import new_id
from ventros.values import MediaUrl, MessageText

MINUTE = timedelta(minutes=1)


async def running(db: Database[UnitOfWork], seed: Seed, number: int = 5, **changes: Any) -> Readers:
    readers = await store_readers(db, seed, number, **changes)
    await db.run(TENANT, starting(readers.broadcast.id, NOW))
    return readers


async def send(
    db: Database[UnitOfWork], readers: Readers, after: timedelta = timedelta(0), at_most: int = 25
) -> BroadcastBatch:
    return await db.run(TENANT, batch(readers.broadcast.id, NOW + after, at_most))


async def settle(db: Database[UnitOfWork], message_ids: tuple[UUID, ...], error: str | None = None) -> None:
    for message_id in message_ids:
        command = RecordBroadcastOutcome(message_id=message_id, error=error, settled_at=NOW)
        await db.run(TENANT, lambda uow: record_broadcast_outcome(uow, command))  # noqa: B023


async def test_batch_by_batch_each_contact_gets_the_message_once(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    readers = await running(db, seed)
    sent = [await send(db, readers, at_most=2) for _ in range(4)]
    assert [len(done.message_ids) for done in sent] == [2, 2, 1, 0]
    assert sorted(messages_of(superuser, readers.broadcast.id)) == [one.id for one in readers.contacts]
    assert set(executions(superuser, readers.broadcast.id).values()) == {"sending"}
    async with db.unit_of_work(TENANT) as uow:
        message = await uow.messages.get(sent[0].message_ids[0])
        found = await uow.broadcasts.executions(readers.broadcast.id, limit=1)
        (rest,) = await uow.broadcasts.executions(readers.broadcast.id, after=readers.contacts[3].id)
    assert (message.text, message.status) == (MessageText("Hello Ada, 50 %"), MessageStatus.QUEUED)
    assert (message.source, message.agent_id) == (
        MessageSource.BROADCAST,
        MessageSource.BROADCAST.system_agent_id,
    )
    assert (found[0].message_id, found[0].queued_at, found[0].sent_at) == (message.id, NOW, None)
    assert rest.contact_id == readers.contacts[4].id
    names = [event.event_name for event in events_of(superuser, message.id)]
    assert names == ["message.created", "message.send_requested"]


async def test_it_is_complete_when_the_platform_has_answered_for_all(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    readers = await running(db, seed)
    await db.run(TENANT, lambda uow: uow.contacts.apply(readers.contacts[0].id, Contact.delete, now=NOW))
    first = await send(db, readers, at_most=3)
    second = await send(db, readers)
    assert (first.skipped, len(first.message_ids), len(second.message_ids)) == (1, 2, 2)
    await settle(db, first.message_ids)
    assert (await send(db, readers)).broadcast.status is BroadcastStatus.RUNNING
    await settle(db, second.message_ids, error="no such number")
    done = (await send(db, readers, MINUTE)).broadcast
    assert (done.status, done.completed_at) == (BroadcastStatus.COMPLETED, NOW + MINUTE)
    last = events_of(superuser, readers.broadcast.id)[-1]
    assert last.event_name == "broadcast.completed"
    assert (last.payload["total_sent"], last.payload["total_failed"]) == (2, 2)
    async with db.unit_of_work(TENANT) as uow:
        counters = await uow.broadcasts.counters(readers.broadcast.id)
    assert attrs.astuple(counters) == (5, 2, 2, 1)
    assert (counters.pending_count, counters.progress) == (0, 100.0)
    with pytest.raises(InvariantViolation, match="is completed"):
        await send(db, readers)


async def test_who_cannot_be_reached_is_skipped_with_the_reason(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    """A contact that is known by its LID alone can be written to."""
    readers = await running(db, seed, 3)
    gone, phoneless, by_lid = readers.contacts
    await db.run(TENANT, lambda uow: uow.contacts.apply(gone.id, Contact.delete, now=NOW))
    for contact in (phoneless, by_lid):
        await db.run(TENANT, lambda uow: uow.contacts.apply(contact.id, Contact.clear_phone, now=NOW))  # noqa: B023
    await db.run(
        TENANT,
        lambda uow: uow.contact_identities.remember(
            seed.project_id, by_lid.id, None, "79700000000001", now=NOW
        ),
    )
    sent = await send(db, readers)
    assert (sent.skipped, len(sent.message_ids)) == (2, 1)
    async with db.unit_of_work(TENANT) as uow:
        found = await uow.broadcasts.executions(readers.broadcast.id)
    assert [(one.status.value, one.error) for one in found] == [
        ("skipped", "the contact was deleted"),
        ("skipped", "the contact has no phone"),
        ("sending", None),
    ]
    assert messages_of(superuser, readers.broadcast.id) == [by_lid.id]


async def test_one_whose_name_makes_the_text_too_long_does_not_stop_the_others(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    template = MessageTemplate(type=TemplateType.TEXT, content="x" * 4_000 + "{{name}}")
    readers = await running(db, seed, 3, message_template=template)
    await db.run(
        TENANT, lambda uow: uow.contacts.apply(readers.contacts[1].id, Contact.rename, "y" * 100, now=NOW)
    )
    sent = await send(db, readers)
    assert (len(sent.message_ids), sent.skipped) == (2, 1)
    async with db.unit_of_work(TENANT) as uow:
        found = await uow.broadcasts.executions(readers.broadcast.id)
    assert [one.error for one in found] == [None, "text has 4100 characters, 4096 can be sent", None]


async def test_media_go_by_what_they_are(db: Database[UnitOfWork], seed: Seed) -> None:
    kinds = {"a.png": ContentType.IMAGE, "b.mp4": ContentType.VIDEO, "c.mp3": ContentType.AUDIO}
    for number, (name, kind) in enumerate(
        {**kinds, "d.pdf": ContentType.DOCUMENT, "e": ContentType.DOCUMENT}.items()
    ):
        template = MessageTemplate(
            type=TemplateType.MEDIA, content="Look", media_url=MediaUrl(f"https://cdn.example/{name}")
        )
        phones = 5_511_960_000_000 + number
        readers = await running(db, seed, 1, message_template=template, phones=phones)
        (message_id,) = (await send(db, readers)).message_ids
        async with db.unit_of_work(TENANT) as uow:
            message = await uow.messages.get(message_id)
        assert (message.content_type, message.text) == (kind, MessageText("Look"))


async def test_the_rate_limit_counts_the_last_minute(db: Database[UnitOfWork], seed: Seed) -> None:
    readers = await running(db, seed, 8, rate_limit=3)
    seconds = (0, 10, 59, 60, 61, 119, 120)
    sent = [
        len((await send(db, readers, timedelta(seconds=second), at_most=2)).message_ids) for second in seconds
    ]
    assert sent == [2, 1, 0, 2, 0, 1, 2]


async def first_waits(db: Database[UnitOfWork], readers: Readers, second: Any) -> bool:
    """Whether the second waits for a batch that is done and not committed; both are done after it."""
    async with db.unit_of_work(TENANT) as one:
        await batch(readers.broadcast.id, NOW)(one)
        coming = asyncio.create_task(db.run(TENANT, second))
        await asyncio.wait([coming], timeout=1)
        waits = not coming.done()
        await one.commit()
    await coming
    return waits


def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broadcast is read, and not locked."""
    get = BroadcastRepository.get

    async def read(self: BroadcastRepository, broadcast_id: UUID, **_lock: Any) -> Broadcast:
        return await get(self, broadcast_id)

    monkeypatch.setattr(BroadcastRepository, "get", read)


async def test_two_batches_at_once_stay_within_the_rate_limit(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    readers = await running(db, seed, rate_limit=2)
    assert await first_waits(db, readers, batch(readers.broadcast.id, NOW))
    assert len(messages_of(superuser, readers.broadcast.id)) == 2


async def test_control_without_the_lock_both_see_the_same_room(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked(monkeypatch)
    readers = await running(db, seed, rate_limit=2)
    await first_waits(db, readers, batch(readers.broadcast.id, NOW))
    assert len(messages_of(superuser, readers.broadcast.id)) == 4


def cancel(readers: Readers) -> Any:
    return lambda uow: uow.broadcasts.apply(readers.broadcast.id, Broadcast.cancel, now=NOW)


async def test_it_is_cancelled_before_or_after_a_batch_and_what_is_pending_stays(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    readers = await running(db, seed)
    sent = await send(db, readers, at_most=2)
    await db.run(TENANT, cancel(readers))
    with pytest.raises(InvariantViolation, match="is cancelled"):
        await send(db, readers)
    await settle(db, sent.message_ids)
    assert sorted(executions(superuser, readers.broadcast.id).values()) == ["pending"] * 3 + ["sent"] * 2
    async with db.unit_of_work(TENANT) as uow:
        counters = await uow.broadcasts.counters(readers.broadcast.id)
        assert (counters.total_contacts, counters.sent_count, counters.pending_count) == (5, 2, 3)
        await uow.broadcasts.remove(await uow.broadcasts.get(readers.broadcast.id))
        await uow.commit()
    assert executions(superuser, readers.broadcast.id) == {}
    assert len(messages_of(superuser, readers.broadcast.id)) == 2


async def test_who_cancels_waits_for_the_batch(db: Database[UnitOfWork], seed: Seed) -> None:
    readers = await running(db, seed)
    assert await first_waits(db, readers, cancel(readers))


async def test_control_without_the_lock_a_batch_is_sent_after_the_cancellation(
    db: Database[UnitOfWork], seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlocked(monkeypatch)
    readers = await running(db, seed)
    assert not await first_waits(db, readers, cancel(readers))


async def beside_a_held_execution(
    db: Database[UnitOfWork], readers: Readers, superuser: psycopg.Connection
) -> list[UUID]:
    """To whom a batch sends while somebody else holds the first execution."""
    with superuser.transaction(force_rollback=True):
        superuser.execute(
            "SELECT FROM broadcast_executions WHERE contact_id = %s FOR UPDATE", [readers.contacts[0].id]
        )
        async with asyncio.timeout(1):
            await db.run(TENANT, batch(readers.broadcast.id, NOW), attempts=1)
    return sorted(messages_of(superuser, readers.broadcast.id))


async def test_an_execution_that_somebody_holds_is_passed_over(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    readers = await running(db, seed)
    sent_to = await beside_a_held_execution(db, readers, superuser)
    assert sent_to == [contact.id for contact in readers.contacts[1:]]
    assert len((await send(db, readers)).message_ids) == 1


@pytest.mark.spoiled
async def test_control_without_skip_locked_it_waits(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = BroadcastRepository.CLAIM
    waiting = attrs.evolve(claim, text=claim.text.replace(" SKIP LOCKED", ""))
    assert waiting.text != claim.text
    monkeypatch.setattr(BroadcastRepository, "CLAIM", waiting)
    readers = await running(db, seed)
    with pytest.raises(TimeoutError):
        await beside_a_held_execution(db, readers, superuser)


async def dealt_with_twice(db: Database[UnitOfWork], readers: Readers) -> None:
    """Somebody says that a contact got a second message."""
    (message_id,) = (await send(db, readers)).message_ids
    pair = (readers.contacts[0].id, message_id)
    async with db.unit_of_work(TENANT) as uow:
        await uow.broadcasts.close_claim(readers.broadcast.id, queued=dict([pair]), skipped=[], now=NOW)


async def test_an_execution_leaves_pending_once(db: Database[UnitOfWork], seed: Seed) -> None:
    readers = await running(db, seed, 1)
    with pytest.raises(Conflict, match="another batch"):
        await dealt_with_twice(db, readers)


@pytest.mark.spoiled
async def test_control_without_the_guard_it_leaves_it_again(
    db: Database[UnitOfWork], seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = BroadcastRepository.QUEUE
    careless = attrs.evolve(queue, text=queue.text.replace(" AND status = 'pending'", ""))
    assert careless.text != queue.text
    monkeypatch.setattr(BroadcastRepository, "QUEUE", careless)
    await dealt_with_twice(db, await running(db, seed, 1))


async def test_while_the_channel_is_not_active_nothing_is_lost(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    readers = await running(db, seed)
    await db.run(TENANT, lambda uow: uow.channels.apply(seed.channel_id, Channel.deactivate, now=NOW))
    with pytest.raises(InvariantViolation):
        await send(db, readers)
    assert set(executions(superuser, readers.broadcast.id).values()) == {"pending"}
    await db.run(TENANT, lambda uow: uow.channels.apply(seed.channel_id, Channel.activate, now=NOW))
    assert len((await send(db, readers)).message_ids) == 5


async def test_only_a_running_one_is_sent(db: Database[UnitOfWork], readers: Readers) -> None:
    with pytest.raises(InvariantViolation, match="is draft"):
        await send(db, readers)
    with pytest.raises(NotFound):
        await db.run(TENANT, batch(new_id(), NOW))


@pytest.mark.parametrize("at_most", [0, 101, -1])
def test_a_batch_is_bounded(at_most: int) -> None:
    with pytest.raises(ValidationError) as raised:
        ExecuteBroadcastBatch(broadcast_id=new_id(), at_most=at_most, executed_at=NOW)
    assert raised.value.field == "at_most"
