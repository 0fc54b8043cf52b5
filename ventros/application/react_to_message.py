"""Somebody reacted to a message: the reaction stands with it, one for each who reacts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.inbound import MessageRef, Party
from ventros.kernel import validators


@attrs.frozen(kw_only=True)
class MessageReaction:
    """``reactor`` is None for us. An empty ``emoji`` takes the reaction back."""

    message: MessageRef
    reactor: Party | None
    emoji: str
    reacted_at: datetime = attrs.field(validator=validators.aware)
    event_id: UUID | None = None
