"""A session ends when its timeout has run out, and not when a message came in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import Database, UnitOfWork
from ventros.application.sessions import expire_session as use_case
from ventros.application.sessions.expire_session import expire_session
from ventros.application.steps import STEPS
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.kernel.ids import new_id

MINUTE = timedelta(minutes=1)
Told = Callable[[], list[tuple[Any, ...]]]


@pytest.fixture
async def session(db: Database[UnitOfWork], contact: Contact) -> Session:
    async with db.unit_of_work(TENANT) as uow:
        session = await uow.sessions.add(Session.start(contact_id=contact.id, tenant_id=TENANT, now=NOW))
        await uow.commit()
    return session


async def expire(
    db: Database[UnitOfWork], session: Session, now: datetime, tenant: str = TENANT
) -> Session | None:
    return await db.run(tenant, lambda uow: expire_session(uow, session.id, now))


async def record(db: Database[UnitOfWork], session: Session, at: datetime) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await uow.sessions.apply(session.id, Session.record_message, from_contact=True, now=at)
        await uow.commit()


async def test_it_ends_as_of_its_timeout_and_once(
    db: Database[UnitOfWork], session: Session, told: Told
) -> None:
    ended = await expire(db, session, NOW + 90 * MINUTE)
    assert ended is not None
    assert (ended.end_reason, ended.ended_at) == (EndReason.INACTIVITY_TIMEOUT, NOW + 30 * MINUTE)
    assert (ended.duration_seconds, ended.version) == (30 * 60, 2)
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.sessions.get(session.id) == ended
    assert await expire(db, session, NOW + 90 * MINUTE) is None
    assert told() == [("session.started", 1), ("session.ended", 2)]


async def test_at_its_timeout_or_with_a_message_in_time_it_goes_on(
    db: Database[UnitOfWork], session: Session, told: Told
) -> None:
    assert await expire(db, session, NOW + 30 * MINUTE) is None
    await record(db, session, NOW + 29 * MINUTE)
    assert await expire(db, session, NOW + 59 * MINUTE) is None
    assert [name for name, _ in told()] == ["session.started", "session.message_recorded"]


async def test_what_is_not_there_for_the_tenant_is_left(
    db: Database[UnitOfWork], session: Session, told: Told
) -> None:
    assert await expire(db, session, NOW + 90 * MINUTE, OTHER_TENANT) is None
    assert await db.run(TENANT, lambda uow: expire_session(uow, new_id(), NOW)) is None
    assert told() == [("session.started", 1)]


async def test_one_that_another_holds_is_left_to_it(db: Database[UnitOfWork], session: Session) -> None:
    async with db.unit_of_work(TENANT) as holder:
        await holder.sessions.get(session.id, lock="no key update")
        assert await expire(db, session, NOW + 90 * MINUTE) is None
    assert await expire(db, session, NOW + 90 * MINUTE) is not None


def test_it_is_the_first_thing_that_the_scheduler_does() -> None:
    assert (STEPS[0].name, STEPS[0].work) == ("expire_sessions", use_case.expire_session)
