"""SequenceEnrollment: one contact on its way through one sequence."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

import attrs

from ventros.automation.enrollments import Enrollment
from ventros.automation.sequence_enrollments.events import (
    SequenceContactEnrolled,
    SequenceEnrollmentAdvanced,
    SequenceEnrollmentCompleted,
    SequenceEnrollmentExited,
    SequenceEnrollmentPaused,
    SequenceEnrollmentPostponed,
    SequenceEnrollmentResumed,
    SequenceEnrollmentUpdated,
)
from ventros.kernel import validators


@attrs.frozen(kw_only=True, slots=False)
class SequenceEnrollment(Enrollment):
    """A contact has one open enrollment in a sequence: a unique index sees to it."""

    resource = "sequence_enrollment"
    created_event = SequenceContactEnrolled
    updated_event = SequenceEnrollmentUpdated

    sequence_id: UUID = attrs.field(validator=validators.not_nil)

    @classmethod
    def create(
        cls,
        *,
        tenant_id: str,
        sequence_id: UUID,
        contact_id: UUID,
        channel_id: UUID,
        step_position: int,
        due_at: datetime,
        now: datetime,
    ) -> Self:
        """Active, before its first step. Raises ValidationError for a nil id or a negative position."""
        enrollment = cls(
            tenant_id=tenant_id,
            sequence_id=sequence_id,
            contact_id=contact_id,
            channel_id=channel_id,
            step_position=step_position,
            next_scheduled_at=due_at,
            created_at=now,
            updated_at=now,
        )
        return enrollment.record_creation(SequenceContactEnrolled())

    def advance(self, step_position: int, *, due_at: datetime, now: datetime) -> Self:
        """To the step at that position. Raises InvariantViolation unless it is active."""
        advanced = SequenceEnrollmentAdvanced(new_step_order=step_position, next_scheduled_at=due_at)
        return self._scheduled("advance", now, advanced, due_at, step_position=step_position, postponements=0)

    def postpone(self, reason: str, *, due_at: datetime, now: datetime) -> Self:
        """The same step, later. Raises InvariantViolation unless it is active."""
        postponed = SequenceEnrollmentPostponed(reason=reason, next_scheduled_at=due_at)
        return self._scheduled("postpone", now, postponed, due_at, postponements=self.postponements + 1)

    def pause(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is active."""
        return self._paused(now, SequenceEnrollmentPaused())

    def resume(self, *, now: datetime) -> Self:
        """What is overdue is due at once. Raises InvariantViolation unless it is paused."""
        return self._resumed(now, SequenceEnrollmentResumed())

    def complete(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation unless it is active."""
        return self._completed(now, SequenceEnrollmentCompleted())

    def exit(self, reason: str, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation unless it is open, ValidationError for an empty reason."""
        return self._exited(reason, now, SequenceEnrollmentExited(reason=reason))

    def move_to_contact(self, contact_id: UUID, *, now: datetime) -> Self:
        """Raises ValidationError for a nil id."""
        return self.record_update(now, contact_id=contact_id)
