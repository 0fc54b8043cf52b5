"""Channel and its row, column by column, in the order of the statements in ``sql/channels.sql``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import attrs

from ventros.crm.channels.aggregate import (
    Channel,
    ChannelStatus,
    ChannelType,
    ConnectionMode,
    HistoryImportStats,
    HistoryImportStatus,
)

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "user_id",
    "project_id",
    "name",
    "type",
    "status",
    "external_id",
    "config",
    "connection_mode",
    "webhook_id",
    "webhook_url",
    "webhook_configured_at",
    "webhook_active",
    "pipeline_id",
    "session_timeout_minutes",
    "ai_enabled",
    "ai_agents_enabled",
    "allow_groups",
    "tracking_enabled",
    "debounce_timeout_ms",
    "last_error_at",
    "last_error",
    "history_import_enabled",
    "history_import_status",
    "history_import_stats",
    "history_import_correlation_id",
    "last_import_date",
    "history_import_max_days",
    "history_import_max_messages_per_chat",
    "default_agent_id",
    "custom_field_definitions",
    "created_at",
    "updated_at",
    "deleted_at",
)


def from_row(row: Sequence[Any]) -> Channel:
    """Raises ValidationError when the row breaks a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        user_id,
        project_id,
        name,
        type_,
        status,
        external_id,
        config,
        connection_mode,
        webhook_id,
        webhook_url,
        webhook_configured_at,
        webhook_active,
        pipeline_id,
        session_timeout_minutes,
        ai_enabled,
        ai_agents_enabled,
        allow_groups,
        tracking_enabled,
        debounce_timeout_ms,
        last_error_at,
        last_error,
        history_import_enabled,
        history_import_status,
        history_import_stats,
        history_import_correlation_id,
        last_import_date,
        history_import_max_days,
        history_import_max_messages_per_chat,
        default_agent_id,
        custom_field_definitions,
        created_at,
        updated_at,
        deleted_at,
    ) = row
    return Channel(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        user_id=user_id,
        project_id=project_id,
        name=name,
        type=ChannelType(type_),
        status=ChannelStatus(status),
        external_id=external_id,
        config=config,
        connection_mode=ConnectionMode(connection_mode),
        webhook_id=webhook_id,
        webhook_url=webhook_url,
        webhook_configured_at=webhook_configured_at,
        webhook_active=webhook_active,
        pipeline_id=pipeline_id,
        session_timeout_minutes=session_timeout_minutes,
        ai_enabled=ai_enabled,
        ai_agents_enabled=ai_agents_enabled,
        allow_groups=allow_groups,
        tracking_enabled=tracking_enabled,
        debounce_timeout_ms=debounce_timeout_ms,
        last_error_at=last_error_at,
        last_error=last_error,
        history_import_enabled=history_import_enabled,
        history_import_status=HistoryImportStatus(history_import_status),
        history_import_stats=None if history_import_stats is None else _stats_from_json(history_import_stats),
        history_import_correlation_id=history_import_correlation_id,
        last_import_date=last_import_date,
        history_import_max_days=history_import_max_days,
        history_import_max_messages_per_chat=history_import_max_messages_per_chat,
        default_agent_id=default_agent_id,
        custom_field_definitions=custom_field_definitions,
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
    )


def insert_args(channel: Channel) -> tuple[object, ...]:
    """channels.insert, from $1."""
    return (
        channel.tenant_id,
        channel.id,
        channel.user_id,
        channel.project_id,
        channel.name,
        channel.type.value,
        channel.status.value,
        channel.external_id,
        channel.config,
        channel.connection_mode.value,
        channel.webhook_id,
        channel.webhook_url,
        channel.webhook_configured_at,
        channel.webhook_active,
        channel.pipeline_id,
        channel.session_timeout_minutes,
        channel.ai_enabled,
        channel.ai_agents_enabled,
        channel.allow_groups,
        channel.tracking_enabled,
        channel.debounce_timeout_ms,
        channel.last_error_at,
        channel.last_error,
        channel.history_import_enabled,
        channel.history_import_status.value,
        _stats_to_json(channel.history_import_stats) if channel.history_import_stats else None,
        channel.history_import_correlation_id,
        channel.last_import_date,
        channel.history_import_max_days,
        channel.history_import_max_messages_per_chat,
        channel.default_agent_id,
        channel.custom_field_definitions,
        channel.created_at,
        channel.updated_at,
        channel.deleted_at,
    )


def update_args(channel: Channel) -> tuple[object, ...]:
    """channels.update, from $1."""
    return (
        channel.tenant_id,
        channel.id,
        channel.version,
        channel.name,
        channel.status.value,
        channel.external_id,
        channel.config,
        channel.connection_mode.value,
        channel.webhook_url,
        channel.webhook_configured_at,
        channel.webhook_active,
        channel.pipeline_id,
        channel.session_timeout_minutes,
        channel.ai_enabled,
        channel.ai_agents_enabled,
        channel.allow_groups,
        channel.tracking_enabled,
        channel.debounce_timeout_ms,
        channel.last_error_at,
        channel.last_error,
        channel.history_import_enabled,
        channel.history_import_status.value,
        _stats_to_json(channel.history_import_stats) if channel.history_import_stats else None,
        channel.history_import_correlation_id,
        channel.last_import_date,
        channel.history_import_max_days,
        channel.history_import_max_messages_per_chat,
        channel.default_agent_id,
        channel.custom_field_definitions,
        channel.updated_at,
        channel.deleted_at,
    )


def _stats_to_json(stats: HistoryImportStats) -> dict[str, Any]:
    return {
        "total": stats.total,
        "processed": stats.processed,
        "failed": stats.failed,
        "started_at": stats.started_at.isoformat(),
        "ended_at": None if stats.ended_at is None else stats.ended_at.isoformat(),
    }


def _stats_from_json(data: Mapping[str, Any]) -> HistoryImportStats:
    ended_at = data["ended_at"]
    return HistoryImportStats(
        total=data["total"],
        processed=data["processed"],
        failed=data["failed"],
        started_at=datetime.fromisoformat(data["started_at"]),
        ended_at=None if ended_at is None else datetime.fromisoformat(ended_at),
    )


@attrs.frozen(kw_only=True)
class InboundChannel:
    """What an inbound message needs of its channel: read only, not to be saved.

    ``pipeline_id`` is None when the channel has no pipeline, or one that is deleted.
    """

    id: UUID
    user_id: UUID
    project_id: UUID
    type: ChannelType
    status: ChannelStatus
    pipeline_id: UUID | None
    pipeline_timeout_minutes: int | None
    channel_timeout_minutes: int | None
    project_timeout_minutes: int

    @property
    def session_timeout(self) -> timedelta:
        """The pipeline's goes before the channel's, and that before the project's."""
        for minutes in (self.pipeline_timeout_minutes, self.channel_timeout_minutes):
            if minutes is not None:
                return timedelta(minutes=minutes)
        return timedelta(minutes=self.project_timeout_minutes)


def inbound_from_row(row: Iterable[Any]) -> InboundChannel:
    """channels.inbound."""
    (
        id_,
        user_id,
        project_id,
        type_,
        status,
        pipeline_id,
        pipeline_timeout_minutes,
        channel_timeout_minutes,
        project_timeout_minutes,
    ) = row
    return InboundChannel(
        id=id_,
        user_id=user_id,
        project_id=project_id,
        type=ChannelType(type_),
        status=ChannelStatus(status),
        pipeline_id=pipeline_id,
        pipeline_timeout_minutes=pipeline_timeout_minutes,
        channel_timeout_minutes=channel_timeout_minutes,
        project_timeout_minutes=project_timeout_minutes,
    )
