"""One WAHA webhook event, read as the command that it asks for: no I/O, and nothing is looked up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, TypeVar
from uuid import NAMESPACE_OID, UUID, uuid5

from msgspec import DecodeError
from msgspec import ValidationError as ShapeError
from msgspec.json import Decoder

from ventros.application.process_inbound_message import InboundMessage
from ventros.application.record_message_ack import MessageAck
from ventros.crm.messages.aggregate import MessageStatus
from ventros.ingest.delivery import Delivery, RejectedLine, SkippedEvent
from ventros.ingest.waha import content, parties
from ventros.ingest.waha.wire import (
    AckEvent,
    AckPayload,
    Event,
    EventName,
    MessageEvent,
    MessagePayload,
    Payload,
)

T = TypeVar("T")

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

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

_NAME_DECODER: Final = Decoder(EventName)
_MESSAGE_DECODER: Final = Decoder(MessageEvent)
_ACK_DECODER: Final = Decoder(AckEvent)


def interpret(line: bytes) -> Delivery | SkippedEvent:
    """Raises RejectedLine for a line that is no event, and for an event of ours that cannot be used."""
    try:
        line.decode()  # the JSON decoder does not look into what it ignores
    except UnicodeDecodeError as error:
        raise RejectedLine(f"the line is not UTF-8: byte {error.start}") from error
    name = _decode(_NAME_DECODER, line).event
    if not name:
        raise RejectedLine("event is missing or empty")
    if name in {"message", "message.any"}:
        return _interpret_message(_decode(_MESSAGE_DECODER, line))
    if name == "message.ack":
        return _interpret_ack(_decode(_ACK_DECODER, line))
    return SkippedEvent(f"event {name}")


def _decode(decoder: Decoder[T], line: bytes) -> T:
    try:
        return decoder.decode(line)
    except ShapeError as error:
        raise RejectedLine(f"the line is not an event of WAHA's shape: {error}") from error
    except DecodeError as error:
        raise RejectedLine(f"the line is not JSON: {error}") from error
    except RecursionError as error:
        raise RejectedLine("the line is nested too deeply to be an event") from error


def _interpret_message(event: MessageEvent) -> Delivery | SkippedEvent:
    payload = event.payload or MessagePayload()
    channel, message_id = _channel_and_message_id(event, payload)
    if reason := _skip_reason(payload):
        return SkippedEvent(reason)
    from_me = parties.from_me(payload)
    if from_me and parties.group_id(payload):
        # Whoever wrote it is the company itself, and a group is no contact.
        return SkippedEvent("own message in a group")
    content_type = content.content_type(payload)
    if content_type is None:
        raise RejectedLine(f"no content type fits a message of {content.platform_type(payload)}")
    phone = parties.contact_phone(payload, event.me)
    tracking = content.tracking(payload)
    is_from_ad = content.is_from_ad(tracking)
    media_url, media_mimetype = content.media(payload) if content_type.is_media else (None, None)
    command = InboundMessage(
        channel_message_id=message_id,
        contact_phone=phone,
        contact_name=parties.contact_name(payload),
        content_type=content_type,
        received_at=_received_at(event, payload),
        from_me=from_me,
        text=content.text(payload),
        media_url=media_url,
        media_mimetype=media_mimetype,
        mentions=tuple(payload.mentioned_jid or ()),
        metadata=content.metadata(event, payload, content_type, is_from_ad=is_from_ad),
        tracking=tracking,
        is_from_ad=is_from_ad,
        event_id=_event_id(event),
    )
    return Delivery(channel_external_id=channel, conversation=phone, command=command)


def _interpret_ack(event: AckEvent) -> Delivery | SkippedEvent:
    payload = event.payload or AckPayload()
    channel, message_id = _channel_and_message_id(event, payload)
    if reason := _skip_reason(payload):
        return SkippedEvent(reason)
    command = MessageAck(
        channel_message_id=message_id,
        status=_status(payload),
        at=_acknowledged_at(event, payload),
        event_id=_event_id(event),
    )
    conversation = parties.ack_conversation(payload, event.me) or message_id
    return Delivery(channel_external_id=channel, conversation=conversation, command=command)


def _channel_and_message_id(event: Event, payload: Payload) -> tuple[str, str]:
    if not event.session:
        raise RejectedLine("session is missing or empty")
    if not payload.id:
        raise RejectedLine("payload.id is missing or empty")
    return event.session, payload.id


def _event_id(event: Event) -> UUID | None:
    return uuid5(NAMESPACE_OID, event.id) if event.id else None


def _skip_reason(payload: Payload) -> str | None:
    """Why it is no conversation with a contact; None when it is one."""
    chat_ids = parties.chat_ids(payload)
    if "status@broadcast" in chat_ids:
        return "status broadcast"
    if any(chat_id.endswith("@newsletter") for chat_id in chat_ids):
        return "newsletter"
    return None


def _status(payload: AckPayload) -> MessageStatus:
    if payload.ack is not None:
        field, status = "payload.ack", STATUS_BY_ACK.get(payload.ack)
    else:
        field, status = "payload.ackName", STATUS_BY_ACK_NAME.get(payload.ack_name or "")
    if status is None:
        raise RejectedLine(f"{field} is missing or unknown")
    return status


def _received_at(event: Event, payload: Payload) -> datetime:
    """When the message was written, to the second; else when WAHA sent the event."""
    if payload.timestamp is not None:
        return _moment("payload.timestamp", seconds=payload.timestamp)
    if event.timestamp is not None:
        return _moment("timestamp", seconds=event.timestamp // 1000)
    raise RejectedLine("payload.timestamp and timestamp are missing")


def _acknowledged_at(event: Event, payload: Payload) -> datetime:
    """When WAHA sent the report: its payload has the time of the message, if any."""
    if event.timestamp is not None:
        return _moment("timestamp", milliseconds=event.timestamp)
    if payload.timestamp is not None:
        return _moment("payload.timestamp", seconds=payload.timestamp)
    raise RejectedLine("timestamp and payload.timestamp are missing")


def _moment(field: str, *, seconds: int = 0, milliseconds: int = 0) -> datetime:
    try:
        return EPOCH + timedelta(seconds=seconds, milliseconds=milliseconds)
    except OverflowError as error:
        raise RejectedLine(f"{field} is not within the years 1 to 9999") from error
