"""CampaignEnrollment: one contact on its way through one campaign."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

import attrs

from ventros.automation.campaign_enrollments.events import (
    CampaignContactEnrolled,
    CampaignEnrollmentAdvanced,
    CampaignEnrollmentCompleted,
    CampaignEnrollmentExited,
    CampaignEnrollmentPaused,
    CampaignEnrollmentPostponed,
    CampaignEnrollmentResumed,
    CampaignEnrollmentUpdated,
    CampaignEnrollmentWaiting,
)
from ventros.automation.enrollments import Enrollment
from ventros.automation.values import WaitFor
from ventros.kernel import validators
from ventros.kernel.errors import ValidationError


@attrs.frozen(kw_only=True, slots=False)
class CampaignEnrollment(Enrollment):
    """A contact has one open enrollment in a campaign: a unique index sees to it.

    While it waits at a step of type wait, ``waiting_for`` says what for, and ``next_scheduled_at`` is when
    the time for it is over.
    """

    resource = "campaign_enrollment"
    created_event = CampaignContactEnrolled
    updated_event = CampaignEnrollmentUpdated

    campaign_id: UUID = attrs.field(validator=validators.not_nil)
    waiting_for: WaitFor | None = attrs.field(default=None, converter=attrs.converters.optional(WaitFor))

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.waiting_for is not None and not self.is_open:
            raise ValidationError("an enrollment that is over waits for nothing", field="waiting_for")

    @classmethod
    def create(
        cls,
        *,
        tenant_id: str,
        campaign_id: UUID,
        contact_id: UUID,
        channel_id: UUID,
        step_position: int,
        due_at: datetime,
        now: datetime,
    ) -> Self:
        """Active, before its first step. Raises ValidationError for a nil id or a negative position."""
        enrollment = cls(
            tenant_id=tenant_id,
            campaign_id=campaign_id,
            contact_id=contact_id,
            channel_id=channel_id,
            step_position=step_position,
            next_scheduled_at=due_at,
            created_at=now,
            updated_at=now,
        )
        return enrollment.record_creation(CampaignContactEnrolled())

    def advance(self, step_position: int, *, due_at: datetime, now: datetime) -> Self:
        """To the step at that position. Raises InvariantViolation unless it is active."""
        advanced = CampaignEnrollmentAdvanced(current_step_order=step_position, next_scheduled_at=due_at)
        return self._scheduled(
            "advance",
            now,
            advanced,
            due_at,
            step_position=step_position,
            postponements=0,
            waiting_for=None,
        )

    def wait(self, waiting_for: WaitFor, *, until: datetime, now: datetime) -> Self:
        """At the step where it stands. Raises InvariantViolation unless it is active."""
        waiting = CampaignEnrollmentWaiting(waiting_for=WaitFor(waiting_for).value, next_scheduled_at=until)
        return self._scheduled("wait", now, waiting, until, postponements=0, waiting_for=waiting_for)

    def postpone(self, reason: str, *, due_at: datetime, now: datetime) -> Self:
        """The same step, later. Raises InvariantViolation unless it is active."""
        postponed = CampaignEnrollmentPostponed(reason=reason, next_scheduled_at=due_at)
        return self._scheduled("postpone", now, postponed, due_at, postponements=self.postponements + 1)

    def pause(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is active."""
        return self._paused(now, CampaignEnrollmentPaused())

    def resume(self, *, now: datetime) -> Self:
        """What is overdue is due at once. Raises InvariantViolation unless it is paused."""
        return self._resumed(now, CampaignEnrollmentResumed())

    def complete(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation unless it is active."""
        return self._completed(now, CampaignEnrollmentCompleted(), waiting_for=None)

    def exit(self, reason: str, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation unless it is open, ValidationError for an empty reason."""
        return self._exited(reason, now, CampaignEnrollmentExited(exit_reason=reason), waiting_for=None)

    def move_to_contact(self, contact_id: UUID, *, now: datetime) -> Self:
        """Raises ValidationError for a nil id."""
        return self.record_update(now, contact_id=contact_id)
