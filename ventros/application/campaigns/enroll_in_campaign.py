"""A contact begins its way through a campaign, and is counted as reached, in one transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.contacts.contact_and_channel import hold_contact_and_channel
from ventros.automation.campaign_enrollments.aggregate import CampaignEnrollment
from ventros.automation.campaigns.values import CampaignStatus
from ventros.kernel import validators
from ventros.kernel.errors import InvariantViolation, NotFound
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class EnrollInCampaign:
    """The messages go by the channel. Raises ValidationError for a nil id."""

    campaign_id: UUID = attrs.field(validator=validators.not_nil)
    contact_id: UUID = attrs.field(validator=validators.not_nil)
    channel_id: UUID = attrs.field(validator=validators.not_nil)
    enrolled_at: datetime = attrs.field(validator=validators.aware)


async def enroll_in_campaign(uow: UnitOfWork, command: EnrollInCampaign) -> CampaignEnrollment:
    """To be run by :meth:`ventros.kernel.database.Database.run`; it ends the unit.

    The first step is that of the smallest position; it is due after its delay, which only a delay or a wait
    has. Channel, contact and campaign are held: none of them is deleted, paused, completed or archived before
    this is stored.

    Raises NotFound for a campaign, channel or contact that is not there, and a contact of another project
    than the channel's; InvariantViolation for a campaign that is not active; AlreadyExists when the contact
    has an open enrollment in it, which ``campaign_enrollments_open_key`` decides.
    """
    campaigns, now = uow.campaigns, command.enrolled_at
    _, *answers = await hold_contact_and_channel(
        uow,
        command.contact_id,
        command.channel_id,
        campaigns.locking(campaigns.LOCK_FOR_SHARE, [command.campaign_id]),
        *campaigns.getting(command.campaign_id),
    )
    campaign = campaigns.got(answers)
    if campaign is None:
        raise NotFound("campaign", command.campaign_id)
    if campaign.status is not CampaignStatus.ACTIVE:
        raise InvariantViolation(
            f"campaign {campaign.id} is {campaign.status.value}, not active: nobody can enroll in it"
        )
    first = campaign.steps[0]
    enrollment = CampaignEnrollment.create(
        tenant_id=uow.tenant,
        campaign_id=campaign.id,
        contact_id=command.contact_id,
        channel_id=command.channel_id,
        step_position=first.position,
        due_at=now + first.delay,
        now=now,
    )
    uow.send_with_commit(campaigns.counting(campaign.id, reached=1))
    (stored,) = await uow.commit(enrollment)
    return stored
