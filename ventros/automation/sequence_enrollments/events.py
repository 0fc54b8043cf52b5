"""What can happen to a contact's enrollment in a sequence."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate, from_occurrence


@attrs.frozen(kw_only=True)
class SequenceEnrollmentEvent(DomainEvent):
    """What every one of them says first."""

    enrollment_id: UUID = from_aggregate("id")
    sequence_id: UUID = from_aggregate("sequence_id")
    contact_id: UUID = from_aggregate("contact_id")


@attrs.frozen(kw_only=True)
class SequenceContactEnrolled(SequenceEnrollmentEvent):
    event_name = "sequence.contact_enrolled"

    next_scheduled_at: datetime = from_aggregate("next_scheduled_at")


@attrs.frozen(kw_only=True)
class SequenceEnrollmentAdvanced(SequenceEnrollmentEvent):
    """``new_step_order`` is the position of the step that is taken next."""

    event_name = "sequence.enrollment_advanced"

    new_step_order: int
    next_scheduled_at: datetime


@attrs.frozen(kw_only=True)
class SequenceEnrollmentPostponed(SequenceEnrollmentEvent):
    """The step could not be taken for ``reason``; it is tried again at ``next_scheduled_at``."""

    event_name = "sequence.enrollment_postponed"

    reason: str
    next_scheduled_at: datetime


@attrs.frozen(kw_only=True)
class SequenceEnrollmentPaused(SequenceEnrollmentEvent):
    event_name = "sequence.enrollment_paused"


@attrs.frozen(kw_only=True)
class SequenceEnrollmentResumed(SequenceEnrollmentEvent):
    event_name = "sequence.enrollment_resumed"


@attrs.frozen(kw_only=True)
class SequenceEnrollmentCompleted(SequenceEnrollmentEvent):
    event_name = "sequence.enrollment_completed"

    completed_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class SequenceEnrollmentExited(SequenceEnrollmentEvent):
    event_name = "sequence.enrollment_exited"

    reason: str
    exited_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class SequenceEnrollmentUpdated(SequenceEnrollmentEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "sequence.enrollment_updated"

    fields: tuple[str, ...]
