"""What became of the events of a run, counted by reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import attrs

from ventros.application.messages.edit_message import MessageEdit
from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.application.messages.react_to_message import MessageReaction
from ventros.application.messages.record_message_ack import MessageAck
from ventros.application.messages.record_poll_vote import PollVote
from ventros.application.messages.revoke_message import MessageRevocation
from ventros.crm.messages.values import ContentType
from ventros.ingest.delivery import Command

MAX_REASONS = 200
"""Different ones of a kind that are told apart: some hold words that the sender of an event chooses."""
OTHERS = "others"

NAMES: dict[type[Command], str] = {
    InboundMessage: "message",
    MessageAck: "ack",
    MessageEdit: "edit",
    MessageRevocation: "revocation",
    MessageReaction: "reaction",
    PollVote: "poll vote",
}


@attrs.define
class Tally:
    """Of the ``events``, each is one of stored, duplicate, skipped, unsupported and rejected.

    ``stored`` is by what an event asked for: messages, and changes of messages that took effect.
    ``unsupported`` are messages that were stored too, by their kind. ``seconds`` is how long the run took;
    ``unfinished`` events were read when it was interrupted.
    """

    stored: Counter[str] = attrs.field(factory=Counter)
    duplicates: int = 0
    skipped: Counter[str] = attrs.field(factory=Counter)
    unsupported: Counter[str] = attrs.field(factory=Counter)
    rejected: Counter[str] = attrs.field(factory=Counter)
    unfinished: int = 0
    messages_offered: int = 0
    characters_replaced: int = 0
    conflicts: int = 0
    retries: int = 0
    outbox_events: int = 0
    seconds: float = 0.0

    @property
    def events(self) -> int:
        counters = (self.stored, self.skipped, self.unsupported, self.rejected)
        return self.duplicates + sum(counter.total() for counter in counters)

    @property
    def messages_stored(self) -> int:
        return self.stored[NAMES[InboundMessage]] + self.unsupported.total()

    def store(self, command: Command) -> None:
        if isinstance(command, InboundMessage) and command.content_type is ContentType.UNSUPPORTED:
            count(self.unsupported, str(command.metadata.get("kind", OTHERS)))
        else:
            self.stored[NAMES[type(command)]] += 1

    def summary(self) -> Iterator[tuple[str, int]]:
        """The counts, by what they are called in the summary of ``ventros ingest``; reasons are indented."""
        yield "events", self.events
        yield from _with_reasons("stored", self.stored)
        yield "duplicates", self.duplicates
        yield from _with_reasons("skipped", self.skipped)
        yield from _with_reasons("unsupported", self.unsupported)
        yield from _with_reasons("rejected", self.rejected)
        if self.unfinished:
            yield "unfinished", self.unfinished
        yield "characters replaced", self.characters_replaced
        yield "conflicts", self.conflicts
        yield "retries", self.retries
        yield "outbox events", self.outbox_events


def count(counter: Counter[str], reason: str) -> None:
    counter[reason if reason in counter or len(counter) < MAX_REASONS else OTHERS] += 1


def _with_reasons(name: str, counter: Counter[str]) -> Iterator[tuple[str, int]]:
    yield name, counter.total()
    for reason, number in counter.most_common():
        yield f"  {reason}", number
