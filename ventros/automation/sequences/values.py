"""What a sequence and its counters are made of."""

from __future__ import annotations

import attrs

from ventros.kernel.enums import ValidatedEnum


class SequenceStatus(ValidatedEnum, field="status"):
    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


class TriggerType(ValidatedEnum, field="trigger_type"):
    """What enrolls a contact."""

    MANUAL = "manual"
    TAG_ADDED = "tag_added"
    LIST_JOINED = "list_joined"
    FORM_SUBMIT = "form_submit"
    PIPELINE_ENTERED = "pipeline_entered"


@attrs.frozen(kw_only=True)
class SequenceCounters:
    """Kept beside the sequence: see :meth:`SequenceRepository.counting`."""

    total_enrolled: int
    completed_count: int
    exited_count: int

    @property
    def active_count(self) -> int:
        """Those who neither completed nor exited, paused ones included: derived, so the sum always holds."""
        return self.total_enrolled - self.completed_count - self.exited_count

    @property
    def completion_rate(self) -> float:
        """Per cent of the enrolled, 0 when there are none."""
        return 100 * self.completed_count / self.total_enrolled if self.total_enrolled else 0.0
