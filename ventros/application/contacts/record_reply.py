"""A contact wrote to us: what its answer ends, ends, and what waits for it goes on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.application.campaigns.advance_campaign_enrollment import gone_on
from ventros.application.sequences.counted import count_end
from ventros.automation.enrollments import REPLIED, Enrollment, EnrollmentStatus
from ventros.automation.values import WaitFor
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class RecordReply:
    """``replied_at`` is when the contact wrote. Raises ValidationError for a nil id."""

    contact_id: UUID = attrs.field(validator=validators.not_nil)
    replied_at: datetime = attrs.field(validator=validators.aware)


async def record_reply(uow: UnitOfWork, command: RecordReply) -> tuple[Enrollment, ...]:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which retries conflicts; it ends the unit.

    Open enrollments in sequences that a reply ends exit, paused ones too; active ones in campaigns that wait
    for a reply go on behind the wait. What began after the contact wrote is not meant. The enrollments that
    changed, as they are stored; none of a contact that is not there.
    """
    now = command.replied_at
    ending = await uow.sequence_enrollments.find_ending_by_reply(command.contact_id, now)
    waiting = [
        enrollment
        for enrollment in await uow.campaign_enrollments.find_by_contact(command.contact_id)
        if enrollment.status is EnrollmentStatus.ACTIVE
        and enrollment.waiting_for is WaitFor.REPLY
        and enrollment.updated_at <= now
    ]
    campaigns = await uow.campaigns.get_many([enrollment.campaign_id for enrollment in waiting])
    changed: list[Any] = [
        gone_on(enrollment, campaign, campaign.step_at(enrollment.step_position), now)
        for enrollment, campaign in zip(waiting, campaigns, strict=True)
    ]
    for enrollment in sorted(
        ending, key=lambda ending: ending.sequence_id
    ):  # the counters' locks in one order
        exited = enrollment.exit(REPLIED, now=now)
        count_end(uow, exited)
        changed.append(exited)
    return await uow.commit(*changed)
