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
    interpreted,
    line,
    make_ack,
    make_event,
    message,
    message_ack,
    rejection_reason,
    skip_reason,
    with_value,
)
from ventros.application.messages.inbound import MessageRef, Party
from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.application.messages.record_message_ack import MessageAck
from ventros.crm.messages.values import ContentType, MessageStatus
from ventros.ingest.delivery import Delivery, RejectedLine, SkippedEvent
from ventros.ingest.waha.interpretation import interpret


def test_text_becomes_a_command() -> None:
    assert delivery(make_event()) == Delivery(
        channel_external_id="sales",
        conversation=(CONTACT,),
        command=InboundMessage(
            channel_message_id=MESSAGE_ID,
            contact=Party(phone=CONTACT, name="Ana Souza"),
            content_type=ContentType.TEXT,
            received_at=WRITTEN,
            from_me=False,
            text=TEXT,
            metadata={
                "source": "waha",
                "event_id": EVENT_ID,
                "session": "sales",
                "message_id": MESSAGE_ID,
            },
            event_id=uuid5(NAMESPACE_OID, EVENT_ID),
        ),
    )


def test_every_field_of_the_command_is_filled() -> None:
    context = {"externalAdReply": {"ctwaClid": "b"}, "stanzaID": "3EB0"}
    event = with_value(DOCUMENT, ("payload", "_data", "Message", "documentMessage", "contextInfo"), context)
    event["payload"].update({"fromMe": True, "to": f"{CONTACT}@c.us", "mentionedJid": ["a"]})
    assert delivery(event) == Delivery(
        channel_external_id="sales",
        conversation=(CONTACT,),
        command=InboundMessage(
            channel_message_id=MESSAGE_ID,
            contact=Party(phone=CONTACT),
            content_type=ContentType.DOCUMENT,
            received_at=WRITTEN,
            from_me=True,
            text="segue o pedido",
            media_url=STORED["url"],
            media_mimetype=STORED["mimetype"],
            mentions=("a",),
            reply_to="3EB0",
            metadata={
                "source": "waha",
                "event_id": EVENT_ID,
                "session": "sales",
                "message_id": MESSAGE_ID,
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
        (make_event({"timestamp": None}), WRITTEN),  # as the engine tells it
        (make_event({"timestamp": None, "_data": ...}), SENT),
        (make_event({"timestamp": "never", "_data": ...}), SENT),
        (make_event(timestamp=None), WRITTEN),
        (make_event({"timestamp": str(int(WRITTEN.timestamp()))}), WRITTEN),
        (make_event({"timestamp": WRITTEN.timestamp() * 1000}), WRITTEN),
        (make_event({"timestamp": "2025-07-09T11:30:15-03:00"}), WRITTEN),
        (make_event({"timestamp": {"low": int(WRITTEN.timestamp()), "high": 0}}), WRITTEN),
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
        message=MessageRef(
            channel_message_id=MESSAGE_ID, contact=Party(phone=CONTACT), group=None, from_me=True
        ),
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
        (make_event({"from": "status@broadcast"}), "status"),
        (make_event({"to": "status@broadcast", "fromMe": True}), "status"),
        (make_event({"_data": engine_data({}, Chat="status@broadcast")}), "status"),
        (make_ack({"to": "status@broadcast"}), "status"),
        (make_ack({"id": "true_status@broadcast_3EB0", "from": None, "to": None}), "status"),
        (make_event({"from": "120363999@newsletter"}), "newsletter"),
        (
            make_event({"from": GROUP, "participant": f"{COMPANY}@c.us", "fromMe": True}),
            "own message in a group",
        ),
    ],
)
def test_skipped(event: Json, reason: str) -> None:
    assert skip_reason(event) == reason


@pytest.mark.parametrize("name", ["session.status", "group.v2.join", "MESSAGE"])
@pytest.mark.parametrize("payload", [None, 1, [], "text", {"id": 7, "timestamp": "never"}])
def test_other_events_are_skipped_whatever_they_hold(name: str, payload: object) -> None:
    assert interpreted(line({"event": name, "payload": payload})) == SkippedEvent(f"event {name}")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(line(make_event(event=...)), "event is missing", id="no event"),
        pytest.param(line(make_event(event="")), "event is missing", id="empty event"),
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
            line(make_event({"body": [TEXT]})),
            "payload.body is no text: it is of type list",
            id="body is a list",
        ),
        pytest.param(
            line(make_event({"timestamp": ..., "_data": ...}, timestamp=...)),
            "timestamp are missing",
            id="no time",
        ),
        pytest.param(
            line(make_event({"timestamp": -(10**40)})), "payload.timestamp is not", id="before year 1"
        ),
        pytest.param(line(make_ack(timestamp=10**30)), "timestamp is not within", id="ack after year 9999"),
        pytest.param(line(make_ack(timestamp=None)), "timestamp are missing", id="ack without time"),
        pytest.param(line(make_event({"id": "x" * 4_000})), "4000 characters", id="long message id"),
        pytest.param(line(make_event(session="s" * 300)), "session is longer", id="long session"),
        pytest.param(line("event"), "no event: it is of type str", id="a text"),
    ],
)
def test_rejected(raw: bytes, reason: str) -> None:
    said = rejection_reason(raw)
    assert reason in said
    assert "\n" not in said
    assert TEXT not in said


@pytest.mark.parametrize("value", [5, None, [], "event", {}, {"event": 5}])
def test_what_is_no_event_is_rejected(value: object) -> None:
    with pytest.raises(RejectedLine):
        interpret(value)
