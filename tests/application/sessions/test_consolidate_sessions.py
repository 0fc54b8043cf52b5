"""A conversation that was cut apart is one session again, and nothing of it is lost or counted twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.stored import count, new_contact
from ventros import CRM, Database, NotFound, UnitOfWork, ValidationError
from ventros.application.sessions import consolidate_sessions as use_case
from ventros.application.sessions.consolidate_sessions import (
    ConsolidatedSessions,
    ConsolidateSessions,
    consolidate_sessions,
)
from ventros.audit.checks import ask, questions
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType
from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.demo.seed import Seed
from ventros.kernel.errors import OptimisticLockError, VentrosError
from ventros.kernel.ids import new_id
from ventros.roles import DEFAULT

MINUTE = timedelta(minutes=1)
LATER = NOW + 600 * MINUTE
MESSAGES = "SELECT session_id, count(*) FROM messages GROUP BY session_id"
(COUNTERS,) = [question for question in questions(CRM) if question.name == "counters"]


async def converse(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, *minutes: int, type_id: int = 1, over: bool = True
) -> Session:
    """A session with a message in each of these minutes, of the contact and of our side in turn."""
    session = Session.start(
        contact_id=contact.id, tenant_id=TENANT, channel_type_id=type_id, now=NOW + minutes[0] * MINUTE
    )
    messages = []
    for place, minute in enumerate(minutes):
        at, from_me = NOW + minute * MINUTE, bool(place % 2)
        session = session.record_message(from_contact=not from_me, now=at)
        messages.append(
            Message.create(
                tenant_id=TENANT,
                user_id=seed.user_id,
                project_id=seed.project_id,
                contact_id=contact.id,
                channel_id=seed.channel_id,
                channel_type_id=type_id,
                session_id=session.id,
                channel_message_id=str(new_id()),
                content_type=ContentType.TEXT,
                text="hello",
                from_me=from_me,
                timestamp=at,
            )
        )
    if over:
        session = session.end(EndReason.SYSTEM_CLOSE, now=session.last_activity_at)
    async with db.unit_of_work(TENANT) as uow:
        stored = await uow.sessions.add(session)
        await uow.messages.add_many(messages)
        await uow.commit()
    return stored


def command(contact: Contact, **changes: Any) -> ConsolidateSessions:
    made = ConsolidateSessions(contact_id=contact.id, channel_type_id=1, consolidated_at=LATER)
    return attrs.evolve(made, **changes)


async def consolidate(
    db: Database[UnitOfWork], command: ConsolidateSessions, **options: Any
) -> ConsolidatedSessions:
    return await db.run(TENANT, lambda uow: consolidate_sessions(uow, command), **options)


async def live(db: Database[UnitOfWork], ids: Sequence[UUID]) -> list[UUID]:
    left = []
    async with db.unit_of_work(TENANT) as uow:
        for id_ in ids:
            try:
                left.append((await uow.sessions.get(id_)).id)
            except NotFound:
                continue
    return left


def miscounts(superuser: psycopg.Connection) -> list[str]:
    """What the audit finds of sessions."""
    return [
        finding.text
        for finding in ask(superuser, COUNTERS, DEFAULT, 60)
        if finding.subject.startswith("sessions")
    ]


async def test_messages_counts_and_times_are_the_earliest_ones_and_the_others_are_deleted(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    first = await converse(db, seed, contact, 0, 100)
    inside = await converse(db, seed, contact, 10)
    last = await converse(db, seed, contact, 120, 121, 130)
    apart = await converse(db, seed, contact, 161)
    done = await consolidate(db, command(contact))
    assert (done.deleted, done.started_from) == (2, None)
    (survivor,) = done.survivors
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.sessions.get(first.id) == survivor
    assert (survivor.id, survivor.version) == (first.id, 2)
    counts = (survivor.message_count, survivor.messages_from_contact, survivor.messages_from_agent)
    assert counts == (6, 4, 2)
    assert survivor.ended_at == survivor.last_activity_at == NOW + 130 * MINUTE
    assert survivor.duration_seconds == 130 * 60
    assert survivor.agent_response_time_seconds == 100 * 60
    assert await live(db, [first.id, inside.id, last.id, apart.id]) == [first.id, apart.id]
    assert dict(superuser.execute(MESSAGES).fetchall()) == {first.id: 6, apart.id: 1}
    assert miscounts(superuser) == []
    assert superuser.execute(
        "SELECT aggregate_id, event_name FROM outbox_events WHERE aggregate_version = 2"
        " AND aggregate_type = 'session' ORDER BY position"
    ).fetchall() == [
        (first.id, "session.consolidated"),
        *[(id_, name) for id_ in (inside.id, last.id) for name in DELETED],
    ]


DELETED = ("session.consolidated_into", "session.deleted")


async def test_again_it_changes_nothing(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    for minute in (0, 20):
        await converse(db, seed, contact, minute)
    assert (await consolidate(db, command(contact))).deleted == 1
    events = count(superuser, "SELECT count(*) FROM outbox_events")
    done = await consolidate(db, command(contact))
    assert done == ConsolidatedSessions(survivors=(), deleted=0, started_from=None)
    assert count(superuser, "SELECT count(*) FROM outbox_events") == events


async def test_what_is_active_or_of_others_is_left_alone(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        other = await uow.contacts.add(new_contact(seed))
        await uow.commit()
    await converse(db, seed, contact, 0)
    await converse(db, seed, contact, 10, over=False)
    await converse(db, seed, contact, 10, type_id=2)
    await converse(db, seed, other, 10)
    assert (await consolidate(db, command(contact))).deleted == 0
    assert count(superuser, "SELECT count(*) FROM sessions WHERE deleted_at IS NULL") == 4


async def test_the_timeout_says_how_long_a_conversation_may_pause(
    db: Database[UnitOfWork], seed: Seed, contact: Contact
) -> None:
    for minute in (0, 30, 61):
        await converse(db, seed, contact, minute)
    assert (await consolidate(db, command(contact, timeout=29 * MINUTE))).deleted == 0
    assert (await consolidate(db, command(contact))).deleted == 1
    assert (await consolidate(db, command(contact, timeout=31 * MINUTE))).deleted == 1


@pytest.mark.parametrize("most", [2, 3, 7])
async def test_a_unit_looks_at_some_and_the_next_one_goes_on(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection, most: int
) -> None:
    """Conversations of one, of five and of three sessions, wherever a unit's end falls."""
    ids = [
        (await converse(db, seed, contact, minute)).id
        for minute in (0, 100, 110, 120, 130, 140, 200, 200, 210)
    ]
    asked, units = command(contact, most=most), 0
    while True:
        done = await consolidate(db, asked)
        units += 1
        if done.started_from is None:
            break
        asked = attrs.evolve(asked, started_from=done.started_from)
    left = await live(db, ids)
    assert left == [ids[0], ids[1], ids[6]]
    stored: dict[UUID, int] = dict(superuser.execute(MESSAGES).fetchall())
    assert [stored[id_] for id_ in left] == [1, 5, 3]
    assert miscounts(superuser) == []
    assert units >= 9 // most


async def test_a_deleted_message_stays_and_is_counted_where_it_is(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    first = await converse(db, seed, contact, 0)
    second = await converse(db, seed, contact, 10, 11)
    superuser.execute("UPDATE messages SET deleted_at = now() WHERE session_id = %s AND from_me", [second.id])
    assert (await consolidate(db, command(contact))).survivors[0].message_count == 2
    assert dict(superuser.execute(MESSAGES).fetchall()) == {first.id: 2, second.id: 1}
    assert miscounts(superuser) == []


async def test_control_the_audit_sees_messages_that_were_moved_and_not_counted(
    db: Database[UnitOfWork], seed: Seed, contact: Contact, superuser: psycopg.Connection
) -> None:
    first = await converse(db, seed, contact, 0)
    second = await converse(db, seed, contact, 10)
    superuser.execute("UPDATE messages SET session_id = %s WHERE session_id = %s", [first.id, second.id])
    assert len(miscounts(superuser)) == 2


async def test_of_two_at_once_one_is_decided_again(
    db: Database[UnitOfWork],
    seed: Seed,
    contact: Contact,
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other one comes in between the look and the locks."""
    for minute in (0, 10):
        await converse(db, seed, contact, minute)
    conflicts: list[VentrosError] = []
    others = iter([command(contact)])
    move = use_case._move_messages

    async def moved(*args: Any) -> Any:
        for other in others:
            assert (await consolidate(db, other)).deleted == 1
        return await move(*args)

    monkeypatch.setattr(use_case, "_move_messages", moved)
    done = await consolidate(db, command(contact), on_conflict=lambda error, _: conflicts.append(error))
    assert [type(conflict) for conflict in conflicts] == [OptimisticLockError]
    assert done.deleted == 0
    assert miscounts(superuser) == []


async def test_what_is_not_there_is_named(db: Database[UnitOfWork], contact: Contact) -> None:
    with pytest.raises(NotFound, match="contact"):
        await consolidate(db, command(contact, contact_id=new_id()))
    with pytest.raises(NotFound, match="contact"):
        await db.run(OTHER_TENANT, lambda uow: consolidate_sessions(uow, command(contact)))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contact_id": UUID(int=0)}, "contact_id"),
        ({"timeout": timedelta(0)}, "timeout"),
        ({"most": 1}, "most"),
        ({"most": 201}, "most"),
    ],
)
def test_a_command_that_cannot_be_is_refused(changes: dict[str, Any], field: str) -> None:
    arguments: dict[str, Any] = {"contact_id": new_id(), "channel_type_id": 1, "consolidated_at": LATER}
    with pytest.raises(ValidationError) as raised:
        ConsolidateSessions(**{**arguments, **changes})
    assert raised.value.field == field
