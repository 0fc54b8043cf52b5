"""A contact's next step in a sequence is due: it gets the message, and stands before the next one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from ventros.application.contacts.facts import all_hold
from ventros.application.messages.send_message import send_message
from ventros.application.messages.template_message import template_message
from ventros.application.sequences.counted import count_end
from ventros.automation.enrollments import CONTACT_DELETED, STEP_FAILED
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.automation.sequences.aggregate import Sequence, SequenceStep
from ventros.automation.sequences.values import SequenceStatus
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.values import MessageSource
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.unit_of_work import UnitOfWork

RETRY_AFTER: Final = timedelta(hours=1)
MOST_POSTPONEMENTS: Final = 48
"""So a channel may be away for two days."""


async def advance_sequence_enrollment(
    uow: UnitOfWork, enrollment_id: UUID, now: datetime
) -> SequenceEnrollment | None:
    """To be run by :meth:`ventros.kernel.database.Database.run`, as a scheduler does; it ends the unit.

    The enrollment as it is stored. Its step is taken when all its conditions hold, and passed over when not.
    The message goes by :func:`ventros.application.messages.send_message.send_message`; when that refuses,
    the step is put off for an hour, 48 times at most, and then the contact exits. It exits, too, when it is
    deleted or the sequence archived. After the last step it has completed.

    None when nothing is due, the sequence is paused, or another unit has the enrollment or its contact: it is
    not waited for. Both are held, and the sequence.
    """
    enrollment = await uow.sequence_enrollments.claim(enrollment_id, now)
    if enrollment is None:
        return None
    sequences, contacts = uow.sequences, uow.contacts
    found, _, *answers = await uow.connection.together(
        [
            Call(contacts.GET, (contacts.key(enrollment.contact_id),)),
            sequences.locking(sequences.LOCK_FOR_SHARE, [enrollment.sequence_id]),
            *sequences.getting(enrollment.sequence_id),
        ]
    )
    sequence = sequences.got(answers)
    if sequence is None or sequence.status is SequenceStatus.PAUSED:
        return None
    if not found:
        changed = enrollment.exit(CONTACT_DELETED, now=now)
    elif sequence.status is not SequenceStatus.ACTIVE:
        changed = enrollment.exit(f"sequence_{sequence.status.value}", now=now)
    else:
        changed = await _take_step(uow, enrollment, sequence, contacts.load(found[0]), now)
    count_end(uow, changed)
    (stored,) = await uow.commit(changed)
    return stored


async def _take_step(
    uow: UnitOfWork, enrollment: SequenceEnrollment, sequence: Sequence, contact: Contact, now: datetime
) -> SequenceEnrollment:
    step = sequence.step_at(enrollment.step_position)
    if await all_hold(uow, step.conditions, contact, now=now):
        try:
            await _send(uow, enrollment, step, contact, now)
        except (
            InvariantViolation,
            NotFound,
            ValidationError,
        ) as refusal:  # raised before anything is written
            if enrollment.postponements >= MOST_POSTPONEMENTS:
                return enrollment.exit(STEP_FAILED, now=now)
            return enrollment.postpone(str(refusal), due_at=now + RETRY_AFTER, now=now)
    following = sequence.next_step(step.position)
    if following is None:
        return enrollment.complete(now=now)
    return enrollment.advance(following.position, due_at=now + following.delay, now=now)


async def _send(
    uow: UnitOfWork, enrollment: SequenceEnrollment, step: SequenceStep, contact: Contact, now: datetime
) -> None:
    message = template_message(
        step.message_template,
        contact,
        enrollment.channel_id,
        source=MessageSource.SEQUENCE,
        metadata={"sequence_id": str(enrollment.sequence_id), "step_id": str(step.id)},
        now=now,
    )
    await send_message(uow, message)
