"""Placement: a contact's time in one status of a pipeline; an entity, and without a version."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

import attrs

from ventros.crm.pipelines.events import (
    ContactEnteredPipeline,
    ContactExitedPipeline,
    ContactPipelineStatusChanged,
)
from ventros.kernel import validators
from ventros.kernel.aggregate import Entity
from ventros.kernel.errors import InvariantViolation

_SECOND = timedelta(seconds=1)


@attrs.frozen(kw_only=True, slots=False)
class Placement(Entity):
    """Open until the contact leaves the status, then closed for ever: a row of the contact's history.

    Any status may follow any other. ``changed_by`` and ``reason`` tell of the entry; who took the contact
    out, and why, is told by the placement that follows, or by ``contact.exited_pipeline``.

    Stricter than the older system: a closing that comes with a time before the entry takes place at the
    entry, so no duration is negative and no placement overlaps the next.
    """

    resource = "placement"
    created_event = (ContactEnteredPipeline, ContactPipelineStatusChanged)

    tenant_id: str = attrs.field(validator=validators.tenant)
    contact_id: UUID = attrs.field(validator=validators.not_nil)
    pipeline_id: UUID = attrs.field(validator=validators.not_nil)
    status_id: UUID = attrs.field(validator=validators.not_nil)
    entered_at: datetime = attrs.field(validator=validators.aware)
    exited_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    duration_seconds: int | None = None
    changed_by: UUID | None = None
    reason: str | None = None
    notes: str | None = None

    @classmethod
    def enter(
        cls,
        *,
        tenant_id: str,
        project_id: UUID,
        contact_id: UUID,
        pipeline_id: UUID,
        status_id: UUID,
        status_name: str,
        now: datetime,
        changed_by: UUID | None = None,
        reason: str | None = None,
        notes: str | None = None,
    ) -> Self:
        """The contact's first status in the pipeline, or its first since it left it.

        Raises ValidationError for a nil id.
        """
        placement = cls(
            tenant_id=tenant_id,
            contact_id=contact_id,
            pipeline_id=pipeline_id,
            status_id=status_id,
            entered_at=now,
            changed_by=changed_by,
            reason=reason or None,
            notes=notes or None,
            created_at=now,
            updated_at=now,
        )
        changed = ContactPipelineStatusChanged(
            project_id=project_id,
            previous_status_id=None,
            previous_status_name=None,
            new_status_name=status_name,
        )
        return placement.record_change(now, ContactEnteredPipeline(status_name=status_name), changed)

    def move(
        self,
        status_id: UUID,
        *,
        project_id: UUID,
        status_name: str,
        previous_status_name: str,
        now: datetime,
        changed_by: UUID | None = None,
        reason: str | None = None,
        notes: str | None = None,
    ) -> tuple[Self, Self]:
        """This one closed, and the one that follows it, which has the event that tells of both.

        Raises InvariantViolation when this one is closed, or is in that status already.
        """
        if status_id == self.status_id:
            raise InvariantViolation(f"contact {self.contact_id} is in status {status_id} already")
        closed = self._closed(now)
        entered_at = closed.exited_at or now
        follower = type(self)(
            tenant_id=self.tenant_id,
            contact_id=self.contact_id,
            pipeline_id=self.pipeline_id,
            status_id=status_id,
            entered_at=entered_at,
            changed_by=changed_by,
            reason=reason or None,
            notes=notes or None,
            created_at=now,
            updated_at=now,
        )
        changed = ContactPipelineStatusChanged(
            project_id=project_id,
            previous_status_id=self.status_id,
            previous_status_name=previous_status_name,
            new_status_name=status_name,
        )
        return closed, follower.record_creation(changed)

    def exit(
        self, *, status_name: str, now: datetime, changed_by: UUID | None = None, reason: str | None = None
    ) -> Self:
        """The contact leaves the pipeline. Raises InvariantViolation when this one is closed."""
        exited = ContactExitedPipeline(
            last_status_name=status_name, exited_by=changed_by, reason=reason or None
        )
        return self._closed(now).record_change(now, exited)

    def _closed(self, now: datetime) -> Self:
        """Without an event: whoever closes it has one to tell."""
        if self.exited_at is not None:
            raise InvariantViolation(f"contact {self.contact_id} has left status {self.status_id} already")
        exited_at = max(self.entered_at, now)
        return attrs.evolve(
            self,
            updated_at=max(self.updated_at, now),
            exited_at=exited_at,
            duration_seconds=(exited_at - self.entered_at) // _SECOND,
        )
