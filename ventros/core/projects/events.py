"""What can happen to a project."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate, from_occurrence


@attrs.frozen(kw_only=True)
class ProjectEvent(DomainEvent):
    """What every one of them says first."""

    project_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class ProjectCreated(ProjectEvent):
    event_name = "project.created"

    customer_id: UUID = from_aggregate("customer_id")
    billing_account_id: UUID = from_aggregate("billing_account_id")
    tenant_id: str = from_aggregate("tenant_id")
    name: str = from_aggregate("name")


@attrs.frozen(kw_only=True)
class ProjectUpdated(ProjectEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "project.updated"

    fields: tuple[str, ...]
    updated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ProjectSuspended(ProjectEvent):
    event_name = "project.suspended"

    billing_account_id: UUID = from_aggregate("billing_account_id")
    suspended_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ProjectResumed(ProjectEvent):
    event_name = "project.resumed"

    billing_account_id: UUID = from_aggregate("billing_account_id")
    resumed_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ProjectDeleted(ProjectEvent):
    event_name = "project.deleted"

    deleted_at: datetime = from_occurrence()
