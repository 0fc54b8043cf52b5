"""Cases of sequences and of contacts on their way through them."""

from __future__ import annotations

from datetime import timedelta

from tests.support.constants import NOW
from tests.support.enrollments import active_sequence, message_step
from tests.support.use_cases import Work, World, case
from tests.support.use_cases.contacts import new_contact
from ventros.application.sequences.advance_sequence_enrollment import advance_sequence_enrollment
from ventros.application.sequences.enroll_in_sequence import EnrollInSequence, enroll_in_sequence
from ventros.application.sequences.exit_sequence import ExitSequence, exit_sequence
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.automation.sequences.aggregate import Sequence, SequenceStep

HOUR = timedelta(hours=1)


async def _enrolling(world: World, *steps: SequenceStep) -> EnrollInSequence:
    contact = new_contact(world).set_phone(f"+5511{world.number}", now=NOW)
    contact, sequence = await world.add(contact, active_sequence(world.tenant, *steps))
    return EnrollInSequence(
        sequence_id=sequence.id, contact_id=contact.id, channel_id=world.seed.channel_id, enrolled_at=NOW
    )


async def enrolled(world: World, *steps: SequenceStep) -> SequenceEnrollment:
    command = await _enrolling(world, *steps)
    enrollment: SequenceEnrollment = await world.run(lambda uow: enroll_in_sequence(uow, command))
    return enrollment


@case("enroll_in_sequence", "of a contact that is in no other")
async def _enroll(world: World) -> Work:
    command = await _enrolling(world)
    return lambda uow: enroll_in_sequence(uow, command)


@case("enroll_in_sequence", "while it is paused")
async def _paused(world: World) -> Work:
    command = await _enrolling(world)
    world.rival = lambda uow: uow.sequences.apply(command.sequence_id, Sequence.pause, now=NOW)
    return lambda uow: enroll_in_sequence(uow, command)


@case("exit_sequence", "of an enrollment that is open")
async def _exit(world: World) -> Work:
    command = ExitSequence(enrollment_id=(await enrolled(world)).id, reason="by hand", exited_at=NOW)
    return lambda uow: exit_sequence(uow, command)


@case("advance_sequence_enrollment", "to another step", answers_others=True)
async def _advance(world: World) -> Work:
    enrollment = await enrolled(world)
    return lambda uow: advance_sequence_enrollment(uow, enrollment.id, NOW + HOUR)


@case("advance_sequence_enrollment", "behind the last step", answers_others=True)
async def _complete(world: World) -> Work:
    enrollment = await enrolled(world, message_step(0))
    return lambda uow: advance_sequence_enrollment(uow, enrollment.id, NOW + HOUR)


@case("advance_sequence_enrollment", "that is not due", answers_others=True)
async def _early(world: World) -> Work:
    enrollment = await enrolled(world)
    return lambda uow: advance_sequence_enrollment(uow, enrollment.id, NOW)
