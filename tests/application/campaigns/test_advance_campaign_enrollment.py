"""A due step of a campaign is taken once, as its type says, and the contact goes on, waits or has arrived."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.enrollments import (
    HELLO,
    active_campaign,
    active_sequence,
    campaign_step,
    delay_step,
    new_person,
    sent,
    store,
    told,
    wait_step,
)
from ventros import Database, UnitOfWork
from ventros.application.campaigns.advance_campaign_enrollment import advance_campaign_enrollment
from ventros.application.campaigns.enroll_in_campaign import EnrollInCampaign, enroll_in_campaign
from ventros.application.sequences.advance_sequence_enrollment import MOST_POSTPONEMENTS
from ventros.application.sequences.enroll_in_sequence import EnrollInSequence, enroll_in_sequence
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.campaign_enrollments.aggregate import CampaignEnrollment
from ventros.automation.campaign_enrollments.repository import CampaignEnrollmentRepository
from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import StepType
from ventros.automation.sequence_enrollments.repository import SequenceEnrollmentRepository
from ventros.automation.sequences.aggregate import Sequence
from ventros.automation.values import StepCondition
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.pipelines.placement import Placement
from ventros.demo.seed import Seed
from ventros.kernel.errors import Conflict, OptimisticLockError
from ventros.values import CustomField, CustomFieldType

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

Enroll = Callable[..., Awaitable[CampaignEnrollment]]


@pytest.fixture
async def enroll(db: Database[UnitOfWork], seed: Seed) -> Enroll:
    """Somebody new, in a new campaign of the steps."""

    async def begin(*steps: CampaignStep) -> CampaignEnrollment:
        person = await new_person(db, seed)
        (campaign,) = await store(db, active_campaign(TENANT, *steps))
        command = EnrollInCampaign(
            campaign_id=campaign.id, contact_id=person.id, channel_id=seed.channel_id, enrolled_at=NOW
        )
        return await db.run(TENANT, lambda uow: enroll_in_campaign(uow, command))

    return begin


async def advance(
    db: Database[UnitOfWork], enrollment: CampaignEnrollment, now: Any = NOW + HOUR, **options: Any
) -> CampaignEnrollment:
    """It is due."""
    advanced = await db.run(
        TENANT, lambda uow: advance_campaign_enrollment(uow, enrollment.id, now), **options
    )
    assert advanced is not None
    return advanced


async def is_left(db: Database[UnitOfWork], enrollment: CampaignEnrollment, now: Any = NOW + HOUR) -> bool:
    work = await db.run(TENANT, lambda uow: advance_campaign_enrollment(uow, enrollment.id, now))
    return work is None


async def broadcast(db: Database[UnitOfWork], seed: Seed) -> Broadcast:
    readers = ContactList.create(project_id=seed.project_id, tenant_id=TENANT, name="Readers", now=NOW)
    news = Broadcast.create(
        tenant_id=TENANT, name="News", list_id=readers.id, message_template=HELLO, now=NOW
    )
    _, stored = await store(db, readers, news)
    return stored  # type: ignore[no-any-return]


async def test_delays_are_waited_for_to_the_end(
    db: Database[UnitOfWork], enroll: Enroll, superuser: psycopg.Connection
) -> None:
    """Positions have gaps."""
    enrollment = await enroll(delay_step(2), delay_step(7))
    assert await is_left(db, enrollment, NOW)
    enrollment = await advance(db, enrollment)
    assert (enrollment.step_position, enrollment.next_scheduled_at) == (7, NOW + 2 * HOUR)
    assert await is_left(db, enrollment)
    enrollment = await advance(db, enrollment, NOW + 2 * HOUR)
    assert (enrollment.status, enrollment.completed_at) == ("completed", NOW + 2 * HOUR)
    assert told(superuser, "campaign_enrollment") == [
        "campaign.contact_enrolled",
        "campaign.enrollment_advanced",
        "campaign.enrollment_completed",
    ]


async def test_a_broadcast_step_sends_its_message_to_this_contact_alone(
    db: Database[UnitOfWork], enroll: Enroll, seed: Seed, superuser: psycopg.Connection
) -> None:
    news = await broadcast(db, seed)
    enrollment = await enroll(campaign_step(0, StepType.BROADCAST, broadcast_id=news.id))
    assert (await advance(db, enrollment)).status == "completed"
    assert sent(superuser) == ["Hello Ada"]
    assert (await db.run(TENANT, lambda uow: uow.broadcasts.get(news.id))).status == "draft"


@pytest.mark.parametrize("already", [False, True])
async def test_a_sequence_step_enrolls_who_is_not_in_it(
    db: Database[UnitOfWork], enroll: Enroll, seed: Seed, already: bool
) -> None:
    (sequence,) = await store(db, active_sequence(TENANT))
    enrollment = await enroll(campaign_step(0, StepType.SEQUENCE, sequence_id=sequence.id), delay_step(1))
    if already:
        command = EnrollInSequence(
            sequence_id=sequence.id,
            contact_id=enrollment.contact_id,
            channel_id=seed.channel_id,
            enrolled_at=NOW,
        )
        await db.run(TENANT, lambda uow: enroll_in_sequence(uow, command))
    assert (await advance(db, enrollment)).step_position == 1
    found = await db.run(TENANT, lambda uow: uow.sequence_enrollments.find_by_contact(enrollment.contact_id))
    counters = await db.run(TENANT, lambda uow: uow.sequences.counters(sequence.id))
    assert (len(found), counters.total_enrolled) == (1, 1)
    assert found[0].channel_id == seed.channel_id


async def test_who_was_enrolled_in_the_sequence_meanwhile_is_in_it_already_when_it_is_decided_anew(
    db: Database[UnitOfWork], enroll: Enroll, seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a second attempt it is a Conflict: the control."""
    (sequence,) = await store(db, active_sequence(TENANT))
    enrollment = await enroll(campaign_step(0, StepType.SEQUENCE, sequence_id=sequence.id), delay_step(1))
    find_open = SequenceEnrollmentRepository.find_open
    command = EnrollInSequence(
        sequence_id=sequence.id,
        contact_id=enrollment.contact_id,
        channel_id=seed.channel_id,
        enrolled_at=NOW,
    )
    await db.run(TENANT, lambda uow: enroll_in_sequence(uow, command))
    looks = 0

    async def too_early(self: SequenceEnrollmentRepository, *ids: Any) -> Any:
        """The first look is before the other's commit."""
        nonlocal looks
        looks += 1
        return None if looks == 1 else await find_open(self, *ids)

    monkeypatch.setattr(SequenceEnrollmentRepository, "find_open", too_early)
    with pytest.raises(Conflict):
        await advance(db, enrollment, attempts=1)
    looks = 0
    assert (await advance(db, enrollment)).step_position == 1
    assert looks == 2


@pytest.mark.parametrize("vip", [True, False])
async def test_a_condition_lets_go_on_or_exit(db: Database[UnitOfWork], enroll: Enroll, vip: bool) -> None:
    ask = campaign_step(0, StepType.CONDITION, condition_type="tag_has", condition_data={"value": "vip"})
    enrollment = await enroll(ask, delay_step(1))
    if vip:
        await db.run(
            TENANT, lambda uow: uow.contacts.apply(enrollment.contact_id, Contact.add_tag, "vip", now=NOW)
        )
    changed = await advance(db, enrollment)
    assert (changed.status, changed.exit_reason) == (
        ("active", None) if vip else ("exited", "condition_not_met")
    )


async def test_conditions_look_at_fields_statuses_and_activity(
    db: Database[UnitOfWork], enroll: Enroll, seed: Seed
) -> None:
    """Each is passed over before it holds, and asked when it does: then the contact exits."""
    pipeline = Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name="Sales", now=NOW)
    status = PipelineStatus.create(
        pipeline_id=pipeline.id, tenant_id=TENANT, name="Won", status_type=StatusType.CLOSED, now=NOW
    )
    await store(db, pipeline, status)
    conditions = (
        StepCondition(type="field_equals", operator="equals", value="Recife", field="city"),
        StepCondition(type="pipeline_status", operator="equals", value=str(status.id)),
        StepCondition(type="last_activity", operator="less_than", value=1),
    )
    never = {"condition_type": "tag_has", "condition_data": {"value": "nobody has it"}}
    steps = [
        attrs.evolve(campaign_step(place, StepType.CONDITION, **never), conditions=(condition,))
        for place, condition in enumerate(conditions[:2])
    ]
    enrollment = await enroll(*steps, delay_step(5))
    enrollment = await advance(db, enrollment)
    enrollment = await advance(db, enrollment)
    assert (enrollment.status, enrollment.step_position) == ("active", 5)

    async def become(uow: UnitOfWork) -> None:
        await uow.contact_custom_fields.set(
            enrollment.contact_id, CustomField("city", CustomFieldType.TEXT, "Recife"), now=NOW
        )
        await uow.placements.add(
            Placement.enter(
                tenant_id=TENANT,
                project_id=seed.project_id,
                contact_id=enrollment.contact_id,
                pipeline_id=pipeline.id,
                status_id=status.id,
                status_name="Won",
                now=NOW,
            )
        )

    await db.run(TENANT, become)
    all_of_them = attrs.evolve(campaign_step(0, StepType.CONDITION, **never), conditions=conditions)
    (campaign,) = await store(db, active_campaign(TENANT, all_of_them))
    command = EnrollInCampaign(
        campaign_id=campaign.id,
        contact_id=enrollment.contact_id,
        channel_id=seed.channel_id,
        enrolled_at=NOW,
    )
    again = await db.run(TENANT, lambda uow: enroll_in_campaign(uow, command))
    assert (await advance(db, again)).exit_reason == "condition_not_met"


async def test_a_wait_begins_and_ends_by_its_time(db: Database[UnitOfWork], enroll: Enroll) -> None:
    enrollment = await enroll(wait_step(1, 7), delay_step(3), delay_step(7))
    enrollment = await advance(db, enrollment)
    assert (enrollment.waiting_for, enrollment.step_position) == ("reply", 1)
    assert enrollment.next_scheduled_at == NOW + HOUR + DAY
    assert await is_left(db, enrollment, NOW + DAY)
    enrollment = await advance(db, enrollment, NOW + HOUR + DAY)
    assert (enrollment.waiting_for, enrollment.step_position) == (None, 7)
    assert enrollment.next_scheduled_at == NOW + 2 * HOUR + DAY


async def test_a_step_that_is_refused_is_put_off_and_not_for_ever(
    db: Database[UnitOfWork], enroll: Enroll
) -> None:
    (sequence,) = await store(db, active_sequence(TENANT))
    enrollment = await enroll(campaign_step(0, StepType.SEQUENCE, sequence_id=sequence.id))
    await db.run(TENANT, lambda uow: uow.sequences.apply(sequence.id, Sequence.pause, now=NOW))
    for hours in range(1, MOST_POSTPONEMENTS + 1):
        enrollment = await advance(db, enrollment, NOW + hours * HOUR)
        assert (enrollment.status, enrollment.postponements) == ("active", hours)
    enrollment = await advance(db, enrollment, NOW + 9 * DAY)
    assert (enrollment.status, enrollment.exit_reason) == ("exited", "step_failed")


async def test_of_a_paused_campaign_nothing_is_taken_until_it_is_resumed(
    db: Database[UnitOfWork], enroll: Enroll
) -> None:
    enrollment = await enroll()
    await db.run(TENANT, lambda uow: uow.campaigns.apply(enrollment.campaign_id, Campaign.pause, now=NOW))
    assert await is_left(db, enrollment)
    await db.run(TENANT, lambda uow: uow.campaigns.apply(enrollment.campaign_id, Campaign.resume, now=NOW))
    assert (await advance(db, enrollment, NOW + DAY)).next_scheduled_at == NOW + DAY + HOUR


@pytest.mark.parametrize("why", ["campaign_archived", "campaign_completed", "contact_deleted"])
async def test_who_cannot_go_on_exits(db: Database[UnitOfWork], enroll: Enroll, why: str) -> None:
    enrollment = await enroll()
    campaign = {"campaign_archived": Campaign.archive, "campaign_completed": Campaign.complete}
    if why in campaign:
        await db.run(TENANT, lambda uow: uow.campaigns.apply(enrollment.campaign_id, campaign[why], now=NOW))
    else:
        await db.run(TENANT, lambda uow: uow.contacts.apply(enrollment.contact_id, Contact.delete, now=NOW))
    exited = await advance(db, enrollment)
    assert (exited.status, exited.exit_reason) == ("exited", why)


@pytest.mark.parametrize("claimed", [True, False])
async def test_two_workers_do_not_the_same_work(
    db: Database[UnitOfWork],
    enroll: Enroll,
    monkeypatch: pytest.MonkeyPatch,
    claimed: bool,
) -> None:
    """Not claimed, it is the control: both do it, and the version refuses the second."""
    enrollment = await enroll()
    if not claimed:

        async def read_only(self: CampaignEnrollmentRepository, id_: Any, _at: Any) -> CampaignEnrollment:
            return await self.get(id_)

        monkeypatch.setattr(CampaignEnrollmentRepository, "claim", read_only)
    async with db.unit_of_work(TENANT) as uow:
        first = await uow.campaign_enrollments.claim(enrollment.id, NOW + HOUR)
        assert first is not None
        assert await is_left(db, enrollment) is claimed
        changed = first.advance(2, due_at=NOW + DAY, now=NOW + HOUR)
        if claimed:
            await uow.commit(changed)
        else:
            with pytest.raises(OptimisticLockError):
                await uow.commit(changed)
