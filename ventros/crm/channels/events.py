"""What can happen to a channel."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate, from_occurrence


@attrs.frozen(kw_only=True)
class ChannelEvent(DomainEvent):
    """What every one of them says first."""

    channel_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class ChannelCreated(ChannelEvent):
    event_name = "channel.created"

    project_id: UUID = from_aggregate("project_id")
    tenant_id: str = from_aggregate("tenant_id")
    name: str = from_aggregate("name")
    type: str = from_aggregate("type")
    external_id: str | None = from_aggregate("external_id")
    created_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelUpdated(ChannelEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed, never the values."""

    event_name = "channel.updated"

    fields: tuple[str, ...]
    updated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelActivationRequested(ChannelEvent):
    event_name = "channel.activation.requested"

    channel_type: str = from_aggregate("type")
    requested_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelActivated(ChannelEvent):
    event_name = "channel.activated"

    activated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelActivationFailed(ChannelEvent):
    event_name = "channel.activation.failed"

    reason: str
    failed_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelDeactivated(ChannelEvent):
    event_name = "channel.deactivated"

    deactivated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelSuspended(ChannelEvent):
    """``status`` is the one that it had."""

    event_name = "channel.suspended"

    status: str
    suspended_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelResumed(ChannelEvent):
    """``status`` is the one that it had, and has again."""

    event_name = "channel.resumed"

    status: str
    resumed_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelDeleted(ChannelEvent):
    event_name = "channel.deleted"

    deleted_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelPipelineAssociated(ChannelEvent):
    event_name = "channel.pipeline.associated"

    pipeline_id: UUID
    associated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelPipelineDisassociated(ChannelEvent):
    """``pipeline_id`` is the one that the channel had."""

    event_name = "channel.pipeline.disassociated"

    pipeline_id: UUID = from_aggregate("pipeline_id")
    disassociated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelLabelUpserted(ChannelEvent):
    event_name = "channel.label.upserted"

    label_id: str
    label_name: str
    timestamp: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelLabelDeleted(ChannelEvent):
    event_name = "channel.label.deleted"

    label_id: str
    timestamp: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelHistoryImportEnabled(ChannelEvent):
    event_name = "channel.history_import.enabled"

    agent_id: UUID
    timestamp: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelHistoryImportRequested(ChannelEvent):
    """``time_range_days`` is None but for the strategy of that name, ``limit`` None without a limit."""

    event_name = "channel.history_import.requested"

    channel_type: str = from_aggregate("type")
    correlation_id: str
    strategy: str
    time_range_days: int | None
    limit: int | None
    requested_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelHistoryImportStarted(ChannelEvent):
    event_name = "channel.history_import.started"

    timestamp: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelHistoryImportCompleted(ChannelEvent):
    """``stats`` as the row holds them: see :class:`HistoryImportStats`."""

    event_name = "channel.history_import.completed"

    stats: dict[str, Any] = attrs.field(hash=False)
    timestamp: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class ChannelHistoryImportFailed(ChannelEvent):
    event_name = "channel.history_import.failed"

    reason: str
    timestamp: datetime = from_occurrence()
