"""Cases of campaigns and of contacts on their way through them."""

from __future__ import annotations

from datetime import timedelta

from tests.support.constants import NOW
from tests.support.enrollments import (
    HELLO,
    active_campaign,
    active_sequence,
    campaign_step,
    delay_step,
    draft_campaign,
    wait_step,
)
from tests.support.use_cases import Work, World, case
from tests.support.use_cases.contacts import new_contact
from ventros.application.campaigns.advance_campaign_enrollment import advance_campaign_enrollment
from ventros.application.campaigns.create_campaign import CreateCampaign, create_campaign
from ventros.application.campaigns.enroll_in_campaign import EnrollInCampaign, enroll_in_campaign
from ventros.application.campaigns.start_campaign import start_campaign
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import GoalType, StepType
from ventros.crm.contact_lists.aggregate import ContactList

HOUR = timedelta(hours=1)


async def _enrolling(world: World, *steps: CampaignStep) -> EnrollInCampaign:
    contact = new_contact(world).set_phone(f"+5511{world.number}", now=NOW)
    contact, campaign = await world.add(contact, active_campaign(world.tenant, *steps))
    return EnrollInCampaign(
        campaign_id=campaign.id, contact_id=contact.id, channel_id=world.seed.channel_id, enrolled_at=NOW
    )


async def _advancing(world: World, *steps: CampaignStep) -> Work:
    command = await _enrolling(world, *steps)
    enrollment = await world.run(lambda uow: enroll_in_campaign(uow, command))
    return lambda uow: advance_campaign_enrollment(uow, enrollment.id, NOW + HOUR)


async def _broadcast(world: World) -> Broadcast:
    readers = ContactList.create(
        project_id=world.seed.project_id, tenant_id=world.tenant, name="Readers", now=NOW
    )
    news = Broadcast.create(
        tenant_id=world.tenant, name="News", list_id=readers.id, message_template=HELLO, now=NOW
    )
    _, stored = await world.add(readers, news)
    return stored  # type: ignore[no-any-return]


@case("create_campaign", "with a step that sends, and one that enrolls")
async def _create(world: World) -> Work:
    broadcast = await _broadcast(world)
    (sequence,) = await world.add(active_sequence(world.tenant))
    command = CreateCampaign(
        name="Spring",
        goal_type=GoalType.REACH_CONTACTS,
        steps=(
            campaign_step(0, StepType.BROADCAST, broadcast_id=broadcast.id),
            campaign_step(1, StepType.SEQUENCE, sequence_id=sequence.id),
        ),
        created_at=NOW,
    )
    return lambda uow: create_campaign(uow, command)


@case("start_campaign", "whose time has come", answers_others=True)
async def _start(world: World) -> Work:
    (campaign,) = await world.add(draft_campaign(world.tenant).schedule(NOW + HOUR, now=NOW))
    return lambda uow: start_campaign(uow, campaign.id, NOW + HOUR)


@case("enroll_in_campaign", "of a contact that is in no other")
async def _enroll(world: World) -> Work:
    command = await _enrolling(world)
    return lambda uow: enroll_in_campaign(uow, command)


@case("enroll_in_campaign", "while it is paused")
async def _paused(world: World) -> Work:
    command = await _enrolling(world)
    world.rival = lambda uow: uow.campaigns.apply(command.campaign_id, Campaign.pause, now=NOW)
    return lambda uow: enroll_in_campaign(uow, command)


@case("advance_campaign_enrollment", "behind a delay", answers_others=True)
async def _delay(world: World) -> Work:
    return await _advancing(world, delay_step(0), delay_step(2))


@case("advance_campaign_enrollment", "by a broadcast's message, to the end", answers_others=True)
async def _send(world: World) -> Work:
    broadcast = await _broadcast(world)
    return await _advancing(world, campaign_step(0, StepType.BROADCAST, broadcast_id=broadcast.id))


@case("advance_campaign_enrollment", "into a sequence", answers_others=True)
async def _sequence(world: World) -> Work:
    (sequence,) = await world.add(active_sequence(world.tenant))
    return await _advancing(
        world, campaign_step(0, StepType.SEQUENCE, sequence_id=sequence.id), delay_step(1)
    )


@case("advance_campaign_enrollment", "that begins to wait", answers_others=True)
async def _wait(world: World) -> Work:
    return await _advancing(world, wait_step(0, 1), delay_step(1))
