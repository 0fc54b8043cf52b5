"""What can happen to a channel."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class ChannelCreated(DomainEvent):
    event_name = "channel.created"

    channel_id: UUID
    project_id: UUID
    tenant_id: str
    name: str
    type: str
    external_id: str | None
    created_at: datetime


@attrs.frozen(kw_only=True)
class ChannelUpdated(DomainEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed, never the values."""

    event_name = "channel.updated"

    channel_id: UUID
    fields: tuple[str, ...]
    updated_at: datetime


@attrs.frozen(kw_only=True)
class ChannelActivationRequested(DomainEvent):
    event_name = "channel.activation.requested"

    channel_id: UUID
    channel_type: str
    requested_at: datetime


@attrs.frozen(kw_only=True)
class ChannelActivated(DomainEvent):
    event_name = "channel.activated"

    channel_id: UUID
    activated_at: datetime


@attrs.frozen(kw_only=True)
class ChannelActivationFailed(DomainEvent):
    event_name = "channel.activation.failed"

    channel_id: UUID
    reason: str
    failed_at: datetime


@attrs.frozen(kw_only=True)
class ChannelDeactivated(DomainEvent):
    event_name = "channel.deactivated"

    channel_id: UUID
    deactivated_at: datetime


@attrs.frozen(kw_only=True)
class ChannelDeleted(DomainEvent):
    event_name = "channel.deleted"

    channel_id: UUID
    deleted_at: datetime


@attrs.frozen(kw_only=True)
class ChannelPipelineAssociated(DomainEvent):
    event_name = "channel.pipeline.associated"

    channel_id: UUID
    pipeline_id: UUID
    associated_at: datetime


@attrs.frozen(kw_only=True)
class ChannelPipelineDisassociated(DomainEvent):
    """``pipeline_id`` is the one that the channel had."""

    event_name = "channel.pipeline.disassociated"

    channel_id: UUID
    pipeline_id: UUID
    disassociated_at: datetime


@attrs.frozen(kw_only=True)
class ChannelLabelUpserted(DomainEvent):
    event_name = "channel.label.upserted"

    channel_id: UUID
    label_id: str
    label_name: str
    timestamp: datetime


@attrs.frozen(kw_only=True)
class ChannelLabelDeleted(DomainEvent):
    event_name = "channel.label.deleted"

    channel_id: UUID
    label_id: str
    timestamp: datetime


@attrs.frozen(kw_only=True)
class ChannelHistoryImportEnabled(DomainEvent):
    event_name = "channel.history_import.enabled"

    channel_id: UUID
    agent_id: UUID
    timestamp: datetime


@attrs.frozen(kw_only=True)
class ChannelHistoryImportRequested(DomainEvent):
    """``time_range_days`` is None but for the strategy of that name, ``limit`` None without a limit."""

    event_name = "channel.history_import.requested"

    channel_id: UUID
    channel_type: str
    correlation_id: str
    strategy: str
    time_range_days: int | None
    limit: int | None
    requested_at: datetime


@attrs.frozen(kw_only=True)
class ChannelHistoryImportStarted(DomainEvent):
    event_name = "channel.history_import.started"

    channel_id: UUID
    timestamp: datetime


@attrs.frozen(kw_only=True)
class ChannelHistoryImportCompleted(DomainEvent):
    """``stats`` as the row holds them: see :class:`HistoryImportStats`."""

    event_name = "channel.history_import.completed"

    channel_id: UUID
    stats: dict[str, Any] = attrs.field(hash=False)
    timestamp: datetime


@attrs.frozen(kw_only=True)
class ChannelHistoryImportFailed(DomainEvent):
    event_name = "channel.history_import.failed"

    channel_id: UUID
    reason: str
    timestamp: datetime
