"""WAHA events as its engine GOWS sends them, how to vary them, and what they are interpreted as."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest

from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.application.messages.record_message_ack import MessageAck
from ventros.ingest.delivery import Command, Delivery, RejectedLine, SkippedEvent
from ventros.ingest.waha.decoding import decode_events
from ventros.ingest.waha.interpretation import interpret

Json = dict[str, Any]


EVENT_ID = "evt_01jzq5c9v8k2m4n6p8r0t2w4y6"
MESSAGE_ID = "3A3C5F7A9B1D3F5A7C9E"
CONTACT = "5511987654321"
COMPANY = "551140028922"
LID = "84215603719342@lid"
GROUP = "120363041234567890@g.us"
WRITTEN = datetime(2025, 7, 9, 14, 30, 15, tzinfo=UTC)
SENT = datetime(2025, 7, 9, 14, 30, 16, 123000, tzinfo=UTC)
TEXT = "Oi! Vocês abrem no sábado?"
STORED = {"url": "https://waha.example/api/files/a.bin", "mimetype": "application/x-stored"}
ENGINE = {"URL": "https://mmg.example/v/a.enc", "mimetype": "application/x-engine"}


def make_event(payload: Json | None = None, *, name: str = "message", **changes: Any) -> Json:
    """An inbound text; ``payload`` and the keywords replace keys, ``...`` as a value removes one."""
    event: Json = {
        "id": EVENT_ID,
        "timestamp": int(SENT.timestamp() * 1000),
        "event": name,
        "session": "sales",
        "metadata": {"user.id": "42"},
        "me": {
            "id": f"{COMPANY}@c.us",
            "pushName": "Padaria",
            "lid": "99000111222333@lid",
            "jid": f"{COMPANY}:7@s.whatsapp.net",
        },
        "payload": {
            "id": MESSAGE_ID,
            "timestamp": int(WRITTEN.timestamp()),
            "from": f"{CONTACT}@c.us",
            "fromMe": False,
            "to": f"{COMPANY}@c.us",
            "participant": None,
            "body": TEXT,
            "hasMedia": False,
            "media": None,
            "replyTo": None,
            "ack": 2,
            "ackName": "DEVICE",
            "_data": engine_data({"conversation": TEXT}, Type="text"),
        },
        "engine": "GOWS",
        "environment": {"version": "2025.6.3", "engine": "GOWS", "tier": "PLUS"},
    }
    replace(event, changes)
    if isinstance(event.get("payload"), dict):
        replace(event["payload"], payload or {})
    return event


def engine_data(message: Json, **info: Any) -> Json:
    return {
        "Info": {
            "Chat": f"{CONTACT}@s.whatsapp.net",
            "Sender": f"{CONTACT}:3@s.whatsapp.net",
            "SenderAlt": "",
            "IsFromMe": False,
            "IsGroup": False,
            "ID": MESSAGE_ID,
            "Type": "media",
            "PushName": "Ana Souza",
            "Timestamp": "2025-07-09T11:30:15-03:00",
            "MediaType": "",
            **info,
        },
        "Message": message,
        "Status": 3,
    }


def make_media_event(kind: str, *, media_type: str | None = None, **content: Any) -> Json:
    """A media message as WAHA sends it when it stored the media."""
    return make_event(
        {
            "body": None,
            "hasMedia": True,
            "media": {**STORED, "filename": None, "s3": {"Bucket": "waha", "Key": "a.bin"}},
            "_data": engine_data({f"{kind}Message": {**ENGINE, **content}}, MediaType=media_type or kind),
        }
    )


def make_ack(payload: Json | None = None, **changes: Any) -> Json:
    """The contact's phone got our message."""
    event = make_event(name="message.ack", **changes)
    event["payload"] = {
        "id": f"true_{CONTACT}@c.us_{MESSAGE_ID}",
        "from": f"{COMPANY}@c.us",
        "to": f"{CONTACT}@c.us",
        "participant": None,
        "fromMe": True,
        "ack": 2,
        "ackName": "DEVICE",
    }
    replace(event["payload"], payload or {})
    return event


def replace(target: Json, changes: Json) -> None:
    for key, value in changes.items():
        if value is ...:
            target.pop(key, None)
        else:
            target[key] = value


Path = tuple[str, ...]


def paths(event: Json, parent: Path = ()) -> Iterator[Path]:
    for key, value in event.items():
        yield (*parent, key)
        if isinstance(value, dict):
            yield from paths(value, (*parent, key))


def with_value(event: Json, path: Path, value: object) -> Json:
    """A copy; ``...`` removes the key."""
    changed = copy.deepcopy(event)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    replace(parent, {path[-1]: value})
    return changed


def line(event: object) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode() + b"\n"


def interpreted(raw: bytes) -> Delivery | SkippedEvent:
    """Of a line with one event."""
    (event,) = decode_events(raw).events
    return interpret(event)


def delivery(event: Json) -> Delivery:
    result = interpreted(line(event))
    assert isinstance(result, Delivery)
    return result


def skip_reason(event: Json) -> str:
    result = interpreted(line(event))
    assert isinstance(result, SkippedEvent)
    return result.reason


C = TypeVar("C", bound=Command)


def command(event: Json, kind: type[C]) -> C:
    found = delivery(event).command
    assert isinstance(found, kind)
    return found


def message(event: Json) -> InboundMessage:
    return command(event, InboundMessage)


def message_ack(event: Json) -> MessageAck:
    return command(event, MessageAck)


def rejection_reason(raw: bytes) -> str:
    with pytest.raises(RejectedLine) as caught:
        interpreted(raw)
    assert str(caught.value) == caught.value.reason
    assert caught.value.reason.startswith(caught.value.kind)
    return caught.value.reason


IMAGE = make_media_event("image", caption="este bolo")
VOICE = make_media_event("audio", media_type="ptt", PTT=True)
DOCUMENT = make_media_event("document", fileName="pedido.pdf", caption="segue o pedido")
LOCATION = make_event(
    {
        "body": None,
        "_data": engine_data(
            {
                "locationMessage": {
                    "degreesLatitude": -23.5505,
                    "degreesLongitude": -46.6333,
                    "name": "Praça da Sé",
                    "address": "Centro, São Paulo",
                }
            },
            MediaType="location",
        ),
    }
)
VCARD = "BEGIN:VCARD\nVERSION:3.0\nFN:Bruno Lima\nEND:VCARD"
CARD = make_event(
    {
        "body": None,
        "_data": engine_data(
            {"contactMessage": {"displayName": "Bruno Lima", "vcard": VCARD}}, MediaType="vcard"
        ),
    }
)
CONTEXT = {
    "conversionSource": "FB_Ads",
    "conversionData": "QWZkLi4u",
    "entryPointConversionSource": "ctwa_ad",
    "entryPointConversionApp": "instagram",
    "entryPointConversionExternalSource": "newsletter",
    "entryPointConversionExternalMedium": "mail",
    "entryPointConversionDelaySeconds": 12,
    "externalAdReply": {
        "title": "Pães frescos",
        "sourceType": "ad",
        "sourceID": "120210000000000123",
        "sourceApp": "instagram",
        "sourceURL": "https://ads.example/p/1",
        "ctwaClid": "ARAkLkA8rmlFeiCktEJQ",
    },
}
TRACKING = {
    "conversion_source": "FB_Ads",
    "conversion_data": "QWZkLi4u",
    "conversion_app": "instagram",
    "entry_point_source": "ctwa_ad",
    "external_source": "newsletter",
    "external_medium": "mail",
    "ad_source_type": "ad",
    "ad_source_id": "120210000000000123",
    "ad_source_app": "instagram",
    "ad_source_url": "https://ads.example/p/1",
    "ctwa_click_id": "ARAkLkA8rmlFeiCktEJQ",
}
AD = make_event(
    {"_data": engine_data({"extendedTextMessage": {"text": TEXT, "contextInfo": CONTEXT}}, Type="text")}
)
IN_GROUP = make_event(
    {
        "id": f"false_{GROUP}_{MESSAGE_ID}_{CONTACT}@c.us",
        "from": GROUP,
        "to": f"{CONTACT}@c.us",
        "participant": f"{CONTACT}@c.us",
        "mentionedJid": [f"{COMPANY}@c.us", "5521900001111@c.us", f"{COMPANY}@c.us"],
        "_data": engine_data({"conversation": TEXT}, Type="text", Chat=GROUP, IsGroup=True),
    }
)
OWN = make_event(
    {
        "id": f"true_{CONTACT}@c.us_{MESSAGE_ID}",
        "from": f"{COMPANY}@c.us",
        "to": f"{CONTACT}@c.us",
        "fromMe": True,
        "_data": engine_data(
            {"conversation": TEXT},
            Type="text",
            Sender=f"{COMPANY}:7@s.whatsapp.net",
            PushName="Padaria",
            IsFromMe=True,
        ),
    },
    name="message.any",
)


def by_lid(**info: Any) -> Json:
    """The platform hides the contact's number behind an alias."""
    source = {"Chat": LID, "Sender": LID, **info}
    return make_event(
        {
            "id": f"false_{LID}_{MESSAGE_ID}",
            "from": LID,
            "to": None,
            "_data": engine_data({"conversation": TEXT}, Type="text", **source),
        }
    )


def own_by_lid(**info: Any) -> Json:
    source = {"Chat": LID, "Sender": f"{COMPANY}:7@s.whatsapp.net", "SenderAlt": LID, **info}
    return make_event(
        {
            "from": f"{COMPANY}@c.us",
            "to": LID,
            "fromMe": True,
            "_data": engine_data({"conversation": TEXT}, Type="text", **source),
        }
    )


def in_group(participant: str | None, **info: Any) -> Json:
    source = {"Chat": GROUP, "Sender": LID, "SenderAlt": "", **info}
    data = engine_data({"conversation": TEXT}, Type="text", **source)
    return make_event({"from": GROUP, "to": None, "participant": participant, "_data": data})


RECEIPT = {"Chat": LID, "Sender": LID, "SenderAlt": f"{CONTACT}:1@s.whatsapp.net", "MessageIDs": [MESSAGE_ID]}
