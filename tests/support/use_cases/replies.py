"""Cases of what an answer of a contact leads to."""

from __future__ import annotations

from datetime import timedelta

from tests.support.constants import NOW
from tests.support.enrollments import active_campaign, delay_step, wait_step
from tests.support.use_cases import Work, World, case
from tests.support.use_cases.sequences import enrolled
from ventros.application.campaigns.advance_campaign_enrollment import advance_campaign_enrollment
from ventros.application.campaigns.enroll_in_campaign import EnrollInCampaign, enroll_in_campaign
from ventros.application.contacts.record_reply import RecordReply, record_reply
from ventros.application.sequences.advance_sequence_enrollment import advance_sequence_enrollment

HOUR = timedelta(hours=1)


@case("record_reply", "that ends a sequence, and is waited for in a campaign", answers_others=True)
async def _reply(world: World) -> Work:
    enrollment = await enrolled(world)
    (campaign,) = await world.add(active_campaign(world.tenant, wait_step(0, 1), delay_step(1)))
    command = EnrollInCampaign(
        campaign_id=campaign.id,
        contact_id=enrollment.contact_id,
        channel_id=world.seed.channel_id,
        enrolled_at=NOW,
    )
    waiting = await world.run(lambda uow: enroll_in_campaign(uow, command))
    await world.run(lambda uow: advance_campaign_enrollment(uow, waiting.id, NOW))
    reply = RecordReply(contact_id=enrollment.contact_id, replied_at=NOW + HOUR)
    return lambda uow: record_reply(uow, reply)


@case("record_reply", "while the next step is taken", answers_others=True)
async def _race(world: World) -> Work:
    enrollment = await enrolled(world)
    world.rival = lambda uow: advance_sequence_enrollment(uow, enrollment.id, NOW + HOUR)
    reply = RecordReply(contact_id=enrollment.contact_id, replied_at=NOW + HOUR)
    return lambda uow: record_reply(uow, reply)
