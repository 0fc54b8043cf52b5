"""What a sequence and its counters are made of."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

import attrs

from ventros.kernel.errors import ValidationError


class SequenceStatus(StrEnum):
    """An unknown one raises ValidationError(field="status")."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no sequence status", field="status")


class TriggerType(StrEnum):
    """What enrolls a contact. An unknown one raises ValidationError(field="trigger_type")."""

    MANUAL = "manual"
    TAG_ADDED = "tag_added"
    LIST_JOINED = "list_joined"
    FORM_SUBMIT = "form_submit"
    PIPELINE_ENTERED = "pipeline_entered"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no type of trigger", field="trigger_type")


class ConditionType(StrEnum):
    """What a condition of a step looks at. An unknown one raises ValidationError(field="conditions")."""

    TAG = "tag"
    CUSTOM_FIELD = "custom_field"
    PIPELINE_STATUS = "pipeline_status"
    LAST_ACTIVITY = "last_activity"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no type of condition", field="conditions")


@attrs.frozen(kw_only=True)
class SequenceCounters:
    """Kept beside the sequence: see :meth:`SequenceRepository.count_enrolled`."""

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
