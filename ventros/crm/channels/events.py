"""What can happen to a channel."""

from __future__ import annotations

from datetime import datetime
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
