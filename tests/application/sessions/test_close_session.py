"""A session ends once, and its marks come with its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.sessions.close_session import CloseSession, close_session
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.kernel.errors import InvariantViolation, OptimisticLockError, VentrosError

MINUTE = timedelta(minutes=1)
Told = Callable[[], list[tuple[Any, ...]]]


@pytest.fixture
async def session(db: Database[UnitOfWork], contact: Contact) -> Session:
    async with db.unit_of_work(TENANT) as uow:
        started = Session.start(contact_id=contact.id, tenant_id=TENANT, channel_type_id=1, now=NOW)
        session = await uow.sessions.add(started.record_message(from_contact=True, now=NOW))
        await uow.commit()
    return session


def command(session: Session, **changes: Any) -> CloseSession:
    made = CloseSession(session_id=session.id, reason=EndReason.AGENT_CLOSE, closed_at=NOW + MINUTE)
    return attrs.evolve(made, **changes)


async def close(db: Database[UnitOfWork], command: CloseSession, tenant: str = TENANT) -> Session:
    return await db.run(tenant, lambda uow: close_session(uow, command))


@pytest.mark.parametrize("resolved", [False, True])
@pytest.mark.parametrize("escalated", [False, True])
async def test_end_and_marks_are_one_version(
    db: Database[UnitOfWork], session: Session, told: Told, resolved: bool, escalated: bool
) -> None:
    closed = await close(db, command(session, resolved=resolved, escalated=escalated))
    assert (closed.version, closed.resolved, closed.escalated) == (2, resolved, escalated)
    assert (closed.end_reason, closed.ended_at) == (EndReason.AGENT_CLOSE, NOW + MINUTE)
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.sessions.get(session.id) == closed
    marks = [("session.resolved", 2)] * resolved + [("session.escalated", 2)] * escalated
    assert told()[2:] == [("session.ended", 2), *marks]


@pytest.mark.parametrize("reason", EndReason)
async def test_every_reason_can_be_given(
    db: Database[UnitOfWork], session: Session, reason: EndReason
) -> None:
    assert (await close(db, command(session, reason=reason))).end_reason is reason


@pytest.mark.parametrize("word", ["resolved", "transferred", "escalated", "agent_closed"])
def test_a_mark_is_no_reason(word: str) -> None:
    with pytest.raises(ValidationError) as raised:
        CloseSession(session_id=UUID(int=1), reason=word, closed_at=NOW)
    assert raised.value.field == "reason"


async def test_what_has_ended_stays_as_it_ended(
    db: Database[UnitOfWork], session: Session, told: Told
) -> None:
    await close(db, command(session))
    before = told()
    with pytest.raises(InvariantViolation, match=f"session {session.id} has ended"):
        await close(db, command(session, resolved=True))
    assert told() == before


async def test_another_tenants_session_is_not_there(db: Database[UnitOfWork], session: Session) -> None:
    with pytest.raises(NotFound):
        await close(db, command(session), OTHER_TENANT)
    with pytest.raises(ValidationError, match="session_id"):
        command(session, session_id=UUID(int=0))


async def test_a_message_that_comes_meanwhile_is_counted(
    db: Database[UnitOfWork], session: Session, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look of the first attempt and its write; the second one finds it."""
    conflicts: list[VentrosError] = []
    messages = iter([NOW + MINUTE])

    async def close_late(uow: UnitOfWork) -> Session:
        load = uow.sessions.get

        async def loaded(id_: UUID) -> Session:
            found = await load(id_)
            for at in messages:
                async with db.unit_of_work(TENANT) as other:
                    await other.sessions.save(session.record_message(from_contact=False, now=at))
                    await other.commit()
            return found

        monkeypatch.setattr(uow.sessions, "get", loaded)
        return await close_session(uow, command(session))

    closed = await db.run(TENANT, close_late, on_conflict=lambda error, _: conflicts.append(error))
    assert [type(conflict) for conflict in conflicts] == [OptimisticLockError]
    assert (closed.message_count, closed.version) == (2, 3)
    row = superuser.execute(
        "SELECT payload #> '{metrics,total_messages}' FROM outbox_events WHERE event_name = 'session.ended'"
    ).fetchone()
    assert row == (2,)
