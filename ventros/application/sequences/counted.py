"""Who comes to the end of a sequence, or leaves it, is counted, whichever use case it is."""

from __future__ import annotations

from ventros.automation.enrollments import EnrollmentStatus
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.unit_of_work import UnitOfWork


def count_end(uow: UnitOfWork, enrollment: SequenceEnrollment) -> None:
    """With the commit, if the way through the sequence has ended just now."""
    if enrollment.is_open:
        return
    completed = enrollment.status is EnrollmentStatus.COMPLETED
    counting = uow.sequences.counting(
        enrollment.sequence_id, completed=int(completed), exited=int(not completed)
    )
    uow.send_with_commit(counting)
