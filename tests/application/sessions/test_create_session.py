"""A contact has one active session on a type of channel, however many begin it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.stored import count
from ventros import Conflict, Database, NotFound, UnitOfWork, ValidationError
from ventros.application.sessions import create_session as use_case
from ventros.application.sessions.create_session import CreatedSession, CreateSession, create_session
from ventros.crm.channels.aggregate import Channel
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.demo.seed import Seed
from ventros.kernel.errors import OperationTimeout, VentrosError
from ventros.kernel.ids import new_id

MINUTE = timedelta(minutes=1)
ACTIVE = "SELECT count(*) FROM sessions WHERE status = 'active'"
Told = Callable[[], list[tuple[Any, ...]]]


def command(contact: Contact, **changes: Any) -> CreateSession:
    return attrs.evolve(CreateSession(contact_id=contact.id, channel_type_id=1, started_at=NOW), **changes)


async def create(db: Database[UnitOfWork], command: CreateSession, tenant: str = TENANT) -> CreatedSession:
    return await db.run(tenant, lambda uow: create_session(uow, command))


async def test_a_session_begins_and_is_found_again(
    db: Database[UnitOfWork], contact: Contact, told: Told
) -> None:
    first = await create(db, command(contact, timeout=5 * MINUTE))
    again = await create(db, command(contact, started_at=NOW + 5 * MINUTE))
    assert (first.created, again.created) == (True, False)
    assert again.session == first.session
    assert (first.session.version, first.session.timeout, first.session.pipeline_id) == (1, 5 * MINUTE, None)
    assert (first.session.contact_id, first.session.channel_type_id) == (contact.id, 1)
    assert first.session.started_at == first.session.last_activity_at == NOW
    assert told() == [("session.started", 1)]


async def test_of_each_type_of_channel_there_is_one(db: Database[UnitOfWork], contact: Contact) -> None:
    made = [await create(db, command(contact, channel_type_id=type_)) for type_ in (1, 2, None, None)]
    assert [one.created for one in made] == [True, True, True, False]
    assert made[2].session.timeout == 30 * MINUTE


async def test_one_that_has_timed_out_ends_and_the_next_begins(
    db: Database[UnitOfWork], contact: Contact, told: Told
) -> None:
    first = await create(db, command(contact))
    second = await create(db, command(contact, started_at=NOW + 31 * MINUTE))
    assert second.created
    async with db.unit_of_work(TENANT) as uow:
        ended = await uow.sessions.get(first.session.id)
    assert (ended.end_reason, ended.ended_at) == (EndReason.INACTIVITY_TIMEOUT, NOW + 30 * MINUTE)
    assert told() == [("session.started", 1), ("session.ended", 2), ("session.started", 1)]


@pytest.mark.parametrize(
    ("of_pipeline", "of_channel", "minutes"), [(45, 20, 45), (None, 20, 20), (None, None, 30)]
)
async def test_on_a_channel_timeout_and_pipeline_are_the_channels(
    db: Database[UnitOfWork],
    contact: Contact,
    seed: Seed,
    of_pipeline: int | None,
    of_channel: int | None,
    minutes: int,
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        pipeline = Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name="Sales", now=NOW)
        if of_pipeline is not None:
            pipeline = pipeline.set_session_timeout(of_pipeline, now=NOW)
        await uow.pipelines.add(pipeline)
        await uow.channels.apply(seed.channel_id, Channel.set_pipeline, pipeline.id, now=NOW)
        if of_channel is not None:
            await uow.channels.apply(seed.channel_id, Channel.set_session_timeout, of_channel, now=NOW)
        await uow.commit()
    on_channel = command(contact, channel_type_id=None, channel_id=seed.channel_id)
    made = (await create(db, on_channel)).session
    assert (made.channel_type_id, made.pipeline_id) == (1, pipeline.id)
    assert made.timeout == minutes * MINUTE


async def test_what_is_not_there_is_named(db: Database[UnitOfWork], contact: Contact, seed: Seed) -> None:
    on_channel = command(contact, channel_type_id=None, channel_id=seed.channel_id)
    for faulty, resource in (
        (command(contact, contact_id=new_id()), "contact"),
        (attrs.evolve(on_channel, channel_id=new_id()), "channel"),
    ):
        with pytest.raises(NotFound) as raised:
            await create(db, faulty)
        assert raised.value.resource == resource
    with pytest.raises(NotFound, match="contact"):
        await create(db, command(contact), OTHER_TENANT)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.apply(contact.id, Contact.delete, now=NOW)
        await uow.commit()
    with pytest.raises(NotFound, match="contact"):
        await create(db, command(contact))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contact_id": UUID(int=0)}, "contact_id"),
        ({"channel_id": UUID(int=0), "channel_type_id": None}, "channel_id"),
        ({"channel_id": new_id()}, "channel_type_id"),
        ({"channel_id": new_id(), "channel_type_id": None, "timeout": MINUTE}, "timeout"),
    ],
)
def test_a_command_that_cannot_be_is_refused(changes: dict[str, Any], field: str) -> None:
    arguments: dict[str, Any] = {"contact_id": new_id(), "channel_type_id": 1, "started_at": NOW}
    with pytest.raises(ValidationError) as raised:
        CreateSession(**{**arguments, **changes})
    assert raised.value.field == field


def _all_look_first(monkeypatch: pytest.MonkeyPatch, racers: int) -> None:
    """All have looked for an active session before any begins one."""
    barrier, still_to_look = asyncio.Barrier(racers), iter(range(racers))
    look = use_case._active_session

    async def looked(*args: Any) -> Session | None:
        found = await look(*args)
        if next(still_to_look, None) is not None:
            assert found is None
            await barrier.wait()
        return found

    monkeypatch.setattr(use_case, "_active_session", looked)


async def test_of_several_that_begin_at_once_one_begins_and_the_others_find_it(
    db: Database[UnitOfWork], contact: Contact, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    _all_look_first(monkeypatch, 4)
    conflicts: list[VentrosError] = []
    made = await asyncio.gather(
        *(
            db.run(
                TENANT,
                lambda uow: create_session(uow, command(contact)),
                on_conflict=lambda error, _: conflicts.append(error),
            )
            for _ in range(4)
        )
    )
    assert sorted(one.created for one in made) == [False, False, False, True]
    assert len({one.session.id for one in made}) == 1
    assert len(conflicts) >= 3
    assert {type(conflict) for conflict in conflicts} == {Conflict}
    assert count(superuser, ACTIVE) == 1


async def test_control_without_the_index_each_begins_one(
    db: Database[UnitOfWork], contact: Contact, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    superuser.execute("DROP INDEX sessions_active_key")
    _all_look_first(monkeypatch, 4)
    await asyncio.gather(*(create(db, command(contact)) for _ in range(4)))
    assert count(superuser, ACTIVE) == 4


@pytest.mark.parametrize("held", [True, False])
async def test_the_contact_is_held_and_the_control_lets_it_be_deleted(
    db: Database[UnitOfWork], contact: Contact, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    """Between the look and the write, who deletes the contact has to wait."""
    if not held:
        monkeypatch.setattr(use_case, "_active_session", _without_lock)
    look = use_case._active_session
    deleted: list[bool] = []

    async def looked(*args: Any) -> Session | None:
        found = await look(*args)
        try:
            async with db.unit_of_work(TENANT) as other:
                loaded = await other.contacts.get(contact.id, lock="no key update", nowait=True)
                await other.contacts.save(loaded.delete(now=NOW))
                await other.commit()
            deleted.append(True)
        except OperationTimeout:
            deleted.append(False)
        return found

    monkeypatch.setattr(use_case, "_active_session", looked)
    assert (await create(db, command(contact))).created
    assert deleted == [not held]


async def _without_lock(uow: UnitOfWork, contact_id: UUID, channel_type_id: int | None) -> Session | None:
    await uow.contacts.get(contact_id)
    return await uow.sessions.find_active(contact_id, channel_type_id)
