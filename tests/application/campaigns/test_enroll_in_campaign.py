"""A contact is enrolled in a campaign once, when the campaign is active, and is counted as reached."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.enrollments import (
    active_campaign,
    delay_step,
    draft_campaign,
    new_person,
    store,
    told,
    without_lock,
)
from ventros import AlreadyExists, Database, NotFound, UnitOfWork
from ventros.application.campaigns.enroll_in_campaign import EnrollInCampaign, enroll_in_campaign
from ventros.automation.campaign_enrollments.aggregate import CampaignEnrollment
from ventros.automation.campaigns.aggregate import Campaign
from ventros.automation.campaigns.repository import CampaignRepository
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.ids import new_id

HOUR = timedelta(hours=1)


@pytest.fixture
async def command(db: Database[UnitOfWork], seed: Seed) -> EnrollInCampaign:
    person = await new_person(db, seed)
    (campaign,) = await store(db, active_campaign(TENANT, delay_step(3), delay_step(5)))
    return EnrollInCampaign(
        campaign_id=campaign.id, contact_id=person.id, channel_id=seed.channel_id, enrolled_at=NOW
    )


async def run(
    db: Database[UnitOfWork], command: EnrollInCampaign, tenant: str = TENANT
) -> CampaignEnrollment:
    return await db.run(tenant, lambda uow: enroll_in_campaign(uow, command))


async def reached(db: Database[UnitOfWork], command: EnrollInCampaign) -> int:
    counters = await db.run(TENANT, lambda uow: uow.campaigns.counters(command.campaign_id))
    return counters.contacts_reached


async def test_a_contact_stands_before_the_first_step_and_is_counted(
    db: Database[UnitOfWork], command: EnrollInCampaign, superuser: psycopg.Connection
) -> None:
    enrollment = await run(db, command)
    assert (enrollment.status, enrollment.version) == ("active", 1)
    assert (enrollment.step_position, enrollment.next_scheduled_at) == (3, NOW + HOUR)
    assert await db.run(TENANT, lambda uow: uow.campaign_enrollments.get(enrollment.id)) == enrollment
    assert told(superuser, "campaign_enrollment") == ["campaign.contact_enrolled"]
    assert await reached(db, command) == 1


async def test_it_has_one_open_enrollment_and_any_number_that_are_over(
    db: Database[UnitOfWork], command: EnrollInCampaign
) -> None:
    first = await run(db, command)
    with pytest.raises(AlreadyExists) as refused:
        await run(db, command)
    assert refused.value.resource == "campaign_enrollment"
    enrollments: Any = CampaignEnrollment
    await db.run(
        TENANT, lambda uow: uow.campaign_enrollments.apply(first.id, enrollments.exit, "by hand", now=NOW)
    )
    assert (await run(db, command)).id != first.id
    assert await reached(db, command) == 2


async def test_without_the_index_it_would_have_two(
    db: Database[UnitOfWork], command: EnrollInCampaign, superuser: psycopg.Connection
) -> None:
    """The control of the test before."""
    superuser.execute("DROP INDEX campaign_enrollments_open_key")
    assert (await run(db, command)).id != (await run(db, command)).id


@pytest.mark.parametrize("status", ["draft", "scheduled", "paused", "completed", "archived"])
async def test_a_campaign_that_is_not_active_takes_nobody(
    db: Database[UnitOfWork], command: EnrollInCampaign, status: str
) -> None:
    campaign = draft_campaign(TENANT)
    ways = {
        "draft": lambda: campaign,
        "scheduled": lambda: campaign.schedule(NOW + HOUR, now=NOW),
        "paused": lambda: campaign.activate(now=NOW).pause(now=NOW),
        "completed": lambda: campaign.activate(now=NOW).complete(now=NOW),
        "archived": lambda: campaign.archive(now=NOW),
    }
    (stored,) = await store(db, ways[status]())
    with pytest.raises(InvariantViolation, match=f"is {status}, not active"):
        await run(db, attrs.evolve(command, campaign_id=stored.id))
    assert await reached(db, attrs.evolve(command, campaign_id=stored.id)) == 0


@pytest.mark.parametrize("missing", ["campaign", "contact", "channel"])
async def test_what_is_not_there_is_named(
    db: Database[UnitOfWork], command: EnrollInCampaign, missing: str
) -> None:
    unknown = new_id()
    changes: Any = {f"{missing}_id": unknown}
    with pytest.raises(NotFound) as raised:
        await run(db, attrs.evolve(command, **changes))
    assert (raised.value.resource, raised.value.id) == (missing, unknown)
    with pytest.raises(NotFound):
        await run(db, command, OTHER_TENANT)


@pytest.mark.parametrize("held", [True, False])
async def test_it_is_not_paused_while_somebody_is_enrolled(
    db: Database[UnitOfWork], command: EnrollInCampaign, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    """Not held, it is the control: paused when the enrollment is stored."""
    pauses = 0
    commit = UnitOfWork.commit

    async def pausing(self: UnitOfWork, *aggregates: Any) -> Any:
        nonlocal pauses
        if aggregates and isinstance(aggregates[0], CampaignEnrollment):
            async with db.unit_of_work(TENANT) as other:
                locks = CampaignRepository.TRY_LOCK_FOR_NO_KEY_UPDATE
                pauses += len(await other.connection.many(locks, TENANT, [command.campaign_id]))
        return await commit(self, *aggregates)

    if not held:
        without_lock(monkeypatch, CampaignRepository)
    monkeypatch.setattr(UnitOfWork, "commit", pausing)
    await run(db, command)
    assert pauses == (0 if held else 1)


async def test_a_pause_and_an_enrollment_at_once_are_in_an_order(
    db: Database[UnitOfWork], command: EnrollInCampaign
) -> None:
    await db.run(TENANT, lambda uow: uow.campaigns.apply(command.campaign_id, Campaign.pause, now=NOW))
    with pytest.raises(InvariantViolation):
        await run(db, command)
    await db.run(TENANT, lambda uow: uow.campaigns.apply(command.campaign_id, Campaign.resume, now=NOW))
    assert (await run(db, command)).status == "active"
