"""One WAHA webhook event, read as the command that it asks for: no I/O, and nothing is looked up."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

import attrs
from msgspec import DecodeError
from msgspec import ValidationError as ShapeError
from msgspec.json import Decoder

from ventros.application.process_inbound_message import InboundMessage
from ventros.application.record_message_ack import MessageAck
from ventros.crm.messages.aggregate import ContentType, MessageStatus
from ventros.ingest import waha_content as content
from ventros.ingest.waha_event import (
    AckEvent,
    AckPayload,
    Event,
    Me,
    MessageEvent,
    MessagePayload,
    Named,
    Payload,
)
from ventros.kernel.errors import ValidationError
from ventros.values import Phone

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# A phone number as WhatsApp writes it, with the agent and the device that a sender may carry.
_PHONE_ID: Final = re.compile(r"(\+?[0-9]+)(?:\.[0-9]+)?(?::[0-9]+)?(?:@(?:c\.us|s\.whatsapp\.net))?")
_PHONE_SERVERS: Final = frozenset({"", "c.us", "s.whatsapp.net"})

_BY_ACK: Final = {
    -1: MessageStatus.FAILED,
    0: MessageStatus.QUEUED,
    1: MessageStatus.SENT,
    2: MessageStatus.DELIVERED,
    3: MessageStatus.READ,
    4: MessageStatus.PLAYED,
}
_BY_ACK_NAME: Final = {
    "ERROR": MessageStatus.FAILED,
    "PENDING": MessageStatus.QUEUED,
    "SERVER": MessageStatus.SENT,
    "DEVICE": MessageStatus.DELIVERED,
    "READ": MessageStatus.READ,
    "PLAYED": MessageStatus.PLAYED,
}


class Rejected(Exception):
    """A line that cannot be used; ``reason`` is one sentence for the rejects file.

    It names fields and types, and quotes neither people's texts nor their numbers.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@attrs.frozen
class Skipped:
    """An event that is none of our business; ``reason`` is what it is counted under."""

    reason: str


@attrs.frozen(kw_only=True)
class WahaMessage:
    """``session`` is the channel's external id; ``contact_phone`` has the form that contacts keep."""

    session: str
    channel_message_id: str
    contact_phone: str
    contact_name: str | None
    content_type: ContentType
    received_at: datetime
    from_me: bool
    text: str | None
    media_url: str | None
    media_mimetype: str | None
    mentions: tuple[str, ...]
    metadata: Mapping[str, Any]
    tracking: Mapping[str, str]
    event_id: UUID | None

    @property
    def conversation(self) -> str:
        """Events with the same one are to be dealt with in their order.

        It is the phone alone: one who also writes in a group, or to a second channel of the project, is
        the same contact with the same session.
        """
        return self.contact_phone

    def command(self, channel_id: UUID) -> InboundMessage:
        return InboundMessage(
            channel_id=channel_id,
            channel_message_id=self.channel_message_id,
            contact_phone=self.contact_phone,
            contact_name=self.contact_name,
            content_type=self.content_type,
            received_at=self.received_at,
            from_me=self.from_me,
            text=self.text,
            media_url=self.media_url,
            media_mimetype=self.media_mimetype,
            mentions=self.mentions,
            metadata=self.metadata,
            tracking=self.tracking,
            is_from_ad="is_from_ad" in self.metadata,
            event_id=self.event_id,
        )


@attrs.frozen(kw_only=True)
class WahaAck:
    """``conversation`` is that of the message, wherever the report tells the contact's phone."""

    session: str
    conversation: str
    channel_message_id: str
    status: MessageStatus
    at: datetime
    event_id: UUID | None

    def command(self, channel_id: UUID) -> MessageAck:
        return MessageAck(
            channel_id=channel_id,
            channel_message_id=self.channel_message_id,
            status=self.status,
            at=self.at,
            event_id=self.event_id,
        )


_T = TypeVar("_T")
_NAMED: Final = Decoder(Named)
_MESSAGE: Final = Decoder(MessageEvent)
_ACK: Final = Decoder(AckEvent)


def interpret(line: bytes) -> WahaMessage | WahaAck | Skipped:
    """Raises Rejected for a line that is no event, and for an event of ours that cannot be used."""
    try:
        line.decode()  # the JSON decoder does not look into what it ignores
    except UnicodeDecodeError as error:
        raise Rejected(f"the line is not UTF-8: byte {error.start}") from error
    name = _decode(_NAMED, line).event
    if not name:
        raise Rejected("event is missing or empty")
    if name in {"message", "message.any"}:
        return _message(_decode(_MESSAGE, line))
    if name == "message.ack":
        return _ack(_decode(_ACK, line))
    return Skipped(f"event {name}")


def _decode(decoder: Decoder[_T], line: bytes) -> _T:
    try:
        return decoder.decode(line)
    except ShapeError as error:
        raise Rejected(f"the line is not an event of WAHA's shape: {error}") from error
    except DecodeError as error:
        raise Rejected(f"the line is not JSON: {error}") from error
    except RecursionError as error:
        raise Rejected("the line is nested too deeply to be an event") from error


def _message(event: MessageEvent) -> WahaMessage | Skipped:
    payload = event.payload or MessagePayload()
    session, message_id = _identity(event, payload)
    if (skipped := _no_conversation(payload)) is not None:
        return skipped
    if payload.own and payload.group:
        # Whoever wrote it is the company itself, and a group is no contact.
        return Skipped("own message in a group")
    kind = content.content_type(payload)
    if kind is None:
        raise Rejected(f"no content type fits a message of {content.named_type(payload)}")
    media_url, media_mimetype = content.media(payload) if kind.is_media else (None, None)
    return WahaMessage(
        session=session,
        channel_message_id=message_id,
        contact_phone=_contact_phone(payload, _own_users(event)),
        contact_name=None if payload.own else (payload.info.push_name or "").strip() or None,
        content_type=kind,
        received_at=_received_at(event, payload),
        from_me=payload.own,
        text=content.text(payload),
        media_url=media_url,
        media_mimetype=media_mimetype,
        mentions=tuple(payload.mentioned_jid or ()),
        metadata=content.metadata(event, payload, kind),
        tracking=content.tracking(payload),
        event_id=_event_id(event),
    )


def _ack(event: AckEvent) -> WahaAck | Skipped:
    payload = event.payload or AckPayload()
    session, message_id = _identity(event, payload)
    if (skipped := _no_conversation(payload)) is not None:
        return skipped
    return WahaAck(
        session=session,
        conversation=_ack_conversation(payload, _own_users(event)) or message_id,
        channel_message_id=message_id,
        status=_status(payload),
        at=_acknowledged_at(event, payload),
        event_id=_event_id(event),
    )


def _identity(event: Event, payload: Payload) -> tuple[str, str]:
    if not event.session:
        raise Rejected("session is missing or empty")
    if not payload.id:
        raise Rejected("payload.id is missing or empty")
    return event.session, payload.id


def _event_id(event: Event) -> UUID | None:
    return uuid5(NAMESPACE_OID, event.id) if event.id else None


def _no_conversation(payload: Payload) -> Skipped | None:
    if "status@broadcast" in payload.chats:
        return Skipped("status broadcast")
    if any(chat.endswith("@newsletter") for chat in payload.chats):
        return Skipped("newsletter")
    return None


# Who it is


def _own_users(event: Event) -> frozenset[str]:
    me = event.me or Me()
    return frozenset(_user(own) for own in (me.id, me.lid, me.jid) if own)


def _user(id_: str) -> str:
    """Without server, device and agent."""
    return re.split(r"[@:.]", id_, maxsplit=1)[0]


def _phone(id_: str | None) -> str | None:
    match = _PHONE_ID.fullmatch(id_ or "")
    if match is None:
        return None
    try:
        return Phone(match[1]).value
    except ValidationError:
        return None


def _first_phone(ids: Iterable[str | None]) -> str | None:
    return next((phone for phone in map(_phone, ids) if phone), None)


def _contact_phone(payload: Payload, own_users: frozenset[str]) -> str:
    """The field that the event's kind names decides; only where it holds a lid, say, are others asked."""
    if payload.group:
        name, proper = "payload.participant", payload.participant
    elif payload.own:
        name, proper = "payload.to", payload.to
    else:
        name, proper = "payload.from", payload.sender
    if proper and proper.partition("@")[2] in _PHONE_SERVERS:
        phone = _phone(proper)
    else:
        phone = _first_phone(_alternatives(payload, own_users))
    if phone is None:
        raise Rejected(f"{name} is no phone number, and no other id of the contact takes its place")
    return phone


def _alternatives(payload: Payload, own_users: frozenset[str]) -> tuple[str | None, ...]:
    source = payload.source
    if not payload.own:
        return source.sender, source.sender_alt
    # Without to, from is the contact's chat or our own number; only own_users tells which.
    chat = payload.sender if own_users and not payload.to else None
    ids = (source.chat, source.recipient_alt, chat)
    return tuple(id_ for id_ in ids if id_ and _user(id_) not in own_users)


def _ack_conversation(payload: Payload, own_users: frozenset[str]) -> str | None:
    """The contact's phone, else what comes nearest to it, else None."""
    source = payload.source
    _, chat, participant = payload.composed_id
    ids: tuple[str | None, ...]
    if payload.group:
        ids = (participant, payload.participant)
    elif payload.own:
        ids = (payload.to or payload.sender, chat, source.chat, source.recipient_alt)
    else:
        ids = (payload.sender or payload.to, chat, source.chat)
    every = (*ids, source.sender, source.sender_alt)
    theirs = [id_ for id_ in every if id_ and _user(id_) not in own_users]
    return _first_phone(theirs) or next(map(_user, theirs), None)


# When it was


def _received_at(event: Event, payload: Payload) -> datetime:
    if payload.timestamp is not None:
        return _moment("payload.timestamp", seconds=payload.timestamp)
    if event.timestamp is not None:
        return _moment("timestamp", seconds=event.timestamp // 1000)
    raise Rejected("payload.timestamp and timestamp are missing")


def _acknowledged_at(event: Event, payload: Payload) -> datetime:
    if event.timestamp is not None:
        return _moment("timestamp", milliseconds=event.timestamp)
    if payload.timestamp is not None:
        return _moment("payload.timestamp", seconds=payload.timestamp)
    raise Rejected("timestamp and payload.timestamp are missing")


def _moment(name: str, *, seconds: int = 0, milliseconds: int = 0) -> datetime:
    try:
        return EPOCH + timedelta(seconds=seconds, milliseconds=milliseconds)
    except OverflowError as error:
        raise Rejected(f"{name} is not within the years 1 to 9999") from error


def _status(payload: AckPayload) -> MessageStatus:
    if payload.ack is not None:
        name, status = "payload.ack", _BY_ACK.get(payload.ack)
    else:
        name, status = "payload.ackName", _BY_ACK_NAME.get(payload.ack_name or "")
    if status is None:
        raise Rejected(f"{name} is missing or unknown")
    return status
