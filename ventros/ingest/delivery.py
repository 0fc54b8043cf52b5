"""What the interpretation of a line hands to the runner, whatever the platform."""

from __future__ import annotations

import attrs

from ventros.application.process_inbound_message import InboundMessage
from ventros.application.record_message_ack import MessageAck


@attrs.frozen(kw_only=True)
class Delivery:
    """A command, the channel that took it in and the conversation that it belongs to.

    ``channel_external_id`` is the platform's name of the channel; WAHA's is its session. Commands of one
    ``conversation`` are to take effect in their order. It is the contact's phone alone, wherever that is
    told: one who also writes in a group, or to a second channel of the project, is the same contact with the
    same session.
    """

    channel_external_id: str
    conversation: str
    command: InboundMessage | MessageAck


@attrs.frozen
class SkippedEvent:
    """An event that is none of our business; ``reason`` is what it is counted under."""

    reason: str


class RejectedLine(Exception):
    """A line that cannot be used; ``reason`` is one sentence for the rejects file.

    It names fields and types, and quotes neither people's texts nor their numbers.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
