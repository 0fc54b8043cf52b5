"""A line becomes a command in its delivery, is skipped, or is rejected with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import NAMESPACE_OID, uuid5

import pytest

from tests.support.waha import (
    COMPANY,
    CONTACT,
    DOCUMENT,
    EVENT_ID,
    GROUP,
    MESSAGE_ID,
    SENT,
    STORED,
    TEXT,
    WRITTEN,
    Json,
    delivery,
    engine_data,
    line,
    make_ack,
    make_event,
    message,
    message_ack,
    rejection_reason,
    with_value,
)
from ventros.application.process_inbound_message import InboundMessage
from ventros.application.record_message_ack import MessageAck
from ventros.crm.messages.aggregate import ContentType, MessageStatus
from ventros.ingest.delivery import Delivery, SkippedEvent
from ventros.ingest.waha.interpretation import interpret


def test_text_becomes_a_command() -> None:
    assert delivery(make_event()) == Delivery(
        channel_external_id="sales",
        conversation=CONTACT,
        command=InboundMessage(
            channel_message_id=MESSAGE_ID,
            contact_phone=CONTACT,
            contact_name="Ana Souza",
            content_type=ContentType.TEXT,
            received_at=WRITTEN,
            from_me=False,
            text=TEXT,
            metadata={"source": "waha", "event_id": EVENT_ID, "session": "sales"},
            event_id=uuid5(NAMESPACE_OID, EVENT_ID),
        ),
    )


def test_every_field_of_the_command_is_filled() -> None:
    extended_text = {"contextInfo": {"externalAdReply": {"ctwaClid": "b"}}}
    event = with_value(DOCUMENT, ("payload", "_data", "Message", "extendedTextMessage"), extended_text)
    event["payload"].update({"fromMe": True, "to": f"{CONTACT}@c.us", "mentionedJid": ["a"]})
    assert delivery(event) == Delivery(
        channel_external_id="sales",
        conversation=CONTACT,
        command=InboundMessage(
            channel_message_id=MESSAGE_ID,
            contact_phone=CONTACT,
            contact_name=None,
            content_type=ContentType.DOCUMENT,
            received_at=WRITTEN,
            from_me=True,
            text="segue o pedido",
            media_url=STORED["url"],
            media_mimetype=STORED["mimetype"],
            mentions=("a",),
            metadata={
                "source": "waha",
                "event_id": EVENT_ID,
                "session": "sales",
                "caption": "segue o pedido",
                "filename": "pedido.pdf",
                "is_from_ad": True,
            },
            tracking={"ctwa_click_id": "b"},
            is_from_ad=True,
            event_id=uuid5(NAMESPACE_OID, EVENT_ID),
        ),
    )


def test_both_events_of_a_message_say_the_same() -> None:
    assert message(make_event(name="message.any")) == message(make_event(name="message"))


def test_event_without_id() -> None:
    command = message(make_event(id=None))
    assert command.event_id is None
    assert "event_id" not in command.metadata


@pytest.mark.parametrize(
    ("event", "at"),
    [
        (make_event(), WRITTEN),
        (make_event({"timestamp": None}), SENT.replace(microsecond=0)),
        (make_event(timestamp=None), WRITTEN),
        (make_event({"timestamp": 0}), datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_received_at(event: Json, at: datetime) -> None:
    assert message(event).received_at == at
    assert message(event).received_at.tzinfo is UTC


ACKS = [
    (-1, "ERROR", MessageStatus.FAILED),
    (0, "PENDING", MessageStatus.QUEUED),
    (1, "SERVER", MessageStatus.SENT),
    (2, "DEVICE", MessageStatus.DELIVERED),
    (3, "READ", MessageStatus.READ),
    (4, "PLAYED", MessageStatus.PLAYED),
]


@pytest.mark.parametrize(("code", "name", "status"), ACKS)
def test_ack(code: int, name: str, status: MessageStatus) -> None:
    event = make_ack({"ack": code, "ackName": name})
    assert delivery(event).channel_external_id == "sales"
    assert message_ack(event) == MessageAck(
        channel_message_id=f"true_{CONTACT}@c.us_{MESSAGE_ID}",
        status=status,
        at=SENT,
        event_id=uuid5(NAMESPACE_OID, EVENT_ID),
    )
    assert message_ack(make_ack({"ack": code, "ackName": None})).status is status
    assert message_ack(make_ack({"ack": None, "ackName": name})).status is status


def test_ack_time_falls_back_to_the_payloads() -> None:
    command = message_ack(make_ack({"timestamp": int(WRITTEN.timestamp())}, timestamp=None))
    assert command.at == WRITTEN


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (make_event(name="session.status"), "event session.status"),
        (make_event(name="presence.update"), "event presence.update"),
        (make_event({"from": "status@broadcast"}), "status broadcast"),
        (make_event({"to": "status@broadcast", "fromMe": True}), "status broadcast"),
        (make_event({"_data": engine_data({}, Chat="status@broadcast")}), "status broadcast"),
        (make_ack({"to": "status@broadcast"}), "status broadcast"),
        (make_ack({"id": "true_status@broadcast_3EB0", "from": None, "to": None}), "status broadcast"),
        (make_event({"from": "120363999@newsletter"}), "newsletter"),
        (
            make_event({"from": GROUP, "participant": f"{COMPANY}@c.us", "fromMe": True}),
            "own message in a group",
        ),
    ],
)
def test_skipped(event: Json, reason: str) -> None:
    assert interpret(line(event)) == SkippedEvent(reason)


@pytest.mark.parametrize("name", ["session.status", "group.v2.join", "MESSAGE"])
@pytest.mark.parametrize("payload", [None, 1, [], "text", {"id": 7, "timestamp": "never"}])
def test_other_events_are_skipped_whatever_they_hold(name: str, payload: object) -> None:
    assert interpret(line({"event": name, "payload": payload})) == SkippedEvent(f"event {name}")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"", "not JSON", id="empty"),
        pytest.param(b"hello", "not JSON", id="no JSON"),
        pytest.param(line(make_event())[:200], "not JSON", id="cut"),
        pytest.param(line(make_event()) + b"{}", "not JSON", id="two"),
        pytest.param(
            b'{"event": "message", "x": "\xff"}', "not UTF-8: byte 27", id="not UTF-8, where ignored"
        ),
        pytest.param(line(make_event({"body": "?"})).replace(b"?", b"\\ud800"), "not JSON", id="half a pair"),
        pytest.param(line(make_event({"body": "?"})).replace(b"?", b"\\udc00"), "not JSON", id="other half"),
        pytest.param(b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too deeply", id="deep"),
        pytest.param(b"[1]", "Expected `object`, got `array`", id="no object"),
        pytest.param(line(make_event(event=...)), "event is missing", id="no event"),
        pytest.param(line(make_event(event="")), "event is missing", id="empty event"),
        pytest.param(line(make_event(event=5)), "$.event", id="event is a number"),
        pytest.param(line(make_event(session=...)), "session is missing", id="no session"),
        pytest.param(line(make_event(session="")), "session is missing", id="empty session"),
        pytest.param(
            line(with_value(make_event(), ("payload",), ...)), "payload.id is missing", id="no payload"
        ),
        pytest.param(line(make_event({"id": ...})), "payload.id is missing", id="no message id"),
        pytest.param(line(make_event({"id": ""})), "payload.id is missing", id="empty message id"),
        pytest.param(line(make_ack({"id": ...})), "payload.id is missing", id="ack without message id"),
        pytest.param(line(make_ack(session=None)), "session is missing", id="ack without session"),
        pytest.param(
            line(make_event({"body": [TEXT]})), "got `array` - at `$.payload.body`", id="body is a list"
        ),
        pytest.param(line(make_event({"timestamp": "1"})), "$.payload.timestamp", id="time is a text"),
        pytest.param(
            line(make_event({"timestamp": ...}, timestamp=...)), "timestamp are missing", id="no time"
        ),
        pytest.param(
            line(make_event({"timestamp": 1752071415000})), "payload.timestamp is not", id="milliseconds"
        ),
        pytest.param(
            line(make_event({"timestamp": -(10**40)})), "payload.timestamp is not", id="before year 1"
        ),
        pytest.param(line(make_ack(timestamp=10**30)), "timestamp is not within", id="ack after year 9999"),
        pytest.param(line(make_ack(timestamp=None)), "timestamp are missing", id="ack without time"),
        pytest.param(line(make_ack({"ack": 5})), "payload.ack is missing or unknown", id="ack 5"),
        pytest.param(line(make_ack({"ack": -2, "ackName": "READ"})), "payload.ack is", id="ack -2"),
        pytest.param(line(make_ack({"ack": True})), "$.payload.ack", id="ack true"),
        pytest.param(line(make_ack({"ack": None, "ackName": "SEEN"})), "payload.ackName is", id="ack name"),
        pytest.param(line(make_ack({"ack": None, "ackName": None})), "payload.ackName is", id="no ack"),
        pytest.param(
            line(make_event({"_data": engine_data({"pollCreationMessage": {}}, Type="poll")})),
            "type 'poll' and media type unknown",
            id="poll",
        ),
        pytest.param(
            line(make_event({"_data": engine_data({}, MediaType="interactive")})),
            "type 'media' and media type 'interactive'",
            id="unknown media type",
        ),
        pytest.param(
            line(make_event({"_data": engine_data({}, Type="x" * 1000)})),
            f"type {'x' * 40!r} and",
            id="long type",
        ),
        pytest.param(
            line(make_event({"_data": ..., "body": ...})),
            "type unknown and media type unknown",
            id="no detail",
        ),
        pytest.param(
            line(make_event({"_data": ..., "hasMedia": True})), "type unknown", id="media without detail"
        ),
    ],
)
def test_rejected(raw: bytes, reason: str) -> None:
    said = rejection_reason(raw)
    assert reason in said
    assert "\n" not in said
    assert TEXT not in said
