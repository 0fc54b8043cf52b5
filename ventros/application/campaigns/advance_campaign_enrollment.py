"""A contact's next step in a campaign is due: it is taken, and the contact stands before the next one."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from ventros.application.contacts.facts import all_hold
from ventros.application.messages.send_message import send_message
from ventros.application.messages.template_message import template_message
from ventros.application.sequences.advance_sequence_enrollment import MOST_POSTPONEMENTS, RETRY_AFTER
from ventros.application.sequences.enroll_in_sequence import EnrollInSequence, decide_sequence_enrollment
from ventros.automation.campaign_enrollments.aggregate import CampaignEnrollment
from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import CampaignStatus, StepType
from ventros.automation.enrollments import CONDITION_NOT_MET, CONTACT_DELETED, STEP_FAILED
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.values import MessageSource
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import AlreadyExists, Conflict, InvariantViolation, NotFound, ValidationError
from ventros.unit_of_work import UnitOfWork


async def advance_campaign_enrollment(
    uow: UnitOfWork, enrollment_id: UUID, now: datetime
) -> CampaignEnrollment | None:
    """To be run by :meth:`ventros.kernel.database.Database.run`, as a scheduler does; it ends the unit.

    The enrollment as it is stored. A step is passed over unless all its conditions hold. One of type

    - broadcast sends the broadcast's message to this contact; the broadcast itself is not touched;
    - sequence enrolls the contact in it, unless it is there already;
    - delay has waited before it was due;
    - condition goes on where it holds, and else the contact exits;
    - wait begins to wait; when it comes here again the time is over, and the contact goes on from the step
      that is named for that.

    A step that is refused is put off for an hour, 48 times at most, and then the contact exits. It exits too
    when it is deleted or the campaign completed or archived. After the last step it has completed.

    None when nothing is due, the campaign is paused, or another unit has the enrollment or its contact: it is
    not waited for. Both are held, and the campaign.
    """
    enrollment = await uow.campaign_enrollments.claim(enrollment_id, now)
    if enrollment is None:
        return None
    campaigns, contacts = uow.campaigns, uow.contacts
    found, _, *answers = await uow.connection.together(
        [
            Call(contacts.GET, (contacts.key(enrollment.contact_id),)),
            campaigns.locking(campaigns.LOCK_FOR_SHARE, [enrollment.campaign_id]),
            *campaigns.getting(enrollment.campaign_id),
        ]
    )
    campaign = campaigns.got(answers)
    if campaign is None or campaign.status is CampaignStatus.PAUSED:
        return None
    begun: list[SequenceEnrollment] = []
    if not found:
        changed = enrollment.exit(CONTACT_DELETED, now=now)
    elif campaign.status is not CampaignStatus.ACTIVE:
        changed = enrollment.exit(f"campaign_{campaign.status.value}", now=now)
    elif enrollment.waiting_for is not None:
        changed = _timed_out(enrollment, campaign, now)
    else:
        changed, begun = await _take_step(uow, enrollment, campaign, contacts.load(found[0]), now)
    try:
        stored, *_ = await uow.commit(changed, *begun)
    except AlreadyExists as error:
        raise Conflict("somebody else enrolled the contact in the sequence first") from error
    return stored


def gone_on(
    enrollment: CampaignEnrollment, campaign: Campaign, step: CampaignStep, now: datetime
) -> CampaignEnrollment:
    """Behind ``step``: before the next one, or at the end."""
    following = campaign.next_step(step.position)
    if following is None:
        return enrollment.complete(now=now)
    return enrollment.advance(following.position, due_at=now + following.delay, now=now)


def _timed_out(enrollment: CampaignEnrollment, campaign: Campaign, now: datetime) -> CampaignEnrollment:
    """A started campaign has the step that a wait names; see :meth:`Campaign.activate`."""
    position = campaign.step_at(enrollment.step_position).config.timeout_step
    target = campaign.step_at(0 if position is None else position)
    return enrollment.advance(target.position, due_at=now + target.delay, now=now)


async def _take_step(
    uow: UnitOfWork, enrollment: CampaignEnrollment, campaign: Campaign, contact: Contact, now: datetime
) -> tuple[CampaignEnrollment, list[SequenceEnrollment]]:
    """The enrollment behind its step, and that in a sequence, if it begins one."""
    step = campaign.step_at(enrollment.step_position)
    if not await all_hold(uow, step.conditions, contact, now=now):
        return gone_on(enrollment, campaign, step, now), []
    if not await all_hold(uow, step.asked, contact, now=now):
        return enrollment.exit(CONDITION_NOT_MET, now=now), []
    config = step.config
    if step.type is StepType.WAIT and config.wait_for is not None:
        until = now + timedelta(hours=config.wait_timeout or 0)
        return enrollment.wait(config.wait_for, until=until, now=now), []
    begun = []
    try:
        if step.type is StepType.BROADCAST and config.broadcast_id is not None:
            await _send(uow, enrollment, config.broadcast_id, contact, now)
        elif step.type is StepType.SEQUENCE and config.sequence_id is not None:
            begun = await _begin(uow, enrollment, config.sequence_id, now)
    except (InvariantViolation, NotFound, ValidationError) as refusal:  # raised before anything is written
        if enrollment.postponements >= MOST_POSTPONEMENTS:
            return enrollment.exit(STEP_FAILED, now=now), []
        return enrollment.postpone(str(refusal), due_at=now + RETRY_AFTER, now=now), []
    return gone_on(enrollment, campaign, step, now), begun


async def _send(
    uow: UnitOfWork, enrollment: CampaignEnrollment, broadcast_id: UUID, contact: Contact, now: datetime
) -> None:
    broadcast = await uow.broadcasts.get(broadcast_id)
    message = template_message(
        broadcast.message_template,
        contact,
        enrollment.channel_id,
        source=MessageSource.BROADCAST,
        metadata={"campaign_id": str(enrollment.campaign_id), "broadcast_id": str(broadcast_id)},
        now=now,
    )
    await send_message(uow, message)


async def _begin(
    uow: UnitOfWork, enrollment: CampaignEnrollment, sequence_id: UUID, now: datetime
) -> list[SequenceEnrollment]:
    if await uow.sequence_enrollments.find_open(sequence_id, enrollment.contact_id) is not None:
        return []
    command = EnrollInSequence(
        sequence_id=sequence_id,
        contact_id=enrollment.contact_id,
        channel_id=enrollment.channel_id,
        enrolled_at=now,
    )
    return [await decide_sequence_enrollment(uow, command)]
