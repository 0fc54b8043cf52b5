"""What can happen to a pipeline, and to a contact in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate, from_occurrence
from ventros.values import HexColor


def _as_stored(value: object) -> object:
    return value.value if isinstance(value, HexColor) else value


@attrs.frozen(kw_only=True)
class PipelineEvent(DomainEvent):
    """What every one of them says first."""

    pipeline_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class PipelineCreated(PipelineEvent):
    event_name = "pipeline.created"

    project_id: UUID = from_aggregate("project_id")
    tenant_id: str = from_aggregate("tenant_id")
    name: str = from_aggregate("name")


@attrs.frozen(kw_only=True)
class PipelineUpdated(PipelineEvent):
    """One field changed; a custom field is called ``custom_fields.<key>``, and its absence is None."""

    event_name = "pipeline.updated"

    field: str
    old_value: Any = attrs.field(converter=_as_stored, hash=False)
    new_value: Any = attrs.field(converter=_as_stored, hash=False)


@attrs.frozen(kw_only=True)
class PipelineActivated(PipelineEvent):
    event_name = "pipeline.activated"


@attrs.frozen(kw_only=True)
class PipelineDeactivated(PipelineEvent):
    event_name = "pipeline.deactivated"


@attrs.frozen(kw_only=True)
class LeadQualificationEnabled(PipelineEvent):
    event_name = "pipeline.lead_qualification_enabled"


@attrs.frozen(kw_only=True)
class LeadQualificationDisabled(PipelineEvent):
    event_name = "pipeline.lead_qualification_disabled"


@attrs.frozen(kw_only=True)
class LeadQualificationConfigUpdated(PipelineEvent):
    event_name = "pipeline.lead_qualification_config_updated"


@attrs.frozen(kw_only=True)
class PipelineDeleted(PipelineEvent):
    event_name = "pipeline.deleted"

    deleted_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class PlacementEvent(DomainEvent):
    """What every one of a placement says first."""

    contact_id: UUID = from_aggregate("contact_id")
    pipeline_id: UUID = from_aggregate("pipeline_id")


@attrs.frozen(kw_only=True)
class ContactPipelineStatusChanged(PlacementEvent):
    """A contact entered a status; what is previous is None when it stood nowhere in the pipeline."""

    event_name = "contact.pipeline_status_changed"

    previous_status_id: UUID | None
    new_status_id: UUID = from_aggregate("status_id")
    previous_status_name: str | None
    new_status_name: str
    tenant_id: str = from_aggregate("tenant_id")
    project_id: UUID
    changed_by: UUID | None = from_aggregate("changed_by")
    reason: str | None = from_aggregate("reason")
    changed_at: datetime = from_aggregate("entered_at")


@attrs.frozen(kw_only=True)
class ContactEnteredPipeline(PlacementEvent):
    event_name = "contact.entered_pipeline"

    status_id: UUID = from_aggregate("status_id")
    status_name: str
    entered_by: UUID | None = from_aggregate("changed_by")


@attrs.frozen(kw_only=True)
class ContactExitedPipeline(PlacementEvent):
    event_name = "contact.exited_pipeline"

    last_status_id: UUID = from_aggregate("status_id")
    last_status_name: str
    exited_by: UUID | None
    reason: str | None
