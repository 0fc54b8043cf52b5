"""A broadcast is drafted for a list and a channel that are there, belong together and stay as they are."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.broadcasts import HELLO, Readers, new_list
from tests.support.constants import NOW, TENANT
from tests.support.outbox import events_of
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.broadcasts.create_broadcast import CreateBroadcast, create_broadcast
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.crm.channels.aggregate import Channel
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation, OptimisticLockErrors
from ventros.kernel.ids import new_id


def command(readers: Readers, seed: Seed, **changes: Any) -> CreateBroadcast:
    made = CreateBroadcast(
        name="News",
        list_id=readers.contact_list.id,
        channel_id=seed.channel_id,
        message_template=HELLO,
        rate_limit=60,
        created_at=NOW,
    )
    return attrs.evolve(made, **changes)


async def create(db: Database[UnitOfWork], wanted: CreateBroadcast) -> Broadcast:
    return await db.run(TENANT, lambda uow: create_broadcast(uow, wanted))


async def test_it_is_a_draft_with_one_event(
    db: Database[UnitOfWork], readers: Readers, seed: Seed, superuser: psycopg.Connection
) -> None:
    made = await create(db, command(readers, seed))
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.broadcasts.get(made.id) == made
    assert (made.status, made.version, made.rate_limit) == (BroadcastStatus.DRAFT, 1, 60)
    assert (made.list_id, made.channel_id) == (readers.contact_list.id, seed.channel_id)
    assert [event.event_name for event in events_of(superuser, made.id)] == ["broadcast.created"]


@pytest.mark.parametrize("field", ["list_id", "channel_id"])
async def test_list_and_channel_are_there(
    db: Database[UnitOfWork], readers: Readers, seed: Seed, field: str
) -> None:
    missing = new_id()
    with pytest.raises(NotFound, match=str(missing)):
        await create(db, command(readers, seed, **{field: missing}))
    with pytest.raises(ValidationError):
        command(readers, seed, **{field: UUID(int=0)})


async def test_a_deleted_list_is_not_found(db: Database[UnitOfWork], readers: Readers, seed: Seed) -> None:
    await db.run(
        TENANT, lambda uow: uow.contact_lists.apply(readers.contact_list.id, ContactList.delete, now=NOW)
    )
    with pytest.raises(NotFound):
        await create(db, command(readers, seed))


async def test_a_channel_that_is_not_active_sends_nothing(
    db: Database[UnitOfWork], readers: Readers, seed: Seed
) -> None:
    await db.run(TENANT, lambda uow: uow.channels.apply(seed.channel_id, Channel.deactivate, now=NOW))
    with pytest.raises(InvariantViolation, match="is inactive: nothing can be sent by it"):
        await create(db, command(readers, seed))


async def test_list_and_channel_are_of_one_project(
    db: Database[UnitOfWork], readers: Readers, seed: Seed, superuser: psycopg.Connection
) -> None:
    """A tenant has one project, so the other one is made by hand."""
    other = new_id()
    superuser.execute(
        "INSERT INTO projects SELECT (jsonb_populate_record(p, %s)).* FROM projects p WHERE id = %s",
        [f'{{"id": "{other}", "tenant_id": "elsewhere"}}', seed.project_id],
    )
    superuser.execute("SET session_replication_role = replica")
    superuser.execute(
        "UPDATE contact_lists SET project_id = %s WHERE id = %s", [other, readers.contact_list.id]
    )
    superuser.execute("RESET session_replication_role")
    with pytest.raises(InvariantViolation, match="of two projects"):
        await create(db, command(readers, seed))


async def test_a_list_that_is_deleted_meanwhile_is_noticed(
    db: Database[UnitOfWork], readers: Readers, seed: Seed, superuser: psycopg.Connection
) -> None:
    wanted = command(readers, seed, name="Late")
    with pytest.raises(OptimisticLockErrors):
        async with db.unit_of_work(TENANT) as uow:
            await create_broadcast(uow, wanted)
            await _delete_list(db, readers)
            await uow.commit()
    with pytest.raises(NotFound):
        await create(db, wanted)
    assert superuser.execute("SELECT count(*) FROM broadcasts WHERE name = 'Late'").fetchone() == (0,)


async def test_control_without_the_verification_it_is_not_noticed(
    db: Database[UnitOfWork],
    readers: Readers,
    seed: Seed,
    superuser: psycopg.Connection,
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await create_broadcast(uow, command(readers, seed, name="Late"))
        uow.contact_lists.unverify(readers.contact_list.id)
        await _delete_list(db, readers)
        await uow.commit()
    assert superuser.execute("SELECT count(*) FROM broadcasts WHERE name = 'Late'").fetchone() == (1,)


async def _delete_list(db: Database[UnitOfWork], readers: Readers) -> None:
    """In its own unit, while the other one has a row that refers to the list."""
    await db.run(
        TENANT, lambda uow: uow.contact_lists.apply(readers.contact_list.id, ContactList.delete, now=NOW)
    )


async def test_an_empty_list_will_do_for_a_draft(db: Database[UnitOfWork], seed: Seed) -> None:
    empty = await db.run(TENANT, lambda uow: uow.contact_lists.add(new_list(seed)))
    wanted = CreateBroadcast(
        name="News", list_id=empty.id, channel_id=seed.channel_id, message_template=HELLO, created_at=NOW
    )
    assert (await create(db, wanted)).list_id == empty.id
