"""The scheduler starts campaigns, and takes due steps of everybody who is on a way, of all tenants."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.enrollments import (
    active_campaign,
    active_sequence,
    delay_step,
    draft_campaign,
    message_step,
    sent,
)
from ventros import Database, UnitOfWork
from ventros.application.campaigns.enroll_in_campaign import EnrollInCampaign, enroll_in_campaign
from ventros.application.sequences.enroll_in_sequence import EnrollInSequence, enroll_in_sequence
from ventros.application.steps import STEPS
from ventros.automation.campaigns.aggregate import Campaign
from ventros.automation.sequences.aggregate import Sequence
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed, seed_tenant
from ventros.scheduler.scheduler import Scheduler, SchedulerOptions

HOUR = timedelta(hours=1)
OURS = [step for step in STEPS if "campaign" in step.name or "enrollment" in step.name]
SMALL = SchedulerOptions(batch=2, concurrency=2)


async def enroll(
    db: Database[UnitOfWork], seed: Seed, number: int, sequence: Sequence, campaign: Campaign
) -> None:
    person = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
    person = person.set_phone(f"+55119000000{number:02}", now=NOW)
    who: Any = {"contact_id": person.id, "channel_id": seed.channel_id, "enrolled_at": NOW}
    await db.run(seed.tenant, lambda uow: uow.contacts.add(person))
    into = EnrollInSequence(sequence_id=sequence.id, **who)
    await db.run(seed.tenant, lambda uow: enroll_in_sequence(uow, into))
    also = EnrollInCampaign(campaign_id=campaign.id, **who)
    await db.run(seed.tenant, lambda uow: enroll_in_campaign(uow, also))


async def prepared(db: Database[UnitOfWork], seed: Seed) -> tuple[Sequence, Campaign, Campaign]:
    """Three contacts in a sequence of one message and a campaign of one delay, and a campaign to start."""
    sequence, campaign, scheduled = await db.run(
        seed.tenant,
        lambda uow: uow.add_all(
            active_sequence(seed.tenant, message_step(0)),
            active_campaign(seed.tenant, delay_step(0)),
            draft_campaign(seed.tenant).schedule(NOW + HOUR, now=NOW),
        ),
    )
    for number in range(3):
        await enroll(db, seed, number, sequence, campaign)
    return sequence, campaign, scheduled


def statuses(superuser: psycopg.Connection, table: str) -> dict[str, int]:
    query = f"SELECT status, count(*) FROM {table} GROUP BY status"  # noqa: S608 - of this file
    return dict(superuser.execute(query.encode()).fetchall())


async def test_what_is_due_is_done_for_every_tenant_and_nothing_before(
    db: Database[UnitOfWork], seed: Seed, scheduler_db: Database[Any], superuser: psycopg.Connection
) -> None:
    assert len(OURS) == 3
    for each in (seed, await seed_tenant(db, OTHER_TENANT, "other-phone", NOW)):
        await prepared(db, each)
    early = Scheduler(scheduler_db, db, OURS, SMALL, clock=lambda: NOW)
    await early.drain()
    assert {counts.done for counts in early.counts.values()} == {0}
    scheduler = Scheduler(scheduler_db, db, OURS, SMALL, clock=lambda: NOW + HOUR)
    await scheduler.drain()
    assert {name: (counts.done, counts.failed) for name, counts in scheduler.counts.items()} == {
        "start_campaigns": (2, 0),
        "advance_sequence_enrollments": (6, 0),
        "advance_campaign_enrollments": (6, 0),
    }
    assert statuses(superuser, "sequence_enrollments") == {"completed": 6}
    assert statuses(superuser, "campaign_enrollments") == {"completed": 6}
    assert statuses(superuser, "campaigns") == {"active": 4}
    assert sent(superuser) == ["Hello Ada"] * 6


@pytest.mark.parametrize("kind", ["sequence", "campaign"])
async def test_those_of_a_paused_one_are_not_even_found(
    db: Database[UnitOfWork], seed: Seed, scheduler_db: Database[Any], kind: str
) -> None:
    """But for the last that a step looks at, for the next step goes on behind it."""
    sequence, campaign, _ = await prepared(db, seed)
    if kind == "sequence":
        await db.run(TENANT, lambda uow: uow.sequences.apply(sequence.id, Sequence.pause, now=NOW))
    else:
        await db.run(TENANT, lambda uow: uow.campaigns.apply(campaign.id, Campaign.pause, now=NOW))
    scheduler = Scheduler(scheduler_db, db, OURS, clock=lambda: NOW + HOUR)
    await scheduler.drain()
    paused = scheduler.counts[f"advance_{kind}_enrollments"]
    assert (paused.done, paused.failed) == (0, 0)
    walks = 2
    assert paused.left == walks
    other = "campaign" if kind == "sequence" else "sequence"
    assert scheduler.counts[f"advance_{other}_enrollments"].done == 3
