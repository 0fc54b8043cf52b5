"""A contact begins its way through a sequence, and is counted, in one transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.contacts.contact_and_channel import hold_contact_and_channel
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.automation.sequences.values import SequenceStatus
from ventros.kernel import validators
from ventros.kernel.errors import InvariantViolation, NotFound
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class EnrollInSequence:
    """The messages go by the channel. Raises ValidationError for a nil id."""

    sequence_id: UUID = attrs.field(validator=validators.not_nil)
    contact_id: UUID = attrs.field(validator=validators.not_nil)
    channel_id: UUID = attrs.field(validator=validators.not_nil)
    enrolled_at: datetime = attrs.field(validator=validators.aware)


async def enroll_in_sequence(uow: UnitOfWork, command: EnrollInSequence) -> SequenceEnrollment:
    """To be run by :meth:`ventros.kernel.database.Database.run`; it ends the unit.

    The first step is that of the smallest position; it is due after its delay. Channel, contact and sequence
    are held: none of them is deleted, paused or archived before this is stored.

    Raises NotFound for a sequence, channel or contact that is not there, and a contact of another project
    than the channel's; InvariantViolation for a sequence that is not active; AlreadyExists when the contact
    has an open enrollment in it, which ``sequence_enrollments_open_key`` decides.
    """
    enrollment = await decide_sequence_enrollment(uow, command)
    (stored,) = await uow.commit(enrollment)
    return stored


async def decide_sequence_enrollment(uow: UnitOfWork, command: EnrollInSequence) -> SequenceEnrollment:
    """The enrollment, to be committed by another use case; it will be counted. Raises as above."""
    sequences = uow.sequences
    _, *answers = await hold_contact_and_channel(
        uow,
        command.contact_id,
        command.channel_id,
        sequences.locking(sequences.LOCK_FOR_SHARE, [command.sequence_id]),
        *sequences.getting(command.sequence_id),
    )
    sequence = sequences.got(answers)
    if sequence is None:
        raise NotFound("sequence", command.sequence_id)
    if sequence.status is not SequenceStatus.ACTIVE:
        raise InvariantViolation(
            f"sequence {sequence.id} is {sequence.status.value}, not active: nobody can enroll in it"
        )
    first, now = sequence.steps[0], command.enrolled_at
    uow.send_with_commit(sequences.counting(sequence.id, enrolled=1))
    return SequenceEnrollment.create(
        tenant_id=uow.tenant,
        sequence_id=sequence.id,
        contact_id=command.contact_id,
        channel_id=command.channel_id,
        step_position=first.position,
        due_at=now + first.delay,
        now=now,
    )
