"""PipelineStatus and its row, column by column, in the order of ``sql/pipeline_statuses.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.values import HexColor

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "pipeline_id",
    "name",
    "description",
    "color",
    "status_type",
    "position",
    "active",
    "created_at",
    "updated_at",
    "deleted_at",
)


def from_row(row: Sequence[Any]) -> PipelineStatus:
    """Raises ValidationError when the row breaks a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        pipeline_id,
        name,
        description,
        color,
        status_type,
        position,
        active,
        created_at,
        updated_at,
        deleted_at,
    ) = row
    return PipelineStatus(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        pipeline_id=pipeline_id,
        name=name,
        description=description,
        color=None if color is None else HexColor(color),
        status_type=StatusType(status_type),
        position=position,
        active=active,
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
    )


def insert_args(status: PipelineStatus) -> tuple[object, ...]:
    """pipeline_statuses.insert, from $1."""
    return (
        status.tenant_id,
        status.id,
        status.pipeline_id,
        status.name,
        status.description,
        status.color.value if status.color else None,
        status.status_type,
        status.position,
        status.active,
        status.created_at,
        status.updated_at,
        status.deleted_at,
    )


def update_args(status: PipelineStatus) -> tuple[object, ...]:
    """pipeline_statuses.update, from $1."""
    return (
        status.tenant_id,
        status.id,
        status.version,
        status.name,
        status.description,
        status.color.value if status.color else None,
        status.status_type,
        status.position,
        status.active,
        status.updated_at,
        status.deleted_at,
    )
