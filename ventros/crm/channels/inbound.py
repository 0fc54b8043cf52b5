"""What an inbound message needs of its channel, so that it need not load and map the whole of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import attrs

from ventros.crm.channels.values import ChannelStatus, ChannelType


@attrs.frozen(kw_only=True)
class InboundChannel:
    """Read only, not to be saved.

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
