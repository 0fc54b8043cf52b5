"""Who leaves a sequence is counted once."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.enrollments import active_sequence, new_person, store, told
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.sequences.enroll_in_sequence import EnrollInSequence, enroll_in_sequence
from ventros.application.sequences.exit_sequence import ExitSequence, exit_sequence
from ventros.automation.sequences.values import SequenceCounters
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.ids import new_id


async def test_it_exits_and_is_counted_once(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    person = await new_person(db, seed)
    (sequence,) = await store(db, active_sequence(TENANT))
    begin = EnrollInSequence(
        sequence_id=sequence.id, contact_id=person.id, channel_id=seed.channel_id, enrolled_at=NOW
    )
    enrollment = await db.run(TENANT, lambda uow: enroll_in_sequence(uow, begin))
    command = ExitSequence(enrollment_id=enrollment.id, reason="by hand", exited_at=NOW)
    exited = await db.run(TENANT, lambda uow: exit_sequence(uow, command))
    assert (exited.status, exited.exit_reason, exited.exited_at) == ("exited", "by hand", NOW)
    assert exited.next_scheduled_at is None
    with pytest.raises(InvariantViolation, match="is exited"):
        await db.run(TENANT, lambda uow: exit_sequence(uow, command))
    counted = await db.run(TENANT, lambda uow: uow.sequences.counters(sequence.id))
    assert counted == SequenceCounters(total_enrolled=1, completed_count=0, exited_count=1)
    assert told(superuser, "sequence_enrollment") == [
        "sequence.contact_enrolled",
        "sequence.enrollment_exited",
    ]


async def test_what_is_not_there_is_not_found(db: Database[UnitOfWork]) -> None:
    command = ExitSequence(enrollment_id=new_id(), reason="by hand", exited_at=NOW)
    with pytest.raises(NotFound):
        await db.run(TENANT, lambda uow: exit_sequence(uow, command))
    with pytest.raises(ValidationError):
        ExitSequence(enrollment_id=new_id(), reason="", exited_at=NOW)
