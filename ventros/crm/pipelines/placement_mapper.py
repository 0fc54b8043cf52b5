"""Placement and its row, column by column, in the order of ``sql/placements.sql``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import attrs

from ventros.crm.pipelines.placement import Placement

COLUMNS: Final = (
    "id",
    "tenant_id",
    "contact_id",
    "pipeline_id",
    "status_id",
    "entered_at",
    "exited_at",
    "duration_seconds",
    "changed_by",
    "reason",
    "notes",
    "created_at",
    "updated_at",
)


@attrs.frozen(kw_only=True)
class TargetView:
    """The status that is sought, and its pipeline."""

    pipeline_active: bool
    status_active: bool
    status_name: str


@attrs.frozen(kw_only=True)
class ChangeView(TargetView):
    """What a change of status has to know: the status that is sought, and where the contact stands."""

    open_status_name: str | None
    open_placement: Placement | None


@attrs.frozen(kw_only=True)
class NamedPlacement:
    """A placement in a contact's history, with the name that its status has now."""

    status_name: str
    placement: Placement


def from_row(row: Sequence[Any]) -> Placement:
    """Raises ValidationError when the row breaks a rule of the entity."""
    (
        id_,
        tenant_id,
        contact_id,
        pipeline_id,
        status_id,
        entered_at,
        exited_at,
        duration_seconds,
        changed_by,
        reason,
        notes,
        created_at,
        updated_at,
    ) = row
    return Placement(
        id=id_,
        tenant_id=tenant_id,
        contact_id=contact_id,
        pipeline_id=pipeline_id,
        status_id=status_id,
        entered_at=entered_at,
        exited_at=exited_at,
        duration_seconds=duration_seconds,
        changed_by=changed_by,
        reason=reason,
        notes=notes,
        created_at=created_at,
        updated_at=updated_at,
    )


def target_from_row(row: Iterable[Any]) -> TargetView:
    """placements.find_target."""
    pipeline_active, status_active, status_name = row
    return TargetView(pipeline_active=pipeline_active, status_active=status_active, status_name=status_name)


def change_from_row(row: Iterable[Any]) -> ChangeView:
    """placements.find_change; without an open placement its columns are NULL."""
    pipeline_active, status_active, status_name, open_status_name, *placement = row
    return ChangeView(
        pipeline_active=pipeline_active,
        status_active=status_active,
        status_name=status_name,
        open_status_name=open_status_name,
        open_placement=None if placement[0] is None else from_row(placement),
    )


def named_from_row(row: Iterable[Any]) -> NamedPlacement:
    """placements.history."""
    status_name, *placement = row
    return NamedPlacement(status_name=status_name, placement=from_row(placement))


def insert_args(placement: Placement) -> tuple[object, ...]:
    """placements.insert, from $1."""
    return (
        placement.tenant_id,
        placement.id,
        placement.contact_id,
        placement.pipeline_id,
        placement.status_id,
        placement.entered_at,
        placement.exited_at,
        placement.duration_seconds,
        placement.changed_by,
        placement.reason,
        placement.notes,
        placement.created_at,
        placement.updated_at,
    )


def close_args(placement: Placement) -> tuple[object, ...]:
    """placements.close, from $1."""
    return (
        placement.tenant_id,
        placement.id,
        placement.exited_at,
        placement.duration_seconds,
        placement.updated_at,
    )
