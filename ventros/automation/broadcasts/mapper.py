"""Broadcast and its row, column by column, in the order of the statements in ``sql/broadcasts.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.automation.documents import template_from_json, template_to_json

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "name",
    "list_id",
    "channel_id",
    "message_template",
    "status",
    "scheduled_for",
    "started_at",
    "completed_at",
    "failure_reason",
    "rate_limit",
    "created_at",
    "updated_at",
)


def from_row(row: Sequence[Any]) -> Broadcast:
    """Raises ValidationError or LookupError when the row breaks a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        name,
        list_id,
        channel_id,
        message_template,
        status,
        scheduled_for,
        started_at,
        completed_at,
        failure_reason,
        rate_limit,
        created_at,
        updated_at,
    ) = row
    return Broadcast(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        name=name,
        list_id=list_id,
        channel_id=channel_id,
        message_template=template_from_json(message_template),
        status=BroadcastStatus(status),
        scheduled_for=scheduled_for,
        started_at=started_at,
        completed_at=completed_at,
        failure_reason=failure_reason,
        rate_limit=rate_limit,
        created_at=created_at,
        updated_at=updated_at,
    )


def insert_args(broadcast: Broadcast) -> tuple[object, ...]:
    """broadcasts.insert, from $1."""
    return (
        broadcast.tenant_id,
        broadcast.id,
        broadcast.name,
        broadcast.list_id,
        broadcast.channel_id,
        template_to_json(broadcast.message_template),
        broadcast.status.value,
        broadcast.scheduled_for,
        broadcast.started_at,
        broadcast.completed_at,
        broadcast.failure_reason,
        broadcast.rate_limit,
        broadcast.created_at,
        broadcast.updated_at,
    )


def update_args(broadcast: Broadcast) -> tuple[object, ...]:
    """broadcasts.update, from $1."""
    return (
        broadcast.tenant_id,
        broadcast.id,
        broadcast.version,
        broadcast.name,
        broadcast.channel_id,
        template_to_json(broadcast.message_template),
        broadcast.status.value,
        broadcast.scheduled_for,
        broadcast.started_at,
        broadcast.completed_at,
        broadcast.failure_reason,
        broadcast.rate_limit,
        broadcast.updated_at,
    )
