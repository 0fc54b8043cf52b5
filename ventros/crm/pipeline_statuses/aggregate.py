"""PipelineStatus: one status of a pipeline, in which contacts stand."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
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
from ventros.kernel.errors import ValidationError
from ventros.values import HexColor


class StatusType(StrEnum):
    """An unknown one raises ValidationError(field="status_type")."""

    OPEN = "open"
    ACTIVE = "active"
    CLOSED = "closed"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no type of a status", field="status_type")


@attrs.frozen(kw_only=True)
class PipelineStatus(AggregateRoot):
    """A status stays in its pipeline for ever. Its name is unique among the live statuses there.

    Stricter than the older system: type and colour are checked, what changes nothing has no event, no
    command works on a deleted status, and one in which a contact stands is not deleted (see
    :meth:`PipelineStatusRepository.save`).
    """

    resource = "pipeline_status"

    tenant_id: str = attrs.field(validator=validators.tenant)
    pipeline_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field(validator=validators.not_empty)
    description: str = ""
    color: HexColor | None = None
    status_type: StatusType = attrs.field(converter=StatusType)
    position: int = 0
    active: bool = True
    deleted_at: datetime | None = None

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
        created = StatusCreated(
            **status._fact(now), pipeline_id=pipeline_id, name=name, status_type=status.status_type.value
        )
        return attrs.evolve(status, domain_events=(created,))

    def update_name(self, name: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty."""
        return self._update("name", name, now)

    def update_description(self, description: str, *, now: datetime) -> Self:
        return self._update("description", description, now)

    def update_color(self, color: str | HexColor | None, *, now: datetime) -> Self:
        """None for no colour. Raises ValidationError when a text is none."""
        return self._update("color", HexColor(color) if isinstance(color, str) else color, now)

    def update_position(self, position: int, *, now: datetime) -> Self:
        return self._update("position", position, now)

    def update_type(self, status_type: StatusType, *, now: datetime) -> Self:
        """Raises ValidationError for an unknown type."""
        return self._update("status_type", StatusType(status_type), now)

    def activate(self, *, now: datetime) -> Self:
        if self.active:
            return self
        return self._changed(now, StatusActivated(**self._fact(now)), active=True)

    def deactivate(self, *, now: datetime) -> Self:
        """Contacts stay in it, but none enters it any more."""
        if not self.active:
            return self
        return self._changed(now, StatusDeactivated(**self._fact(now)), active=False)

    def delete(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation when it is deleted already."""
        return self._changed(now, StatusDeleted(**self._fact(now), deleted_at=now), deleted_at=now)

    def _update(self, field: str, value: str | int | HexColor | None, now: datetime) -> Self:
        old = getattr(self, field)
        if value == old:
            return self
        updated = StatusUpdated(
            **self._fact(now), field=field, old_value=_plain(old), new_value=_plain(value)
        )
        return self._changed(now, updated, **{field: value})

    def _fact(self, now: datetime) -> dict[str, Any]:
        """What each of its events says first."""
        return {"occurred_at": now, "status_id": self.id}


def _plain(value: str | int | HexColor | None) -> str | int | None:
    return value.value if isinstance(value, HexColor | StatusType) else value
