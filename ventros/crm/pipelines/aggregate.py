"""Pipeline: a sales or support funnel of one project."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.crm.pipelines.events import (
    LeadQualificationConfigUpdated,
    LeadQualificationDisabled,
    LeadQualificationEnabled,
    PipelineActivated,
    PipelineCreated,
    PipelineDeactivated,
    PipelineDeleted,
    PipelineUpdated,
)
from ventros.crm.pipelines.lead_qualification import LeadQualificationConfig
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.kernel.ids import new_id
from ventros.values import CustomField, HexColor

MAX_SESSION_TIMEOUT_MINUTES = 1440
"""A day, as in the older system; also a CHECK of the table."""


@attrs.frozen(kw_only=True)
class PipelineCustomField:
    """A custom field in its place at a pipeline; only its value ever changes, and ``updated_at`` with it."""

    id: UUID = attrs.field(factory=new_id, validator=validators.not_nil)
    field: CustomField
    created_at: datetime = attrs.field(validator=validators.aware)
    updated_at: datetime = attrs.field(validator=validators.aware)

    def set_value(self, field: CustomField, *, now: datetime) -> Self:
        """Raises InvariantViolation for another key or type."""
        if field.key != self.field.key:
            raise InvariantViolation(f"the key of custom field {self.field.key!r} never changes")
        if field.field_type is not self.field.field_type:
            raise InvariantViolation(
                f"custom field {field.key!r} is a {self.field.field_type}; remove it to set another type"
            )
        if field == self.field:
            return self
        return attrs.evolve(self, field=field, updated_at=max(self.updated_at, now))


def _by_key(fields: Iterable[PipelineCustomField]) -> tuple[PipelineCustomField, ...]:
    return tuple(sorted(fields, key=lambda child: child.field.key))


@attrs.frozen(kw_only=True, slots=False)
class Pipeline(AggregateRoot):
    """Its statuses are aggregates of their own, which point at it; it holds no list of them, so it neither
    adds nor removes one. ``session_timeout_minutes`` None leaves the timeout to channel and project.

    Stricter than the older system: a colour is a colour, a stored timeout out of range is refused, every
    change has its event and no change has none, no command works on a deleted pipeline, and one that
    still has a live status is not deleted (see :meth:`PipelineRepository.save`).
    """

    resource = "pipeline"
    created_event = PipelineCreated

    tenant_id: str = attrs.field(validator=validators.tenant)
    project_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field(validator=validators.not_empty)
    description: str = ""
    color: HexColor | None = None
    position: int = 0
    active: bool = True
    session_timeout_minutes: int | None = attrs.field(default=None)
    lead_qualification: LeadQualificationConfig | None = None
    enable_ai_summary: bool = False
    ai_provider: str | None = None
    ai_model: str | None = None
    custom_fields: tuple[PipelineCustomField, ...] = attrs.field(default=(), converter=_by_key)
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

    @session_timeout_minutes.validator
    def _check_session_timeout(self, _attribute: object, value: int | None) -> None:
        if value is not None and not 1 <= value <= MAX_SESSION_TIMEOUT_MINUTES:
            raise ValidationError(
                f"session_timeout_minutes must be from 1 to {MAX_SESSION_TIMEOUT_MINUTES}",
                field="session_timeout_minutes",
            )

    @custom_fields.validator
    def _check_custom_fields(self, _attribute: object, value: tuple[PipelineCustomField, ...]) -> None:
        if len({child.field.key for child in value}) != len(value):
            raise ValidationError("two custom fields have the same key", field="custom_fields")

    @classmethod
    def create(cls, *, project_id: UUID, tenant_id: str, name: str, now: datetime) -> Self:
        """A new, active pipeline, version 1. Raises ValidationError for a nil or empty argument."""
        pipeline = cls(tenant_id=tenant_id, project_id=project_id, name=name, created_at=now, updated_at=now)
        return pipeline.record_creation(PipelineCreated())

    def custom_field(self, key: str) -> CustomField:
        """Raises NotFound."""
        return self._custom_field(key).field

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

    def activate(self, *, now: datetime) -> Self:
        if self.active:
            return self
        return self.record_change(now, PipelineActivated(), active=True)

    def deactivate(self, *, now: datetime) -> Self:
        """Contacts stay where they are, but none enters a status of it any more."""
        if not self.active:
            return self
        return self.record_change(now, PipelineDeactivated(), active=False)

    def set_session_timeout(self, minutes: int | None, *, now: datetime) -> Self:
        """1 to 1440, or None to inherit. Raises ValidationError."""
        return self.record_update(now, session_timeout_minutes=minutes)

    def set_ai_summary(
        self, *, enabled: bool, provider: str | None, model: str | None, now: datetime
    ) -> Self:
        """An empty provider or model means None."""
        return self.record_update(
            now, enable_ai_summary=enabled, ai_provider=provider or None, ai_model=model or None
        )

    def enable_lead_qualification(self, *, now: datetime) -> Self:
        """With the five default questions when it was never set up."""
        config = self.lead_qualification or LeadQualificationConfig()
        if config.enabled:
            return self
        enabled = attrs.evolve(config, enabled=True)
        return self.record_change(now, LeadQualificationEnabled(), lead_qualification=enabled)

    def disable_lead_qualification(self, *, now: datetime) -> Self:
        config = self.lead_qualification
        if config is None or not config.enabled:
            return self
        disabled = attrs.evolve(config, enabled=False)
        return self.record_change(now, LeadQualificationDisabled(), lead_qualification=disabled)

    def set_lead_qualification(self, config: LeadQualificationConfig | None, *, now: datetime) -> Self:
        if config == self.lead_qualification:
            return self
        return self.record_change(now, LeadQualificationConfigUpdated(), lead_qualification=config)

    def set_custom_field(self, field: CustomField, *, now: datetime) -> Self:
        """Add it, or replace its value. Raises InvariantViolation when the key has another type."""
        before = next((child for child in self.custom_fields if child.field.key == field.key), None)
        if before is None:
            after = PipelineCustomField(field=field, created_at=now, updated_at=now)
        else:
            after = before.set_value(field, now=now)
        return self if after is before else self._custom_field_changed(now, field.key, before, after)

    def remove_custom_field(self, key: str, *, now: datetime) -> Self:
        """Raises NotFound when there is none of that key."""
        return self._custom_field_changed(now, key, self._custom_field(key), None)

    def delete(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation when it is deleted already."""
        return self.record_change(now, PipelineDeleted(), deleted_at=now)

    def _custom_field(self, key: str) -> PipelineCustomField:
        for child in self.custom_fields:
            if child.field.key == key:
                return child
        raise NotFound("custom field", key)

    def _custom_field_changed(
        self, now: datetime, key: str, before: PipelineCustomField | None, after: PipelineCustomField | None
    ) -> Self:
        updated = PipelineUpdated(
            field=f"custom_fields.{key}",
            old_value=before and before.field.json_value,
            new_value=after and after.field.json_value,
        )
        others = tuple(child for child in self.custom_fields if child is not before)
        return self.record_change(now, updated, custom_fields=(*others, after) if after else others)

    def record_update(self, now: datetime, **changes: Any) -> Self:
        """As in the kernel, but each field has an event of its own, which tells both values."""
        events = [
            PipelineUpdated(field=field, old_value=getattr(self, field), new_value=value)
            for field, value in changes.items()
            if getattr(self, field) != value
        ]
        return self.record_change(now, *events, **changes) if events else self
