"""What can happen to a status of a pipeline."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class StatusCreated(DomainEvent):
    event_name = "status.created"

    status_id: UUID
    pipeline_id: UUID
    name: str
    status_type: str


@attrs.frozen(kw_only=True)
class StatusUpdated(DomainEvent):
    """One field changed."""

    event_name = "status.updated"

    status_id: UUID
    field: str
    old_value: str | int | None
    new_value: str | int | None


@attrs.frozen(kw_only=True)
class StatusActivated(DomainEvent):
    event_name = "status.activated"

    status_id: UUID


@attrs.frozen(kw_only=True)
class StatusDeactivated(DomainEvent):
    event_name = "status.deactivated"

    status_id: UUID


@attrs.frozen(kw_only=True)
class StatusDeleted(DomainEvent):
    event_name = "status.deleted"

    status_id: UUID
    deleted_at: datetime
