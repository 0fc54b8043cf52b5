"""SequenceEnrollment and its row, column by column, in the order of ``sql/sequence_enrollments.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ventros.automation.enrollments import EnrollmentStatus
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "sequence_id",
    "contact_id",
    "channel_id",
    "status",
    "step_position",
    "next_scheduled_at",
    "postponements",
    "completed_at",
    "exited_at",
    "exit_reason",
    "created_at",
    "updated_at",
)


def from_row(row: Sequence[Any]) -> SequenceEnrollment:
    """Raises ValidationError when the row breaks a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        sequence_id,
        contact_id,
        channel_id,
        status,
        step_position,
        next_scheduled_at,
        postponements,
        completed_at,
        exited_at,
        exit_reason,
        created_at,
        updated_at,
    ) = row
    return SequenceEnrollment(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        sequence_id=sequence_id,
        contact_id=contact_id,
        channel_id=channel_id,
        status=EnrollmentStatus(status),
        step_position=step_position,
        next_scheduled_at=next_scheduled_at,
        postponements=postponements,
        completed_at=completed_at,
        exited_at=exited_at,
        exit_reason=exit_reason,
        created_at=created_at,
        updated_at=updated_at,
    )


def insert_args(enrollment: SequenceEnrollment) -> tuple[object, ...]:
    """sequence_enrollments.insert, from $1."""
    return (
        enrollment.tenant_id,
        enrollment.id,
        enrollment.sequence_id,
        enrollment.contact_id,
        enrollment.channel_id,
        enrollment.status.value,
        enrollment.step_position,
        enrollment.next_scheduled_at,
        enrollment.postponements,
        enrollment.completed_at,
        enrollment.exited_at,
        enrollment.exit_reason,
        enrollment.created_at,
        enrollment.updated_at,
    )


def update_args(enrollment: SequenceEnrollment) -> tuple[object, ...]:
    """sequence_enrollments.update, from $1."""
    return (
        enrollment.tenant_id,
        enrollment.id,
        enrollment.version,
        enrollment.contact_id,
        enrollment.status.value,
        enrollment.step_position,
        enrollment.next_scheduled_at,
        enrollment.postponements,
        enrollment.completed_at,
        enrollment.exited_at,
        enrollment.exit_reason,
        enrollment.updated_at,
    )
