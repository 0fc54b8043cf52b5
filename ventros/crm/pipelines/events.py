"""What can happen to a pipeline, and to a contact in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class PipelineCreated(DomainEvent):
    event_name = "pipeline.created"

    pipeline_id: UUID
    project_id: UUID
    tenant_id: str
    name: str


@attrs.frozen(kw_only=True)
class PipelineUpdated(DomainEvent):
    """One field changed; a custom field is called ``custom_fields.<key>``, and its absence is None."""

    event_name = "pipeline.updated"

    pipeline_id: UUID
    field: str
    old_value: Any = attrs.field(hash=False)
    new_value: Any = attrs.field(hash=False)


@attrs.frozen(kw_only=True)
class PipelineActivated(DomainEvent):
    event_name = "pipeline.activated"

    pipeline_id: UUID


@attrs.frozen(kw_only=True)
class PipelineDeactivated(DomainEvent):
    event_name = "pipeline.deactivated"

    pipeline_id: UUID


@attrs.frozen(kw_only=True)
class LeadQualificationEnabled(DomainEvent):
    event_name = "pipeline.lead_qualification_enabled"

    pipeline_id: UUID


@attrs.frozen(kw_only=True)
class LeadQualificationDisabled(DomainEvent):
    event_name = "pipeline.lead_qualification_disabled"

    pipeline_id: UUID


@attrs.frozen(kw_only=True)
class LeadQualificationConfigUpdated(DomainEvent):
    event_name = "pipeline.lead_qualification_config_updated"

    pipeline_id: UUID


@attrs.frozen(kw_only=True)
class PipelineDeleted(DomainEvent):
    event_name = "pipeline.deleted"

    pipeline_id: UUID
    deleted_at: datetime


@attrs.frozen(kw_only=True)
class ContactPipelineStatusChanged(DomainEvent):
    """A contact entered a status; what is previous is None when it stood nowhere in the pipeline."""

    event_name = "contact.pipeline_status_changed"

    contact_id: UUID
    pipeline_id: UUID
    previous_status_id: UUID | None
    new_status_id: UUID
    previous_status_name: str | None
    new_status_name: str
    tenant_id: str
    project_id: UUID
    changed_by: UUID | None
    reason: str | None
    changed_at: datetime


@attrs.frozen(kw_only=True)
class ContactEnteredPipeline(DomainEvent):
    event_name = "contact.entered_pipeline"

    contact_id: UUID
    pipeline_id: UUID
    status_id: UUID
    status_name: str
    entered_by: UUID | None


@attrs.frozen(kw_only=True)
class ContactExitedPipeline(DomainEvent):
    event_name = "contact.exited_pipeline"

    contact_id: UUID
    pipeline_id: UUID
    last_status_id: UUID
    last_status_name: str
    exited_by: UUID | None
    reason: str | None
