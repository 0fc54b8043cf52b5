"""A contact is deleted, and nothing that hangs on it stays open."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.conversations import LATER, LID, MINUTE, PHONE, identify
from tests.support.lock_waits import waits
from ventros import Database, NotFound, UnitOfWork
from ventros.application.contacts.delete_contact import REASON, DeleteContact, delete_contact
from ventros.application.pipelines.change_pipeline_status import ChangePipelineStatus, change_pipeline_status
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.values import ChatStatus
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.sessions.aggregate import EndReason, Session, SessionStatus
from ventros.demo.seed import Seed


@pytest.fixture
async def ada(db: Database[UnitOfWork], seed: Seed) -> Contact:
    async with db.unit_of_work(TENANT) as uow:
        contact = await identify(uow, seed, PHONE, LID, name="Ada")
        await uow.commit()
    return contact


def deletion(contact: Contact) -> DeleteContact:
    return DeleteContact(contact_id=contact.id, deleted_at=LATER)


async def delete(db: Database[UnitOfWork], contact: Contact) -> Contact:
    return await db.run(TENANT, lambda uow: delete_contact(uow, deletion(contact)))


async def add(db: Database[UnitOfWork], *aggregates: Any) -> Any:
    return await db.run(TENANT, lambda uow: uow.add_all(*aggregates))


def events(superuser: psycopg.Connection, *names: str) -> list[tuple[Any, ...]]:
    return superuser.execute(
        "SELECT event_name, aggregate_id, aggregate_version FROM outbox_events"
        " WHERE event_name = ANY (%s) ORDER BY position",
        [list(names)],
    ).fetchall()


async def test_it_is_not_found_again_and_who_writes_next_is_another(
    db: Database[UnitOfWork], seed: Seed, ada: Contact, superuser: psycopg.Connection
) -> None:
    deleted = await delete(db, ada)
    assert deleted == attrs.evolve(ada, version=ada.version + 1, deleted_at=LATER, updated_at=LATER)
    assert events(superuser, "contact.deleted") == [("contact.deleted", ada.id, deleted.version)]
    assert superuser.execute("SELECT count(*) FROM contact_identities").fetchone() == (0,)
    for _ in range(2):
        with pytest.raises(NotFound):
            await delete(db, ada)
    async with db.unit_of_work(TENANT) as uow:
        assert (await identify(uow, seed, PHONE, LID, now=LATER + MINUTE)).id != ada.id


async def test_another_tenants_contact_is_not_found(
    db: Database[UnitOfWork], ada: Contact, other_seed: Seed
) -> None:
    with pytest.raises(NotFound):
        await db.run(OTHER_TENANT, lambda uow: delete_contact(uow, deletion(ada)))


async def test_its_active_sessions_end_and_its_chat_is_closed(
    db: Database[UnitOfWork], seed: Seed, ada: Contact, superuser: psycopg.Connection
) -> None:
    """By inactivity where the timeout has run out, else by the system. Ended sessions, and groups, stay."""
    short, long, over = [
        Session.start(
            contact_id=ada.id, tenant_id=TENANT, channel_type_id=kind, timeout=minutes * MINUTE, now=NOW
        )
        for kind, minutes in ((1, 5), (2, 60), (3, 60))
    ]
    over = over.end(EndReason.AGENT_CLOSE, now=NOW)
    project: dict[str, Any] = {"project_id": seed.project_id, "tenant_id": TENANT, "now": NOW}
    own = Chat.create_individual(contact_id=ada.id, **project)
    group = Chat.create_group(subject="Family", creator_id=ada.id, **project)
    await add(db, short, long, over, own, group)
    await delete(db, ada)
    async with db.unit_of_work(TENANT) as uow:
        ends = [(await uow.sessions.get(one.id)) for one in (short, long, over)]
        assert {one.status for one in ends} == {SessionStatus.ENDED}
        assert [(one.end_reason, one.ended_at) for one in ends] == [
            (EndReason.INACTIVITY_TIMEOUT, NOW + 5 * MINUTE),
            (EndReason.SYSTEM_CLOSE, LATER),
            (EndReason.AGENT_CLOSE, NOW),
        ]
        assert (await uow.chats.get(own.id)).status is ChatStatus.CLOSED
        assert (await uow.chats.get(group.id)).is_participant(ada.id)
    assert {row[1] for row in events(superuser, "session.ended")} == {short.id, long.id, over.id}
    assert events(superuser, "chat.closed") == [("chat.closed", own.id, 2)]


async def test_it_leaves_every_pipeline(
    db: Database[UnitOfWork], seed: Seed, ada: Contact, superuser: psycopg.Connection
) -> None:
    for name in ("Sales", "Support"):
        pipeline = Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name=name, now=NOW)
        status = PipelineStatus.create(
            pipeline_id=pipeline.id, tenant_id=TENANT, name=name, status_type=StatusType.OPEN, now=NOW
        )
        await add(db, pipeline, status)
        entry = ChangePipelineStatus(
            project_id=seed.project_id,
            contact_id=ada.id,
            pipeline_id=pipeline.id,
            status_id=status.id,
            changed_at=NOW,
        )
        async with db.unit_of_work(TENANT) as uow:
            await change_pipeline_status(uow, entry)
            await uow.commit()
    await delete(db, ada)
    assert (
        superuser.execute("SELECT exited_at, duration_seconds FROM placements").fetchall()
        == [(LATER, (LATER - NOW) // timedelta(seconds=1))] * 2
    )
    told = superuser.execute(
        "SELECT payload ->> 'last_status_name', payload ->> 'reason' FROM outbox_events"
        " WHERE event_name = 'contact.exited_pipeline' ORDER BY 1"
    ).fetchall()
    assert told == [("Sales", REASON), ("Support", REASON)]


async def test_it_leaves_every_list_and_is_counted_there_no_more(
    db: Database[UnitOfWork], seed: Seed, ada: Contact, superuser: psycopg.Connection
) -> None:
    project: dict[str, Any] = {"project_id": seed.project_id, "tenant_id": TENANT, "now": NOW}
    bea = Contact.create(name="Bea", **project)
    both, one, none = [ContactList.create(name=name, is_static=True, **project) for name in "ABC"]
    await add(db, bea, both, one, none)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contact_lists.add_members(both.id, [ada.id, bea.id], now=NOW)
        await uow.contact_lists.add_members(one.id, [ada.id], now=NOW)
        await uow.contact_lists.add_members(none.id, [bea.id], now=NOW)
        await uow.commit()
    await delete(db, ada)
    async with db.unit_of_work(TENANT) as uow:
        assert [await uow.contact_lists.count_members(id_) for id_ in (both.id, one.id, none.id)] == [1, 0, 1]
    left = events(superuser, "contact_list.contact_removed")
    assert {(row[1], row[2]) for row in left} == {(both.id, None), (one.id, None)}


async def session_on_its_way(db: Database[UnitOfWork], ada: Contact, superuser: psycopg.Connection) -> Any:
    """It is started before the contact is deleted, and committed after the deletion was asked for."""
    async with db.unit_of_work(TENANT) as uow:
        await uow.sessions.add(Session.start(contact_id=ada.id, tenant_id=TENANT, channel_type_id=1, now=NOW))
        deleting = asyncio.create_task(delete(db, ada))
        await waits(deleting, superuser)
        await uow.commit()
    await deleting
    return superuser.execute("SELECT status, end_reason FROM sessions").fetchone()


async def test_a_session_on_its_way_ends_too(
    db: Database[UnitOfWork], ada: Contact, superuser: psycopg.Connection
) -> None:
    assert await session_on_its_way(db, ada, superuser) == ("ended", "system_close")


@pytest.mark.spoiled
async def test_control_without_the_lock_it_stays_active(
    db: Database[UnitOfWork], ada: Contact, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = ContactRepository.LOCK_FOR_UPDATE
    unlocked = attrs.evolve(statement, text=statement.text.replace("FOR UPDATE", ""))
    assert unlocked != statement
    monkeypatch.setattr(ContactRepository, "LOCK_FOR_UPDATE", unlocked)
    assert await session_on_its_way(db, ada, superuser) == ("active", None)
