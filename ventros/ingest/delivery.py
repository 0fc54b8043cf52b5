"""What the interpretation of an event hands to the runner, whatever the platform."""

from __future__ import annotations

from typing import TypeAlias

import attrs

from ventros.application.messages.edit_message import MessageEdit
from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.application.messages.react_to_message import MessageReaction
from ventros.application.messages.record_message_ack import MessageAck
from ventros.application.messages.record_poll_vote import PollVote
from ventros.application.messages.revoke_message import MessageRevocation

Command: TypeAlias = (
    InboundMessage | MessageAck | MessageEdit | MessageRevocation | MessageReaction | PollVote
)


@attrs.frozen(kw_only=True)
class Delivery:
    """A command, the channel that took it in and the conversation that it belongs to.

    ``channel_external_id`` is the platform's name of the channel; WAHA's is its session. Commands of one
    ``conversation`` are to take effect in their order. It has every name of the contact that the event tells,
    its phone first: one who also writes in a group, or to a second channel of the project, is the same
    contact with the same session. Where no contact is told, it is the id of the message.
    """

    channel_external_id: str
    conversation: tuple[str, ...]
    command: Command


@attrs.frozen
class SkippedEvent:
    """An event that is none of our business; ``reason`` is what it is counted under."""

    reason: str


class RejectedLine(Exception):
    """A line that cannot be used. ``kind`` is what it is counted under, ``reason`` one sentence with more.

    They name fields and types, and quote neither people's texts nor their numbers.
    """

    def __init__(self, kind: str, detail: str = "") -> None:
        reason = f"{kind}: {detail}" if detail else kind
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
