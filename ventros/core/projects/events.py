"""What can happen to a project."""

from __future__ import annotations

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
