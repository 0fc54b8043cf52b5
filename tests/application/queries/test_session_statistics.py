"""How the sessions of a period went."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.conversations import Two
from ventros import Database, UnitOfWork, ValidationError
from ventros.application.queries.session_statistics import (
    PeriodFigures,
    SessionFigures,
    SessionStatistics,
    Spread,
    session_statistics,
)
from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.demo.seed import Seed

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
NONE = SessionFigures(
    sessions=0, messages=0, resolved=0, escalated=0, converted=0, duration=None, response=None
)


async def statistics(
    db: Database[UnitOfWork], start: datetime = NOW, end: datetime = NOW + DAY, tenant: str = TENANT
) -> PeriodFigures:
    query = SessionStatistics(started_from=start, started_before=end)
    return await db.run(tenant, lambda uow: session_statistics(uow, query))


def ended(
    two: Two,
    reason: EndReason,
    seconds: int,
    *,
    at: datetime = NOW,
    response: int | None = None,
    **fields: Any,
) -> Session:
    session = Session.start(contact_id=two.survivor.id, tenant_id=TENANT, now=at)
    session = session.record_message(from_contact=True, now=at)
    if response is not None:
        session = session.record_message(from_contact=False, now=at + response * SECOND)
    return attrs.evolve(session.end(reason, now=at + seconds * SECOND), **fields)


async def add(db: Database[UnitOfWork], *sessions: Session) -> None:
    await db.run(TENANT, lambda uow: uow.add_all(*sessions))


async def test_figures_are_of_all_and_of_each_status_and_reason(db: Database[UnitOfWork], two: Two) -> None:
    """The percentiles of 100 sessions of 1 to 100 seconds are their own numbers."""
    timeouts = [
        ended(two, EndReason.INACTIVITY_TIMEOUT, seconds, resolved=seconds % 2 == 0, escalated=seconds == 1)
        for seconds in range(1, 101)
    ]
    closed = ended(two, EndReason.MANUAL_CLOSE, 1000, response=40, converted=True)
    active = Session.start(contact_id=two.survivor.id, tenant_id=TENANT, now=NOW)
    await add(db, *timeouts, closed, active.record_message(from_contact=True, now=NOW))
    figures = await statistics(db)
    assert figures.ended == {
        EndReason.INACTIVITY_TIMEOUT: SessionFigures(
            sessions=100,
            messages=100,
            resolved=50,
            escalated=1,
            converted=0,
            duration=Spread(count=100, average=50.5, median=50, p90=90, p99=99),
            response=None,
        ),
        EndReason.MANUAL_CLOSE: SessionFigures(
            sessions=1,
            messages=2,
            resolved=0,
            escalated=0,
            converted=1,
            duration=Spread(count=1, average=1000.0, median=1000, p90=1000, p99=1000),
            response=Spread(count=1, average=40.0, median=40, p90=40, p99=40),
        ),
    }
    assert figures.active == attrs.evolve(NONE, sessions=1, messages=1)
    assert figures.all == SessionFigures(
        sessions=102,
        messages=103,
        resolved=50,
        escalated=1,
        converted=1,
        duration=Spread(count=101, average=6050 / 101, median=51, p90=91, p99=100),
        response=Spread(count=1, average=40.0, median=40, p90=40, p99=40),
    )


async def test_a_period_has_its_start_and_not_its_end(db: Database[UnitOfWork], two: Two) -> None:
    for at in (NOW - SECOND, NOW, NOW + DAY - SECOND, NOW + DAY):
        await add(db, ended(two, EndReason.AGENT_CLOSE, 1, at=at))
    assert (await statistics(db)).all.sessions == 2
    assert (await statistics(db, NOW + DAY, NOW + 2 * DAY)).all.sessions == 1


async def test_a_period_without_sessions_has_no_figures(db: Database[UnitOfWork], seed: Seed) -> None:
    assert await statistics(db) == PeriodFigures(all=NONE, active=None, ended={})


async def test_neither_deleted_sessions_count_nor_those_of_another_tenant(
    db: Database[UnitOfWork], two: Two, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    await add(db, *(ended(two, EndReason.AGENT_CLOSE, 1) for _ in range(3)))
    superuser.execute(
        "UPDATE sessions SET deleted_at = now(), version = version + 1"
        " WHERE id = (SELECT id FROM sessions ORDER BY id LIMIT 1)"
    )
    assert (await statistics(db)).all.sessions == 2
    assert await statistics(db, tenant=OTHER_TENANT) == PeriodFigures(all=NONE, active=None, ended={})


@pytest.mark.parametrize("length", [timedelta(), -DAY, 366 * DAY + SECOND])
def test_a_period_is_bounded_and_not_empty(length: timedelta) -> None:
    with pytest.raises(ValidationError, match="up to 366 days long, and ends after it starts") as caught:
        SessionStatistics(started_from=NOW, started_before=NOW + length)
    assert caught.value.field == "started_before"
    with pytest.raises(ValidationError, match="naive"):
        SessionStatistics(started_from=NOW.replace(tzinfo=None), started_before=NOW)
