"""What happens to a message that is there: an edit, a revocation, a reaction, a poll vote, a delivery report.

WAHA has an event of its own for each; in a ``message`` they may also come as the protocol has them, in
wrappers.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, TypeAlias
from uuid import UUID

import attrs

from ventros.application.messages.edit_message import MessageEdit
from ventros.application.messages.inbound import MessageRef
from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.application.messages.react_to_message import MessageReaction
from ventros.application.messages.record_message_ack import MessageAck
from ventros.application.messages.record_poll_vote import PollVote
from ventros.application.messages.revoke_message import MessageRevocation
from ventros.crm.messages.values import MessageStatus
from ventros.ingest.delivery import RejectedLine, SkippedEvent
from ventros.ingest.waha.addresses import MessageId, address, message_id
from ventros.ingest.waha.detail import Detail, content_of
from ventros.ingest.waha.parties import Own, Parties, party
from ventros.ingest.waha.texts import text_of
from ventros.ingest.waha.wire import Fields, fields, number, text

Change: TypeAlias = MessageAck | MessageEdit | MessageRevocation | MessageReaction | PollVote

STATUS_BY_ACK: Final = {
    -1: MessageStatus.FAILED,
    0: MessageStatus.QUEUED,
    1: MessageStatus.SENT,
    2: MessageStatus.DELIVERED,
    3: MessageStatus.READ,
    4: MessageStatus.PLAYED,
}
STATUS_BY_ACK_NAME: Final = {
    "ERROR": MessageStatus.FAILED,
    "PENDING": MessageStatus.QUEUED,
    "SERVER": MessageStatus.SENT,
    "DEVICE": MessageStatus.DELIVERED,
    "READ": MessageStatus.READ,
    "PLAYED": MessageStatus.PLAYED,
}

_REVOKE: Final = frozenset({"0", "REVOKE"})
_EDIT: Final = frozenset({"14", "MESSAGE_EDIT"})


@attrs.frozen(kw_only=True)
class Happening:
    """What is common to every change: whose, when, and the event that told of it."""

    parties: Parties
    at: datetime
    event_id: UUID | None

    @property
    def is_placed(self) -> bool:
        """Whether its chat is told: without one no message can be named."""
        return self.parties.group is not None or self.parties.contact is not None

    def names(self, id_: MessageId) -> MessageRef:
        """The message of that id by whoever made the change, in the same chat."""
        return MessageRef(
            channel_message_id=id_.bare,
            contact=self.parties.contact,
            group=self.parties.group,
            from_me=self.parties.from_me,
        )


def ack(payload: Fields, happening: Happening) -> MessageAck | SkippedEvent:
    code, name = number(payload.get("ack")), text(payload.get("ackname"))
    status = (
        STATUS_BY_ACK.get(int(code)) if code is not None else STATUS_BY_ACK_NAME.get((name or "").upper())
    )
    if status is None:
        return SkippedEvent("ack without a meaning")
    message = happening.names(_own_id(payload))
    return MessageAck(message=message, status=status, at=happening.at, event_id=happening.event_id)


def edit(payload: Fields, detail: Detail, happening: Happening) -> MessageEdit | SkippedEvent:
    """Of the event ``message.edited``."""
    named = message_id(payload.get("editedmessageid")) or _protocol_id(detail) or _own_id(payload)
    body = text(payload.get("body")) or _edited_text(detail)
    if not happening.is_placed:
        return SkippedEvent("edit that names no chat")
    if body is None:
        return SkippedEvent("edit without its text")
    return _edit(named, body, happening, None)


def edit_in_wrapper(
    payload: Fields, detail: Detail, happening: Happening, as_message: InboundMessage | None
) -> MessageEdit | SkippedEvent | None:
    """None for a message that is no edit.

    ``as_message`` is the message as it reads now, to be stored where the one that it names is unknown.
    """
    protocol = detail.content.fields if detail.content.kind == "protocol message" else {}
    is_edit = text(protocol.get("type")) in _EDIT or protocol.get("editedmessage")
    told = payload.get("editedmessageid")
    if not (is_edit or told or detail.edits):
        return None
    named = message_id(told) or _protocol_id(detail)
    if named is None and not is_edit:
        named = message_id(detail.edits)
    named = named or _own_id(payload)
    body = text(payload.get("body")) or _edited_text(detail) or text_of(detail.content)
    if body is None:
        return SkippedEvent("edit without its text")
    fallback = (
        None if as_message is None else attrs.evolve(as_message, channel_message_id=named.bare, text=body)
    )
    return _edit(named, body, happening, fallback)


def _edit(named: MessageId, body: str, happening: Happening, fallback: InboundMessage | None) -> MessageEdit:
    return MessageEdit(
        message=happening.names(named),
        text=body,
        edited_at=happening.at,
        event_id=happening.event_id,
        fallback=fallback,
    )


def _edited_text(detail: Detail) -> str | None:
    edited = detail.content.fields.get("editedmessage")
    return text_of(content_of(edited)) if isinstance(edited, dict) else None


def revocation(payload: Fields, detail: Detail, happening: Happening) -> MessageRevocation | SkippedEvent:
    """Of the event ``message.revoked``, whose ``after`` is the message that took it back."""
    before, after = fields(payload.get("before")), fields(payload.get("after"))
    named = (
        message_id(payload.get("revokedmessageid"))
        or _protocol_id(detail)
        or message_id(fields(after.get("_data")).get("protocolmessagekey"))
        or message_id(before.get("id"))
        or message_id(after.get("id"))
    )
    if named is None:
        raise RejectedLine("payload.revokedMessageId is missing or empty")
    if not happening.is_placed:
        return SkippedEvent("revocation that names no chat")
    return _revocation(named, detail, happening)


def revocation_in_wrapper(detail: Detail, happening: Happening) -> MessageRevocation | None:
    """None for what is none."""
    protocol, named = detail.content.fields, _protocol_id(detail)
    is_revocation = detail.content.kind == "protocol message" and text(protocol.get("type") or 0) in _REVOKE
    if not is_revocation or named is None or protocol.get("editedmessage"):
        return None
    return _revocation(named, detail, happening)


def _revocation(named: MessageId, detail: Detail, happening: Happening) -> MessageRevocation:
    """By its author; in a group also by an admin, who names the author."""
    message = happening.names(named)
    author = address(named.participant)
    if detail.by_admin and happening.parties.group is not None and author is not None:
        message = attrs.evolve(message, contact=party([author]), from_me=False)
    return MessageRevocation(message=message, revoked_at=happening.at, event_id=happening.event_id)


def reaction(
    payload: Fields, detail: Detail, happening: Happening, own: Own
) -> MessageReaction | SkippedEvent | None:
    """Of the event ``message.reaction``, or in a wrapper; None for a message that is none."""
    told = fields(payload.get("reaction"))
    inside = detail.content.fields if detail.content.kind == "reaction" else {}
    if not (told or inside):
        return None
    named = message_id(told.get("messageid")) or message_id(inside.get("key"))
    if named is None:
        raise RejectedLine("payload.reaction.messageId is missing or empty")
    if not happening.is_placed:
        return SkippedEvent("reaction that names no chat")
    emoji = text(told.get("text")) or text(inside.get("text")) or ""
    return MessageReaction(
        message=_answered(named, happening, own),
        reactor=None if happening.parties.from_me else happening.parties.contact,
        emoji=emoji,
        reacted_at=happening.at,
        event_id=happening.event_id,
    )


def vote(poll_id: object, options: object, happening: Happening, own: Own) -> PollVote | SkippedEvent:
    """Of the event ``poll.vote``."""
    named = message_id(poll_id)
    if named is None:
        raise RejectedLine("payload.poll.id is missing or empty")
    if not happening.is_placed:
        return SkippedEvent("poll vote that names no chat")
    if not isinstance(options, list):
        return SkippedEvent("poll vote without its options")
    return PollVote(
        message=_answered(named, happening, own),
        voter=None if happening.parties.from_me else happening.parties.contact,
        options=tuple(filter(None, map(_option, options))),
        voted_at=happening.at,
        event_id=happening.event_id,
    )


def vote_in_wrapper(detail: Detail, happening: Happening, own: Own) -> PollVote | SkippedEvent | None:
    """None for a message that is none. Without WAHA's reading of it a vote is encrypted."""
    if detail.content.kind != "poll vote":
        return None
    key = detail.content.fields.get("pollcreationmessagekey")
    if message_id(key) is None:
        return SkippedEvent("poll vote without its options")
    return vote(key, detail.votes, happening, own)


def _option(value: Any) -> str | None:
    return text(fields(value).get("name")) if isinstance(value, dict) else text(value)


def _answered(named: MessageId, happening: Happening, own: Own) -> MessageRef:
    """The message that somebody answers to: theirs, ours, or in a group a third one's.

    Who answers may name it from their side: then the chat is us, and what is theirs is not ours.
    """
    parties = happening.parties
    chat, author = address(named.chat), address(named.participant)
    from_me = bool(named.from_me)
    if parties.group is None:
        told_by_contact = chat is not None and chat in own and not parties.from_me
        return attrs.evolve(happening.names(named), from_me=from_me is not told_by_contact)
    if author is not None and author not in own:
        return attrs.evolve(happening.names(named), contact=party([author]), from_me=False)
    if parties.from_me or (author is not None and not from_me):
        return attrs.evolve(happening.names(named), contact=None, from_me=True)
    return happening.names(named)


def _protocol_id(detail: Detail) -> MessageId | None:
    return message_id(detail.content.fields.get("key")) if detail.content.kind == "protocol message" else None


def _own_id(payload: Fields) -> MessageId:
    found = message_id(payload.get("id"))
    if found is None:
        raise RejectedLine("payload.id is missing or empty")
    return found
