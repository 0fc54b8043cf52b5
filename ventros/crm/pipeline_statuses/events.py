"""What can happen to a status of a pipeline."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate, from_occurrence
from ventros.values import HexColor


def _as_stored(value: str | int | HexColor | None) -> str | int | None:
    return value.value if isinstance(value, HexColor | StrEnum) else value


@attrs.frozen(kw_only=True)
class StatusEvent(DomainEvent):
    """What every one of them says first."""

    status_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class StatusCreated(StatusEvent):
    event_name = "status.created"

    pipeline_id: UUID = from_aggregate("pipeline_id")
    name: str = from_aggregate("name")
    status_type: str = from_aggregate("status_type")


@attrs.frozen(kw_only=True)
class StatusUpdated(StatusEvent):
    """One field changed; the values are as its column holds them."""

    event_name = "status.updated"

    field: str
    old_value: str | int | None = attrs.field(converter=_as_stored)
    new_value: str | int | None = attrs.field(converter=_as_stored)


@attrs.frozen(kw_only=True)
class StatusActivated(StatusEvent):
    event_name = "status.activated"


@attrs.frozen(kw_only=True)
class StatusDeactivated(StatusEvent):
    event_name = "status.deactivated"


@attrs.frozen(kw_only=True)
class StatusDeleted(StatusEvent):
    event_name = "status.deleted"

    deleted_at: datetime = from_occurrence()
