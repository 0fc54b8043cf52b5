"""What enrollments in campaigns and in sequences have in common: one contact on its way through the steps."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

import attrs

from ventros.automation.values import not_negative
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.events import DomainEvent


class EnrollmentStatus(ValidatedEnum, field="status"):
    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    EXITED = "exited"


ACTIVE, PAUSED = EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED
COMPLETED, EXITED = EnrollmentStatus.COMPLETED, EnrollmentStatus.EXITED

REPLIED: Final = "replied"
CONDITION_NOT_MET: Final = "condition_not_met"
CONTACT_DELETED: Final = "contact_deleted"
CONTACT_MERGED: Final = "contact_merged"
STEP_FAILED: Final = "step_failed"
"""Reasons of an exit that the use cases give; a caller may give any other."""


@attrs.frozen(kw_only=True, slots=False)
class Enrollment(AggregateRoot):
    """The contact stands before the step at ``step_position``, which is taken at ``next_scheduled_at``.

    Its messages go by the channel. It is open while it is active or paused: then it has a next time. A
    paused one keeps its next time: when it is resumed, a step that is overdue is due at once. A step that
    cannot be taken is put off; ``postponements`` counts how often. ``created_at`` is when the contact was
    enrolled.

    Stricter than the older system: what is completed or exited stays so and has no next time, and only an
    active one completes.
    """

    tenant_id: str = attrs.field(validator=validators.tenant)
    contact_id: UUID = attrs.field(validator=validators.not_nil)
    channel_id: UUID = attrs.field(validator=validators.not_nil)
    status: EnrollmentStatus = ACTIVE
    step_position: int = attrs.field(validator=not_negative)
    next_scheduled_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    postponements: int = attrs.field(default=0, validator=not_negative)
    completed_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    exited_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    exit_reason: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_empty)
    )

    def __attrs_post_init__(self) -> None:
        for field, given in (
            ("next_scheduled_at", self.is_open),
            ("completed_at", self.status is COMPLETED),
            ("exited_at", self.status is EXITED),
            ("exit_reason", self.status is EXITED),
        ):
            if (getattr(self, field) is not None) is not given:
                word = "needs" if given else "has no"
                raise ValidationError(
                    f"an enrollment that is {self.status.value} {word} {field}", field=field
                )

    @property
    def is_open(self) -> bool:
        return self.status in {ACTIVE, PAUSED}

    def _scheduled(
        self, command: str, now: datetime, event: DomainEvent, due_at: datetime, **changes: Any
    ) -> Self:
        self._require(command, ACTIVE)
        return self.record_change(now, event, next_scheduled_at=due_at, **changes)

    def _paused(self, now: datetime, event: DomainEvent) -> Self:
        self._require("pause", ACTIVE)
        return self.record_change(now, event, status=PAUSED)

    def _resumed(self, now: datetime, event: DomainEvent) -> Self:
        self._require("resume", PAUSED)
        return self.record_change(now, event, status=ACTIVE)

    def _completed(self, now: datetime, event: DomainEvent, **changes: Any) -> Self:
        self._require("complete", ACTIVE)
        return self.record_change(
            now, event, status=COMPLETED, completed_at=now, next_scheduled_at=None, **changes
        )

    def _exited(self, reason: str, now: datetime, event: DomainEvent, **changes: Any) -> Self:
        self._require("exit", ACTIVE, PAUSED)
        return self.record_change(
            now, event, status=EXITED, exited_at=now, exit_reason=reason, next_scheduled_at=None, **changes
        )

    def _require(self, command: str, *statuses: EnrollmentStatus) -> None:
        if self.status not in statuses:
            raise InvariantViolation(f"cannot {command}: {self.resource} {self.id} is {self.status.value}")
