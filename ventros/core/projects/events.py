"""What can happen to a project."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class ProjectCreated(DomainEvent):
    event_name = "project.created"

    project_id: UUID
    customer_id: UUID
    billing_account_id: UUID
    tenant_id: str
    name: str


@attrs.frozen(kw_only=True)
class ProjectUpdated(DomainEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "project.updated"

    project_id: UUID
    fields: tuple[str, ...]
    updated_at: datetime


@attrs.frozen(kw_only=True)
class ProjectDeleted(DomainEvent):
    event_name = "project.deleted"

    project_id: UUID
    deleted_at: datetime
