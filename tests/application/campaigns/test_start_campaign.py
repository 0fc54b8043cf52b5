"""A scheduled campaign starts when its time has come, once, and the scheduler finds it."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg

from tests.support.constants import NOW, TENANT
from tests.support.enrollments import draft_campaign, store, told
from ventros import Database, UnitOfWork
from ventros.application.campaigns.start_campaign import start_campaign
from ventros.automation.campaigns.aggregate import Campaign

HOUR = timedelta(hours=1)


async def start(db: Database[UnitOfWork], campaign: Campaign, now: datetime) -> Campaign | None:
    return await db.run(TENANT, lambda uow: start_campaign(uow, campaign.id, now))


async def test_it_starts_in_its_time_once(db: Database[UnitOfWork], superuser: psycopg.Connection) -> None:
    (campaign,) = await store(db, draft_campaign(TENANT).schedule(NOW + HOUR, now=NOW))
    assert await start(db, campaign, NOW + HOUR - timedelta(microseconds=1)) is None
    started = await start(db, campaign, NOW + HOUR)
    assert started is not None
    assert (started.status, started.version) == ("active", 2)
    assert await start(db, campaign, NOW + HOUR) is None
    assert told(superuser, "campaign")[-1] == "campaign.activated"


async def test_a_draft_does_not(db: Database[UnitOfWork]) -> None:
    (campaign,) = await store(db, draft_campaign(TENANT))
    assert await start(db, campaign, NOW + HOUR) is None


async def test_a_worker_leaves_what_another_has(db: Database[UnitOfWork]) -> None:
    (campaign,) = await store(db, draft_campaign(TENANT).schedule(NOW, now=NOW))
    async with db.unit_of_work(TENANT) as uow:
        await uow.campaigns.get(campaign.id, lock="no key update")
        assert await start(db, campaign, NOW) is None
    assert await start(db, campaign, NOW) is not None
