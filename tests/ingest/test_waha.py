"""WAHA events as its engines send them, and what they must be read as."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventros.application.process_inbound_message import InboundMessage
from ventros.application.record_message_ack import MessageAck
from ventros.crm.messages.aggregate import ContentType, MessageStatus
from ventros.crm.messages.events import MessageFromAdTracked
from ventros.ingest.waha import Rejected, Skipped, WahaAck, WahaMessage, interpret

Json = dict[str, Any]

CHANNEL = UUID("0197a000-0000-7000-8000-000000000001")
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


def event(payload: Json | None = None, *, name: str = "message", **changes: Any) -> Json:
    """An inbound text; ``payload`` and the keywords replace keys, ``...`` as a value removes one."""
    whole: Json = {
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
            "_data": engine({"conversation": TEXT}, Type="text"),
        },
        "engine": "GOWS",
        "environment": {"version": "2025.6.3", "engine": "GOWS", "tier": "PLUS"},
    }
    replace(whole, changes)
    if isinstance(whole.get("payload"), dict):
        replace(whole["payload"], payload or {})
    return whole


def engine(message: Json, **info: Any) -> Json:
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


def media_event(kind: str, *, media_type: str | None = None, **content: Any) -> Json:
    """A media message as WAHA sends it when it stored the media."""
    return event(
        {
            "body": None,
            "hasMedia": True,
            "media": {**STORED, "filename": None, "s3": {"Bucket": "waha", "Key": "a.bin"}},
            "_data": engine({f"{kind}Message": {**ENGINE, **content}}, MediaType=media_type or kind),
        }
    )


def ack(payload: Json | None = None, **changes: Any) -> Json:
    """The contact's phone got our message."""
    whole = event(name="message.ack", **changes)
    whole["payload"] = {
        "id": f"true_{CONTACT}@c.us_{MESSAGE_ID}",
        "from": f"{COMPANY}@c.us",
        "to": f"{CONTACT}@c.us",
        "participant": None,
        "fromMe": True,
        "ack": 2,
        "ackName": "DEVICE",
    }
    replace(whole["payload"], payload or {})
    return whole


def replace(target: Json, changes: Json) -> None:
    for key, value in changes.items():
        if value is ...:
            target.pop(key, None)
        else:
            target[key] = value


Path = tuple[str, ...]


def paths(whole: Json, above: Path = ()) -> Iterator[Path]:
    for key, value in whole.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from paths(value, (*above, key))


def with_value(whole: Json, path: Path, value: object) -> Json:
    """A copy; ``...`` removes the key."""
    changed = copy.deepcopy(whole)
    parent = changed
    for key in path[:-1]:
        parent = parent[key]
    replace(parent, {path[-1]: value})
    return changed


def line(whole: object) -> bytes:
    return json.dumps(whole, ensure_ascii=False).encode() + b"\n"


def message(whole: Json) -> WahaMessage:
    read = interpret(line(whole))
    assert isinstance(read, WahaMessage)
    return read


def report(whole: Json) -> WahaAck:
    read = interpret(line(whole))
    assert isinstance(read, WahaAck)
    return read


def rejected(raw: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        interpret(raw)
    assert str(caught.value) == caught.value.reason
    return caught.value.reason


IMAGE = media_event("image", caption="este bolo")
VOICE = media_event("audio", media_type="ptt", PTT=True)
DOCUMENT = media_event("document", fileName="pedido.pdf", caption="segue o pedido")
LOCATION = event(
    {
        "body": None,
        "_data": engine(
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
CARD = event(
    {
        "body": None,
        "_data": engine({"contactMessage": {"displayName": "Bruno Lima", "vcard": VCARD}}, MediaType="vcard"),
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
AD = event({"_data": engine({"extendedTextMessage": {"text": TEXT, "contextInfo": CONTEXT}}, Type="text")})
IN_GROUP = event(
    {
        "id": f"false_{GROUP}_{MESSAGE_ID}_{CONTACT}@c.us",
        "from": GROUP,
        "to": f"{CONTACT}@c.us",
        "participant": f"{CONTACT}@c.us",
        "mentionedJid": [f"{COMPANY}@c.us", "5521900001111@c.us", f"{COMPANY}@c.us"],
        "_data": engine({"conversation": TEXT}, Type="text", Chat=GROUP, IsGroup=True),
    }
)
OWN = event(
    {
        "id": f"true_{CONTACT}@c.us_{MESSAGE_ID}",
        "from": f"{COMPANY}@c.us",
        "to": f"{CONTACT}@c.us",
        "fromMe": True,
        "_data": engine(
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
    return event(
        {
            "id": f"false_{LID}_{MESSAGE_ID}",
            "from": LID,
            "to": None,
            "_data": engine({"conversation": TEXT}, Type="text", **source),
        }
    )


def own_by_lid(**info: Any) -> Json:
    source = {"Chat": LID, "Sender": f"{COMPANY}:7@s.whatsapp.net", "SenderAlt": LID, **info}
    return event(
        {
            "from": f"{COMPANY}@c.us",
            "to": LID,
            "fromMe": True,
            "_data": engine({"conversation": TEXT}, Type="text", **source),
        }
    )


def test_text_becomes_a_command() -> None:
    assert message(event()).command(CHANNEL) == InboundMessage(
        channel_id=CHANNEL,
        channel_message_id=MESSAGE_ID,
        contact_phone=CONTACT,
        contact_name="Ana Souza",
        content_type=ContentType.TEXT,
        received_at=WRITTEN,
        from_me=False,
        text=TEXT,
        metadata={"source": "waha", "event_id": EVENT_ID, "session": "sales"},
        event_id=uuid5(NAMESPACE_OID, EVENT_ID),
    )


def test_command_takes_every_field_over() -> None:
    read = attrs.evolve(message(DOCUMENT), mentions=("a",), tracking={"ctwa_click_id": "b"}, from_me=True)
    command = read.command(CHANNEL)
    for field in attrs.fields(WahaMessage):
        if field.name != "session":
            assert getattr(command, field.name) == getattr(read, field.name), field.name
    assert read.session == "sales"


def test_only_an_advertisement_makes_an_advertisement() -> None:
    """An entry point is told of ordinary first messages too."""
    assert message(AD).command(CHANNEL).is_from_ad
    entry = {"contextInfo": {"entryPointConversionSource": "global_search_new_chat"}}
    read = message(event({"_data": engine({"extendedTextMessage": {"text": "x", **entry}})})).command(CHANNEL)
    assert (read.tracking, read.is_from_ad) == ({"entry_point_source": "global_search_new_chat"}, False)


def test_own_messages_belong_to_the_recipient() -> None:
    read = message(OWN)
    assert (read.from_me, read.contact_phone, read.contact_name) == (True, CONTACT, None)


def test_both_events_of_a_message_say_the_same() -> None:
    assert message(event(name="message.any")) == message(event(name="message"))


@pytest.mark.parametrize(
    ("whole", "kind", "text", "extra"),
    [
        pytest.param(event(), ContentType.TEXT, TEXT, {}, id="text"),
        pytest.param(event({"_data": ...}), ContentType.TEXT, TEXT, {}, id="text, no engine detail"),
        pytest.param(AD, ContentType.TEXT, TEXT, {"is_from_ad": True}, id="extended text"),
        pytest.param(IMAGE, ContentType.IMAGE, "este bolo", {"caption": "este bolo"}, id="image"),
        pytest.param(media_event("video"), ContentType.VIDEO, None, {}, id="video"),
        pytest.param(media_event("audio"), ContentType.AUDIO, None, {}, id="audio"),
        pytest.param(VOICE, ContentType.VOICE, None, {}, id="voice"),
        pytest.param(media_event("audio", media_type="ptt"), ContentType.VOICE, None, {}, id="voice by name"),
        pytest.param(media_event("audio", PTT=True), ContentType.VOICE, None, {}, id="voice by mark"),
        pytest.param(
            DOCUMENT,
            ContentType.DOCUMENT,
            "segue o pedido",
            {"caption": "segue o pedido", "filename": "pedido.pdf"},
            id="document",
        ),
        pytest.param(media_event("video", media_type="ptt"), ContentType.VIDEO, None, {}, id="no voice"),
        pytest.param(media_event("sticker"), ContentType.STICKER, None, {}, id="sticker"),
        pytest.param(
            event({"hasMedia": True, "media": STORED}), ContentType.TEXT, TEXT, {}, id="text, never media"
        ),
        pytest.param(
            LOCATION,
            ContentType.LOCATION,
            None,
            {
                "location": {
                    "latitude": -23.5505,
                    "longitude": -46.6333,
                    "name": "Praça da Sé",
                    "address": "Centro, São Paulo",
                }
            },
            id="location",
        ),
        pytest.param(
            CARD,
            ContentType.CONTACT,
            None,
            {"contact": {"display_name": "Bruno Lima", "vcard": VCARD}},
            id="contact",
        ),
    ],
)
def test_content(whole: Json, kind: ContentType, text: str | None, extra: Json) -> None:
    read = message(whole)
    assert (read.content_type, read.text) == (kind, text)
    stored = (STORED["url"], STORED["mimetype"]) if kind.is_media else (None, None)
    assert (read.media_url, read.media_mimetype) == stored
    assert read.metadata == {"source": "waha", "event_id": EVENT_ID, "session": "sales", **extra}


IN_ORDER = [
    ("conversation", TEXT, ContentType.TEXT),
    ("imageMessage", {}, ContentType.IMAGE),
    ("videoMessage", {}, ContentType.VIDEO),
    ("audioMessage", {}, ContentType.AUDIO),
    ("documentMessage", {}, ContentType.DOCUMENT),
    ("locationMessage", {}, ContentType.LOCATION),
    ("contactMessage", {}, ContentType.CONTACT),
    ("stickerMessage", {}, ContentType.STICKER),
    ("extendedTextMessage", {}, ContentType.TEXT),
]


@pytest.mark.parametrize("first", range(len(IN_ORDER)))
def test_first_content_that_is_there_decides(first: int) -> None:
    there = {key: value for key, value, _ in reversed(IN_ORDER[first:])}
    read = message(event({"_data": engine(there, MediaType="video")}))
    assert read.content_type is IN_ORDER[first][2]


def test_type_text_comes_before_all_content() -> None:
    whole = event({"_data": engine({"imageMessage": {"caption": "c"}}, Type="text", MediaType="image")})
    assert message(whole).content_type is ContentType.TEXT


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("image", ContentType.IMAGE),
        ("video", ContentType.VIDEO),
        ("audio", ContentType.AUDIO),
        ("ptt", ContentType.VOICE),
        ("document", ContentType.DOCUMENT),
        ("vcard", ContentType.CONTACT),
        ("location", ContentType.LOCATION),
        ("sticker", ContentType.STICKER),
    ],
)
def test_media_type_decides_when_there_is_no_content(media_type: str, kind: ContentType) -> None:
    assert message(event({"_data": engine({}, MediaType=media_type)})).content_type is kind


@pytest.mark.parametrize(
    ("body", "content", "text"),
    [
        ("body", {"conversation": "conversation"}, "body"),
        (None, {"conversation": "conversation", "extendedTextMessage": {"text": "extended"}}, "conversation"),
        ("", {"extendedTextMessage": {"text": "extended"}}, "extended"),
        (None, {"extendedTextMessage": {"text": "extended"}, "imageMessage": {"caption": "c"}}, "extended"),
        (None, {"imageMessage": {"caption": "caption"}}, "caption"),
        (None, {"imageMessage": {}}, None),
        (None, {"conversation": ""}, None),
    ],
)
def test_text_is_the_first_that_is_there(body: str | None, content: Json, text: str | None) -> None:
    read = message(event({"body": body, "_data": engine(content, MediaType="image")}))
    assert read.text == text
    assert read.metadata.get("caption") == (text if read.content_type.is_media else None)


@pytest.mark.parametrize(
    ("changes", "url", "mimetype"),
    [
        ({}, STORED["url"], STORED["mimetype"]),
        ({"media": {**STORED, "mimetype": None}}, STORED["url"], ENGINE["mimetype"]),
        ({"media": {**STORED, "url": None}}, ENGINE["URL"], STORED["mimetype"]),
        ({"media": None}, ENGINE["URL"], ENGINE["mimetype"]),
        ({"hasMedia": False}, ENGINE["URL"], ENGINE["mimetype"]),
        ({"media": None, "_data": engine({"imageMessage": {"url": "http://a/b"}})}, "http://a/b", None),
        ({"media": None, "_data": engine({"imageMessage": {}})}, None, None),
    ],
)
def test_media(changes: Json, url: str | None, mimetype: str | None) -> None:
    whole = media_event("image")
    whole["payload"].update(changes)
    read = message(whole)
    assert (read.media_url, read.media_mimetype) == (url, mimetype)


def test_latitude_zero_is_a_latitude() -> None:
    content = {"locationMessage": {"degreesLatitude": 0, "degreesLongitude": 0.0, "name": ""}}
    read = message(event({"_data": engine(content)}))
    assert read.metadata["location"] == {"latitude": 0.0, "longitude": 0.0}


def test_file_name_that_waha_gave_comes_first() -> None:
    whole = copy.deepcopy(DOCUMENT)
    whole["payload"]["media"]["filename"] = "stored.pdf"
    assert message(whole).metadata["filename"] == "stored.pdf"


def test_group_message_is_the_participants() -> None:
    read = message(IN_GROUP)
    assert read.contact_phone == read.conversation == CONTACT
    assert read.contact_name == "Ana Souza"
    assert read.metadata["group"] == {"group_external_id": GROUP, "participant": f"{CONTACT}@c.us"}
    assert read.mentions == (f"{COMPANY}@c.us", "5521900001111@c.us", f"{COMPANY}@c.us")


@pytest.mark.parametrize(
    ("reply_to", "extra"),
    [
        ("3EB0AA", {"reply_to": "3EB0AA"}),
        ({"id": "3EB0BB", "participant": f"{CONTACT}@c.us", "body": TEXT}, {"reply_to": "3EB0BB"}),
        ({"body": TEXT}, {}),
        (None, {}),
    ],
)
def test_reply(reply_to: object, extra: Json) -> None:
    plain = message(event()).metadata
    assert message(event({"replyTo": reply_to})).metadata == {**plain, **extra}


def test_tracking_has_our_names() -> None:
    read = message(AD)
    assert read.tracking == TRACKING
    told_by_the_event = {field.name for field in attrs.fields(MessageFromAdTracked) if field.init}
    assert told_by_the_event - {"event_id"} == set(TRACKING) - {"entry_point_source"}


def test_tracking_holds_only_what_is_there() -> None:
    def with_context(context: Json | None) -> WahaMessage:
        content = {"extendedTextMessage": {"text": TEXT, "contextInfo": context}}
        return message(event({"_data": engine(content)}))

    one = with_context({"externalAdReply": {"ctwaClid": "A", "sourceURL": ""}, "conversionSource": None})
    assert one.tracking == {"ctwa_click_id": "A"}
    for none in (with_context({"stanzaID": "3EB0", "quotedMessage": {}}), with_context(None)):
        assert none.tracking == {}
        assert "is_from_ad" not in none.metadata


def in_group(participant: str | None, **info: Any) -> Json:
    source = {"Chat": GROUP, "Sender": LID, "SenderAlt": "", **info}
    data = engine({"conversation": TEXT}, Type="text", **source)
    return event({"from": GROUP, "to": None, "participant": participant, "_data": data})


@pytest.mark.parametrize(
    "whole",
    [
        pytest.param(event({"from": f"{CONTACT}@s.whatsapp.net"}), id="other suffix"),
        pytest.param(event({"from": f"{CONTACT}:12@s.whatsapp.net"}), id="device"),
        pytest.param(event({"from": f"{CONTACT}.1:12@s.whatsapp.net"}), id="agent and device"),
        pytest.param(event({"from": CONTACT}), id="no suffix"),
        pytest.param(by_lid(Sender=f"{CONTACT}:1@s.whatsapp.net"), id="lid, Sender"),
        pytest.param(by_lid(SenderAlt=f"{CONTACT}:1@s.whatsapp.net"), id="lid, SenderAlt"),
        pytest.param(event({"from": None}), id="no from, Sender"),
        pytest.param(
            event({"from": "1786711188@broadcast", "to": None, "_data": engine({"conversation": TEXT})}),
            id="broadcast list",
        ),
        pytest.param(own_by_lid(Chat=f"{CONTACT}@s.whatsapp.net"), id="own to lid, Chat"),
        pytest.param(own_by_lid(RecipientAlt=f"{CONTACT}@s.whatsapp.net"), id="own to lid, RecipientAlt"),
        pytest.param(
            event(
                {"from": f"{CONTACT}@c.us", "to": None, "fromMe": True, "_data": {"Info": {"Type": "text"}}}
            ),
            id="own without to, chat in from",
        ),
        pytest.param(in_group(f"{CONTACT}:2@s.whatsapp.net"), id="group"),
        pytest.param(in_group(LID, SenderAlt=f"{CONTACT}@s.whatsapp.net"), id="group, lid"),
        pytest.param(in_group(None, Sender=f"{CONTACT}@s.whatsapp.net"), id="group, no participant"),
    ],
)
def test_phone(whole: Json) -> None:
    assert message(whole).contact_phone == CONTACT


def test_phone_stays_as_given() -> None:
    assert message(event({"from": f"+{CONTACT}@c.us"})).contact_phone == f"+{CONTACT}"


@pytest.mark.parametrize(
    ("whole", "field"),
    [
        pytest.param(by_lid(), "payload.from", id="lid"),
        pytest.param(by_lid(SenderAlt=LID), "payload.from", id="lid twice"),
        pytest.param(by_lid(SenderAlt="123@s.whatsapp.net"), "payload.from", id="lid, short SenderAlt"),
        pytest.param(event({"from": "123@c.us"}), "payload.from", id="too short, whatever Sender is"),
        pytest.param(event({"from": "ana.souza99@c.us"}), "payload.from", id="letters"),
        pytest.param(event({"from": f"{CONTACT}\u0665@c.us"}), "payload.from", id="not ASCII"),
        pytest.param(
            with_value(own_by_lid(), ("payload", "from"), "551140028923@c.us"),
            "payload.to",
            id="own to lid: from is the writer",
        ),
        pytest.param(
            event(
                {"from": f"{COMPANY}@c.us", "to": "", "fromMe": True, "_data": {"Info": {"Type": "text"}}},
                me={"jid": f"{COMPANY}:7@s.whatsapp.net"},
            ),
            "payload.to",
            id="own without to, only our device is known",
        ),
        pytest.param(own_by_lid(), "payload.to", id="own to lid: never our own number"),
        pytest.param(
            event(
                {"from": f"{COMPANY}@c.us", "to": None, "fromMe": True, "_data": {"Info": {"Type": "text"}}}
            ),
            "payload.to",
            id="own without to, ourselves in from",
        ),
        pytest.param(
            event(
                {"from": f"{COMPANY}@c.us", "to": None, "fromMe": True, "_data": {"Info": {"Type": "text"}}},
                me=None,
            ),
            "payload.to",
            id="own without to, from may be anybody",
        ),
        pytest.param(in_group(LID), "payload.participant", id="group, lid"),
        pytest.param(in_group("12@c.us"), "payload.participant", id="group, too short"),
    ],
)
def test_no_phone(whole: Json, field: str) -> None:
    reason = rejected(line(whole))
    assert reason.startswith(f"{field} is no phone number")
    assert not any(secret in reason for secret in (TEXT, CONTACT, COMPANY, LID, "123"))


@pytest.mark.parametrize("name", [" ", "", None, ...])
def test_no_name(name: object) -> None:
    whole = event()
    replace(whole["payload"]["_data"]["Info"], {"PushName": name})
    assert message(whole).contact_name is None


def test_event_without_id() -> None:
    read = message(event(id=None))
    assert read.event_id is None
    assert "event_id" not in read.metadata


@pytest.mark.parametrize(
    ("info", "id_", "own"),
    [
        ({"IsFromMe": True}, MESSAGE_ID, True),
        ({}, f"true_{CONTACT}@c.us_{MESSAGE_ID}", True),
        ({}, f"false_{CONTACT}@c.us_{MESSAGE_ID}", False),
        ({}, MESSAGE_ID, False),
    ],
)
def test_direction_when_the_payload_does_not_tell(info: Json, id_: str, own: bool) -> None:
    whole = event({"id": id_, "fromMe": ..., "_data": {"Info": {"Type": "text", **info}}})
    assert message(whole).from_me is own


def test_direction_that_the_payload_tells_is_the_one() -> None:
    whole = event(
        {"id": f"true_{CONTACT}@c.us_{MESSAGE_ID}", "_data": {"Info": {"Type": "text", "IsFromMe": True}}}
    )
    assert message(whole).from_me is False


@pytest.mark.parametrize(
    ("whole", "at"),
    [
        (event(), WRITTEN),
        (event({"timestamp": None}), SENT.replace(microsecond=0)),
        (event(timestamp=None), WRITTEN),
        (event({"timestamp": 0}), datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_received_at(whole: Json, at: datetime) -> None:
    assert message(whole).received_at == at
    assert message(whole).received_at.tzinfo is UTC


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
    read = report(ack({"ack": code, "ackName": name}))
    assert read.session == "sales"
    assert read.command(CHANNEL) == MessageAck(
        channel_id=CHANNEL,
        channel_message_id=f"true_{CONTACT}@c.us_{MESSAGE_ID}",
        status=status,
        at=SENT,
        event_id=uuid5(NAMESPACE_OID, EVENT_ID),
    )
    assert report(ack({"ack": code, "ackName": None})).status is status
    assert report(ack({"ack": None, "ackName": name})).status is status


def test_ack_time_falls_back_to_the_payloads() -> None:
    read = report(ack({"timestamp": int(WRITTEN.timestamp())}, timestamp=None))
    assert read.at == WRITTEN


RECEIPT = {"Chat": LID, "Sender": LID, "SenderAlt": f"{CONTACT}:1@s.whatsapp.net", "MessageIDs": [MESSAGE_ID]}


@pytest.mark.parametrize(
    ("of", "whole"),
    [
        pytest.param(OWN, ack(), id="own"),
        pytest.param(OWN, ack({"id": MESSAGE_ID}), id="bare id"),
        pytest.param(OWN, ack({"id": MESSAGE_ID, "from": f"{CONTACT}@c.us", "to": None}), id="chat in from"),
        pytest.param(OWN, ack({"from": None, "to": None}), id="only the id tells"),
        pytest.param(OWN, ack({"id": MESSAGE_ID, "to": LID, "_data": RECEIPT}), id="lid, SenderAlt"),
        pytest.param(OWN, ack({"id": MESSAGE_ID, "to": LID, "_data": {"Info": RECEIPT}}), id="lid, Info"),
        pytest.param(
            event(),
            ack({"id": MESSAGE_ID, "from": f"{CONTACT}@c.us", "to": f"{COMPANY}@c.us", "fromMe": False}),
            id="the contact's own message",
        ),
        pytest.param(
            IN_GROUP,
            ack(
                {
                    "id": IN_GROUP["payload"]["id"],
                    "from": GROUP,
                    "to": f"{COMPANY}@c.us",
                    "participant": f"{COMPANY}@c.us",
                    "fromMe": False,
                }
            ),
            id="in a group, read by us",
        ),
    ],
)
def test_ack_is_of_the_messages_conversation(of: Json, whole: Json) -> None:
    assert report(whole).conversation == message(of).conversation


def test_ack_that_tells_no_phone_has_a_conversation_still() -> None:
    alias = LID.removesuffix("@lid")
    assert report(ack({"id": MESSAGE_ID, "to": LID})).conversation == alias
    ours = {"Chat": LID, "Sender": f"{COMPANY}:7@s.whatsapp.net"}
    assert report(ack({"id": MESSAGE_ID, "to": LID, "_data": ours})).conversation == alias
    assert report(ack({"id": MESSAGE_ID, "to": None, "from": None})).conversation == MESSAGE_ID


def test_conversations_of_two_contacts_differ() -> None:
    assert message(event()).conversation != message(event({"from": "5521900001111@c.us"})).conversation


@pytest.mark.parametrize(
    ("whole", "reason"),
    [
        (event(name="session.status"), "event session.status"),
        (event(name="presence.update"), "event presence.update"),
        (event({"from": "status@broadcast"}), "status broadcast"),
        (event({"to": "status@broadcast", "fromMe": True}), "status broadcast"),
        (event({"_data": engine({}, Chat="status@broadcast")}), "status broadcast"),
        (ack({"to": "status@broadcast"}), "status broadcast"),
        (ack({"id": "true_status@broadcast_3EB0", "from": None, "to": None}), "status broadcast"),
        (event({"from": "120363999@newsletter"}), "newsletter"),
        (event({"from": GROUP, "participant": f"{COMPANY}@c.us", "fromMe": True}), "own message in a group"),
    ],
)
def test_skipped(whole: Json, reason: str) -> None:
    assert interpret(line(whole)) == Skipped(reason)


@pytest.mark.parametrize("name", ["session.status", "group.v2.join", "MESSAGE"])
@pytest.mark.parametrize("payload", [None, 1, [], "text", {"id": 7, "timestamp": "never"}])
def test_other_events_are_skipped_whatever_they_hold(name: str, payload: object) -> None:
    assert interpret(line({"event": name, "payload": payload})) == Skipped(f"event {name}")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(b"", "not JSON", id="empty"),
        pytest.param(b"hello", "not JSON", id="no JSON"),
        pytest.param(line(event())[:200], "not JSON", id="cut"),
        pytest.param(line(event()) + b"{}", "not JSON", id="two"),
        pytest.param(
            b'{"event": "message", "x": "\xff"}', "not UTF-8: byte 27", id="not UTF-8, where ignored"
        ),
        pytest.param(line(event({"body": "?"})).replace(b"?", b"\\ud800"), "not JSON", id="half a pair"),
        pytest.param(line(event({"body": "?"})).replace(b"?", b"\\udc00"), "not JSON", id="other half"),
        pytest.param(b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too deeply", id="deep"),
        pytest.param(b"[1]", "Expected `object`, got `array`", id="no object"),
        pytest.param(line(event(event=...)), "event is missing", id="no event"),
        pytest.param(line(event(event="")), "event is missing", id="empty event"),
        pytest.param(line(event(event=5)), "$.event", id="event is a number"),
        pytest.param(line(event(session=...)), "session is missing", id="no session"),
        pytest.param(line(event(session="")), "session is missing", id="empty session"),
        pytest.param(line(with_value(event(), ("payload",), ...)), "payload.id is missing", id="no payload"),
        pytest.param(line(event({"id": ...})), "payload.id is missing", id="no message id"),
        pytest.param(line(event({"id": ""})), "payload.id is missing", id="empty message id"),
        pytest.param(line(ack({"id": ...})), "payload.id is missing", id="ack without message id"),
        pytest.param(line(ack(session=None)), "session is missing", id="ack without session"),
        pytest.param(line(event({"body": [TEXT]})), "got `array` - at `$.payload.body`", id="body is a list"),
        pytest.param(line(event({"timestamp": "1"})), "$.payload.timestamp", id="time is a text"),
        pytest.param(line(event({"timestamp": ...}, timestamp=...)), "timestamp are missing", id="no time"),
        pytest.param(
            line(event({"timestamp": 1752071415000})), "payload.timestamp is not", id="milliseconds"
        ),
        pytest.param(line(event({"timestamp": -(10**40)})), "payload.timestamp is not", id="before year 1"),
        pytest.param(line(ack(timestamp=10**30)), "timestamp is not within", id="ack after year 9999"),
        pytest.param(line(ack(timestamp=None)), "timestamp are missing", id="ack without time"),
        pytest.param(line(ack({"ack": 5})), "payload.ack is missing or unknown", id="ack 5"),
        pytest.param(line(ack({"ack": -2, "ackName": "READ"})), "payload.ack is", id="ack -2"),
        pytest.param(line(ack({"ack": True})), "$.payload.ack", id="ack true"),
        pytest.param(line(ack({"ack": None, "ackName": "SEEN"})), "payload.ackName is", id="ack name"),
        pytest.param(line(ack({"ack": None, "ackName": None})), "payload.ackName is", id="no ack"),
        pytest.param(
            line(event({"_data": engine({"pollCreationMessage": {}}, Type="poll")})),
            "type 'poll' and media type unknown",
            id="poll",
        ),
        pytest.param(
            line(event({"_data": engine({}, MediaType="interactive")})),
            "type 'media' and media type 'interactive'",
            id="unknown media type",
        ),
        pytest.param(
            line(event({"_data": engine({}, Type="x" * 1000)})), f"type {'x' * 40!r} and", id="long type"
        ),
        pytest.param(
            line(event({"_data": ..., "body": ...})), "type unknown and media type unknown", id="no detail"
        ),
        pytest.param(
            line(event({"_data": ..., "hasMedia": True})), "type unknown", id="media without detail"
        ),
    ],
)
def test_rejected(raw: bytes, reason: str) -> None:
    said = rejected(raw)
    assert reason in said
    assert "\n" not in said
    assert TEXT not in said


EVENTS = [
    event(),
    AD,
    IMAGE,
    VOICE,
    DOCUMENT,
    media_event("sticker"),
    LOCATION,
    CARD,
    IN_GROUP,
    OWN,
    by_lid(SenderAlt=f"{CONTACT}@s.whatsapp.net"),
    event({"replyTo": {"id": "3EB0"}}),
    ack(),
    ack({"id": MESSAGE_ID, "to": LID, "_data": RECEIPT}),
]

PLACES = [(whole, path) for whole in EVENTS for path in paths(whole)]


def outcome(raw: bytes) -> object:
    try:
        return interpret(raw)
    except Rejected as error:
        return error.reason


@given(st.sampled_from(EVENTS), st.data())
def test_null_and_absent_are_the_same(whole: Json, data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from(sorted(paths(whole))), max_size=6))
    null = absent = whole
    # The longest first: a place within an object that is itself taken away is gone.
    for path in sorted(chosen, key=len, reverse=True):
        null, absent = with_value(null, path, None), with_value(absent, path, ...)
    assert outcome(line(null)) == outcome(line(absent))


@pytest.mark.parametrize("whole", EVENTS)
def test_unknown_keys_are_ignored_at_every_level(whole: Json) -> None:
    objects = [(), *(path for path in paths(whole) if isinstance(at(whole, path), dict))]
    for path in objects:
        extended = with_value(whole, (*path, "unheardOf"), {"nested": [1, TEXT]})
        assert outcome(line(extended)) == outcome(line(whole)), path


def at(whole: Json, path: Path) -> object:
    found: Any = whole
    for key in path:
        found = found[key]
    return found


@given(st.binary())
def test_bytes_are_at_worst_rejected(raw: bytes) -> None:
    assert isinstance(outcome(raw), str | Skipped)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(PLACES), JSON)
def test_anything_anywhere_is_at_worst_rejected(place: tuple[Json, Path], value: object) -> None:
    whole, path = place
    read = outcome(json.dumps(with_value(whole, path, value)).encode())
    if isinstance(read, WahaMessage | WahaAck):
        assert read.session
        assert read.conversation
        assert read.channel_message_id
    else:
        assert isinstance(read, str | Skipped)
