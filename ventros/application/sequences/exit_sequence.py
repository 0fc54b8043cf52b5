"""A contact leaves a sequence before its end, and is counted, in one transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.sequences.counted import count_end
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class ExitSequence:
    """Raises ValidationError for a nil id or an empty reason."""

    enrollment_id: UUID = attrs.field(validator=validators.not_nil)
    reason: str = attrs.field(validator=validators.not_empty)
    exited_at: datetime = attrs.field(validator=validators.aware)


async def exit_sequence(uow: UnitOfWork, command: ExitSequence) -> SequenceEnrollment:
    """To be run by :meth:`ventros.kernel.database.Database.run`; it ends the unit.

    Raises NotFound for an enrollment that is not there, InvariantViolation for one that is over.
    """
    enrollment = await uow.sequence_enrollments.get(command.enrollment_id)
    exited = enrollment.exit(command.reason, now=command.exited_at)
    count_end(uow, exited)
    (stored,) = await uow.commit(exited)
    return stored
