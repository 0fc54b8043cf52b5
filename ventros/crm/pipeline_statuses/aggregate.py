"""PipelineStatus: one status of a pipeline, in which contacts stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.crm.pipeline_statuses.events import (
    StatusActivated,
    StatusCreated,
    StatusDeactivated,
    StatusDeleted,
    StatusUpdated,
)
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.enums import ValidatedEnum
from ventros.values import HexColor


class StatusType(ValidatedEnum, field="status_type"):
    OPEN = "open"
    ACTIVE = "active"
    CLOSED = "closed"


@attrs.frozen(kw_only=True, slots=False)
class PipelineStatus(AggregateRoot):
    """A status stays in its pipeline for ever. Its name is unique among the live statuses there.

    Stricter than the older system: type and colour are checked, what changes nothing has no event, no
    command works on a deleted status, and one in which a contact stands is not deleted (see
    :meth:`PipelineStatusRepository.save`).
    """

    resource = "pipeline_status"
    created_event = StatusCreated

    tenant_id: str = attrs.field(validator=validators.tenant)
    pipeline_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field(validator=[validators.not_empty, validators.indexed])
    description: str = ""
    color: HexColor | None = None
    status_type: StatusType = attrs.field(converter=StatusType)
    position: int = 0
    active: bool = True
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

    @classmethod
    def create(
        cls, *, pipeline_id: UUID, tenant_id: str, name: str, status_type: StatusType, now: datetime
    ) -> Self:
        """A new, active status, version 1.

        Raises ValidationError for a nil or empty argument or an unknown type.
        """
        status = cls(
            tenant_id=tenant_id,
            pipeline_id=pipeline_id,
            name=name,
            status_type=status_type,
            created_at=now,
            updated_at=now,
        )
        return status.record_creation(StatusCreated())

    def rename(self, name: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty."""
        return self.record_update(now, name=name)

    def set_description(self, description: str, *, now: datetime) -> Self:
        return self.record_update(now, description=description)

    def set_color(self, color: str | HexColor | None, *, now: datetime) -> Self:
        """None for no colour. Raises ValidationError when a text is none."""
        return self.record_update(now, color=HexColor(color) if isinstance(color, str) else color)

    def set_position(self, position: int, *, now: datetime) -> Self:
        return self.record_update(now, position=position)

    def set_status_type(self, status_type: StatusType, *, now: datetime) -> Self:
        """Raises ValidationError for an unknown type."""
        return self.record_update(now, status_type=StatusType(status_type))

    def activate(self, *, now: datetime) -> Self:
        if self.active:
            return self
        return self.record_change(now, StatusActivated(), active=True)

    def deactivate(self, *, now: datetime) -> Self:
        """Contacts stay in it, but none enters it any more."""
        if not self.active:
            return self
        return self.record_change(now, StatusDeactivated(), active=False)

    def delete(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation when it is deleted already."""
        return self.record_change(now, StatusDeleted(), deleted_at=now)

    def record_update(self, now: datetime, **changes: Any) -> Self:
        """As in the kernel, but each field has an event of its own, which tells both values."""
        events = [
            StatusUpdated(field=field, old_value=getattr(self, field), new_value=value)
            for field, value in changes.items()
            if getattr(self, field) != value
        ]
        return self.record_change(now, *events, **changes) if events else self
