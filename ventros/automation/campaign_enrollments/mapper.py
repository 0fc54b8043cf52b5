"""CampaignEnrollment and its row, column by column, in the order of ``sql/campaign_enrollments.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ventros.automation.campaign_enrollments.aggregate import CampaignEnrollment
from ventros.automation.enrollments import EnrollmentStatus
from ventros.automation.values import WaitFor

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "campaign_id",
    "contact_id",
    "channel_id",
    "status",
    "step_position",
    "next_scheduled_at",
    "waiting_for",
    "postponements",
    "completed_at",
    "exited_at",
    "exit_reason",
    "created_at",
    "updated_at",
)


def from_row(row: Sequence[Any]) -> CampaignEnrollment:
    """Raises ValidationError when the row breaks a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        campaign_id,
        contact_id,
        channel_id,
        status,
        step_position,
        next_scheduled_at,
        waiting_for,
        postponements,
        completed_at,
        exited_at,
        exit_reason,
        created_at,
        updated_at,
    ) = row
    return CampaignEnrollment(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        campaign_id=campaign_id,
        contact_id=contact_id,
        channel_id=channel_id,
        status=EnrollmentStatus(status),
        step_position=step_position,
        next_scheduled_at=next_scheduled_at,
        waiting_for=None if waiting_for is None else WaitFor(waiting_for),
        postponements=postponements,
        completed_at=completed_at,
        exited_at=exited_at,
        exit_reason=exit_reason,
        created_at=created_at,
        updated_at=updated_at,
    )


def insert_args(enrollment: CampaignEnrollment) -> tuple[object, ...]:
    """campaign_enrollments.insert, from $1."""
    return (
        enrollment.tenant_id,
        enrollment.id,
        enrollment.campaign_id,
        enrollment.contact_id,
        enrollment.channel_id,
        enrollment.status.value,
        enrollment.step_position,
        enrollment.next_scheduled_at,
        None if enrollment.waiting_for is None else enrollment.waiting_for.value,
        enrollment.postponements,
        enrollment.completed_at,
        enrollment.exited_at,
        enrollment.exit_reason,
        enrollment.created_at,
        enrollment.updated_at,
    )


def update_args(enrollment: CampaignEnrollment) -> tuple[object, ...]:
    """campaign_enrollments.update, from $1."""
    return (
        enrollment.tenant_id,
        enrollment.id,
        enrollment.version,
        enrollment.contact_id,
        enrollment.status.value,
        enrollment.step_position,
        enrollment.next_scheduled_at,
        None if enrollment.waiting_for is None else enrollment.waiting_for.value,
        enrollment.postponements,
        enrollment.completed_at,
        enrollment.exited_at,
        enrollment.exit_reason,
        enrollment.updated_at,
    )
