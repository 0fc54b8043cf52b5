"""The author changed a message: its text follows, and what stood there before goes out with the event."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.inbound import MessageRef
from ventros.application.process_inbound_message import InboundMessage
from ventros.kernel import validators


@attrs.frozen(kw_only=True)
class MessageEdit:
    """``text`` is the new one. ``fallback`` is the message as it reads now, where the platform sent the whole
    of it: it is stored as that message when the message that it names is unknown.
    """

    message: MessageRef
    text: str
    edited_at: datetime = attrs.field(validator=validators.aware)
    event_id: UUID | None = None
    fallback: InboundMessage | None = None
