"""A broadcast starts once, for whom its list holds in that moment."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.broadcasts import (
    Readers,
    executions,
    new_broadcast,
    new_list,
    people,
    starting,
    store_readers,
)
from tests.support.constants import NOW, TENANT
from tests.support.outbox import events_of
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.broadcasts.start_broadcast import StartBroadcast
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.repository import BroadcastRepository
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.automation.values import MessageTemplate, TemplateType
from ventros.crm.channels.aggregate import Channel
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation, OptimisticLockError
from ventros.kernel.ids import new_id

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("static", [True, False], ids=["static", "dynamic"])
async def test_everybody_on_the_list_gets_it(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, static: bool
) -> None:
    """But for a deleted contact; and another list of the tenant has nothing to do with it."""
    readers = await store_readers(db, seed, 5, static=static)
    await store_readers(db, seed, 1, phones=5_511_980_000_000)
    gone, *there = readers.contacts
    await db.run(TENANT, lambda uow: uow.contacts.apply(gone.id, Contact.delete, now=NOW))
    started = await db.run(TENANT, starting(readers.broadcast.id, NOW + HOUR))
    wanted = dict.fromkeys((contact.id for contact in there), "pending")
    if not static:  # the tag holds the one of the other list, too
        assert len(executions(superuser, readers.broadcast.id)) == 5
        wanted |= executions(superuser, readers.broadcast.id)
    assert executions(superuser, readers.broadcast.id) == wanted
    assert started.contacts == len(wanted)
    assert (started.broadcast.status, started.broadcast.started_at) == (BroadcastStatus.RUNNING, NOW + HOUR)
    names = [event.event_name for event in events_of(superuser, readers.broadcast.id)]
    assert names == ["broadcast.created", "broadcast.started"]
    async with db.unit_of_work(TENANT) as uow:
        counters = await uow.broadcasts.counters(readers.broadcast.id)
        assert (counters.total_contacts, counters.pending_count) == (len(wanted), len(wanted))
        assert await uow.broadcasts.get(readers.broadcast.id) == started.broadcast


async def test_it_starts_once(
    db: Database[UnitOfWork], readers: Readers, superuser: psycopg.Connection
) -> None:
    await db.run(TENANT, starting(readers.broadcast.id, NOW))
    with pytest.raises(InvariantViolation, match="is running"):
        await db.run(TENANT, starting(readers.broadcast.id, NOW))
    assert len(executions(superuser, readers.broadcast.id)) == 5


async def test_of_two_at_once_the_second_conflicts_and_finds_it_running(
    db: Database[UnitOfWork], readers: Readers
) -> None:
    other = None
    attempts = 0

    async def second(uow: UnitOfWork) -> object:
        nonlocal other, attempts
        attempts += 1
        await uow.broadcasts.get(readers.broadcast.id)
        if other is None:
            other = await db.run(TENANT, starting(readers.broadcast.id, NOW))
            with pytest.raises(OptimisticLockError):
                await uow.broadcasts.save(readers.broadcast.start(now=NOW))
        return await starting(readers.broadcast.id, NOW)(uow)

    with pytest.raises(InvariantViolation, match="is running"):
        await db.run(TENANT, second)
    async with db.unit_of_work(TENANT) as uow:
        assert (await uow.broadcasts.counters(readers.broadcast.id)).total_contacts == 5


async def test_a_scheduled_one_waits_for_its_time(db: Database[UnitOfWork], readers: Readers) -> None:
    await db.run(
        TENANT,
        lambda uow: uow.broadcasts.apply(readers.broadcast.id, Broadcast.schedule, NOW + HOUR, now=NOW),
    )
    with pytest.raises(InvariantViolation, match="is scheduled for"):
        await db.run(TENANT, starting(readers.broadcast.id, NOW))
    started = await db.run(TENANT, starting(readers.broadcast.id, NOW + HOUR))
    assert started.broadcast.status is BroadcastStatus.RUNNING


async def test_a_list_that_holds_nobody_starts_nothing(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    readers = await store_readers(db, seed, 0)
    with pytest.raises(InvariantViolation, match="holds nobody"):
        await db.run(TENANT, starting(readers.broadcast.id, NOW))
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.broadcasts.get(readers.broadcast.id) == readers.broadcast
    assert [event.event_name for event in events_of(superuser, readers.broadcast.id)] == ["broadcast.created"]


async def test_without_an_active_channel_nothing_starts(
    db: Database[UnitOfWork], readers: Readers, seed: Seed
) -> None:
    bare = new_broadcast(seed, readers.contact_list.id, channel_id=None)
    await db.run(TENANT, lambda uow: uow.broadcasts.add(bare))
    with pytest.raises(InvariantViolation, match="has no channel"):
        await db.run(TENANT, starting(bare.id, NOW))
    await db.run(TENANT, lambda uow: uow.channels.apply(seed.channel_id, Channel.deactivate, now=NOW))
    with pytest.raises(InvariantViolation, match="nothing can be sent"):
        await db.run(TENANT, starting(readers.broadcast.id, NOW))


@pytest.mark.parametrize(
    ("template", "field"),
    [
        ({"template_id": "hello"}, "content"),
        ({"type": TemplateType.MEDIA, "content": "Look"}, "media_url"),
        ({"content": "Hello {{nmae}}"}, "variables"),
    ],
)
async def test_what_cannot_be_sent_is_not_begun(
    db: Database[UnitOfWork], seed: Seed, template: dict[str, Any], field: str
) -> None:
    made = MessageTemplate(**{"type": TemplateType.TEXT, **template})
    readers = await store_readers(db, seed, 1, message_template=made)
    with pytest.raises(ValidationError) as raised:
        await db.run(TENANT, starting(readers.broadcast.id, NOW))
    assert raised.value.field == field


def test_a_command_names_its_broadcast() -> None:
    with pytest.raises(ValidationError):
        StartBroadcast(broadcast_id=UUID(int=0), started_at=NOW)


async def test_there_is_none(db: Database[UnitOfWork], seed: Seed) -> None:
    with pytest.raises(NotFound):
        await db.run(TENANT, starting(new_id(), NOW))


async def snapshot_again(db: Database[UnitOfWork], readers: Readers, seed: Seed) -> int:
    """How many more get it, when one has joined the list."""
    (joined,) = people(seed, 1, phones=5_511_990_000_000)

    async def again(uow: UnitOfWork) -> int:
        await uow.contacts.add(joined)
        await uow.contact_lists.add_members(readers.contact_list.id, [joined.id], now=NOW)
        return await uow.broadcasts.add_members(readers.broadcast.id, readers.contact_list.id, now=NOW)

    await db.run(TENANT, starting(readers.broadcast.id, NOW))
    return await db.run(TENANT, again)


async def test_a_snapshot_that_is_taken_again_adds_nobody_twice(
    db: Database[UnitOfWork], readers: Readers, seed: Seed
) -> None:
    assert await snapshot_again(db, readers, seed) == 1


@pytest.mark.spoiled
async def test_control_without_the_key_it_adds_everybody_twice(
    db: Database[UnitOfWork],
    readers: Readers,
    seed: Seed,
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    superuser.execute("ALTER TABLE broadcast_executions DROP CONSTRAINT broadcast_executions_pkey")
    text = BroadcastRepository.ADD_MEMBERS.text
    conflict = "\n    ON CONFLICT (tenant_id, broadcast_id, contact_id) DO NOTHING"
    assert conflict in text
    careless = attrs.evolve(BroadcastRepository.ADD_MEMBERS, text=text.replace(conflict, ""))
    monkeypatch.setattr(BroadcastRepository, "ADD_MEMBERS", careless)
    assert await snapshot_again(db, readers, seed) == 6


async def test_a_dynamic_snapshot_is_for_dynamic_lists(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(InvariantViolation, match="is static"):
            await uow.contact_lists.add_executions(new_list(seed), new_id(), now=NOW)
