"""What was written: content type, text, media, metadata and the origin in an advertisement."""

from __future__ import annotations

import copy

import attrs
import pytest

from tests.support.waha import (
    AD,
    CARD,
    CONTACT,
    DOCUMENT,
    ENGINE,
    EVENT_ID,
    IMAGE,
    LOCATION,
    MESSAGE_ID,
    STORED,
    TEXT,
    TRACKING,
    VCARD,
    VOICE,
    Json,
    engine_data,
    make_event,
    make_media_event,
    message,
)
from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.crm.messages.events import MessageFromAdTracked
from ventros.crm.messages.values import ContentType

PLAIN = {"source": "waha", "event_id": EVENT_ID, "session": "sales", "message_id": MESSAGE_ID}


def test_only_an_advertisement_makes_an_advertisement() -> None:
    """An entry point is told of ordinary first messages too."""
    assert message(AD).is_from_ad
    entry = {"contextInfo": {"entryPointConversionSource": "global_search_new_chat"}}
    command = message(make_event({"_data": engine_data({"extendedTextMessage": {"text": "x", **entry}})}))
    assert (command.tracking, command.is_from_ad) == ({"entry_point_source": "global_search_new_chat"}, False)


@pytest.mark.parametrize(
    ("event", "kind", "text", "extra"),
    [
        pytest.param(make_event(), ContentType.TEXT, TEXT, {}, id="text"),
        pytest.param(make_event({"_data": ...}), ContentType.TEXT, TEXT, {}, id="text, no engine detail"),
        pytest.param(AD, ContentType.TEXT, TEXT, {"is_from_ad": True}, id="extended text"),
        pytest.param(IMAGE, ContentType.IMAGE, "este bolo", {}, id="image"),
        pytest.param(make_media_event("video"), ContentType.VIDEO, None, {}, id="video"),
        pytest.param(make_media_event("audio"), ContentType.AUDIO, None, {}, id="audio"),
        pytest.param(VOICE, ContentType.VOICE, None, {}, id="voice"),
        pytest.param(
            make_media_event("audio", media_type="ptt"), ContentType.VOICE, None, {}, id="voice by name"
        ),
        pytest.param(make_media_event("audio", PTT=True), ContentType.VOICE, None, {}, id="voice by mark"),
        pytest.param(
            DOCUMENT,
            ContentType.DOCUMENT,
            "segue o pedido",
            {"filename": "pedido.pdf"},
            id="document",
        ),
        pytest.param(make_media_event("video", media_type="ptt"), ContentType.VIDEO, None, {}, id="no voice"),
        pytest.param(make_media_event("sticker"), ContentType.STICKER, None, {}, id="sticker"),
        pytest.param(
            make_event({"hasMedia": True, "media": STORED}),
            ContentType.TEXT,
            TEXT,
            {"media_url": STORED["url"], "mimetype": STORED["mimetype"]},
            id="text, never media",
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
            {"contacts": [{"display_name": "Bruno Lima", "vcard": VCARD}]},
            id="contact",
        ),
    ],
)
def test_content(event: Json, kind: ContentType, text: str | None, extra: Json) -> None:
    command = message(event)
    assert (command.content_type, command.text) == (kind, text)
    stored = (STORED["url"], STORED["mimetype"]) if kind.is_media else (None, None)
    assert (command.media_url, command.media_mimetype) == stored
    assert command.metadata == {**PLAIN, **extra}


PLACE = {"degreesLatitude": 1, "degreesLongitude": 2}


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("conversation", TEXT, ContentType.TEXT),
        ("imageMessage", {}, ContentType.IMAGE),
        ("videoMessage", {}, ContentType.VIDEO),
        ("audioMessage", {}, ContentType.AUDIO),
        ("documentMessage", {}, ContentType.DOCUMENT),
        ("locationMessage", PLACE, ContentType.LOCATION),
        ("contactMessage", {}, ContentType.CONTACT),
        ("stickerMessage", {}, ContentType.STICKER),
        ("extendedTextMessage", {}, ContentType.TEXT),
    ],
)
def test_what_was_written_comes_before_what_the_engine_calls_it(
    name: str, value: object, kind: ContentType
) -> None:
    event = make_event({"_data": engine_data({name: value}, MediaType="video")})
    assert message(event).content_type is kind


def test_type_text_comes_before_all_content() -> None:
    event = make_event(
        {"_data": engine_data({"imageMessage": {"caption": "c"}}, Type="text", MediaType="image")}
    )
    assert message(event).content_type is ContentType.TEXT


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("image", ContentType.IMAGE),
        ("video", ContentType.VIDEO),
        ("audio", ContentType.AUDIO),
        ("ptt", ContentType.VOICE),
        ("document", ContentType.DOCUMENT),
        ("vcard", ContentType.CONTACT),
        ("sticker", ContentType.STICKER),
    ],
)
def test_media_type_decides_when_there_is_no_content(media_type: str, kind: ContentType) -> None:
    assert message(make_event({"_data": engine_data({}, MediaType=media_type)})).content_type is kind


@pytest.mark.parametrize(
    ("body", "content", "text"),
    [
        ("body", {"conversation": "conversation"}, "body"),
        (None, {"conversation": "conversation", "extendedTextMessage": {"text": "extended"}}, "conversation"),
        ("", {"extendedTextMessage": {"text": "extended"}}, "extended"),
        (None, {"imageMessage": {"caption": "caption"}}, "caption"),
        (None, {"imageMessage": {}}, None),
    ],
)
def test_text_is_the_first_that_is_there(body: str | None, content: Json, text: str | None) -> None:
    command = message(make_event({"body": body, "_data": engine_data(content, MediaType="image")}))
    assert command.text == text


@pytest.mark.parametrize(
    ("changes", "url", "mimetype"),
    [
        ({}, STORED["url"], STORED["mimetype"]),
        ({"media": {**STORED, "mimetype": None}}, STORED["url"], ENGINE["mimetype"]),
        ({"media": {**STORED, "url": None}}, None, STORED["mimetype"]),
        ({"media": None}, None, ENGINE["mimetype"]),
        ({"media": None, "mediaUrl": STORED["url"]}, STORED["url"], ENGINE["mimetype"]),
        ({"media": {**STORED, "url": "/api/files/a.jpg"}}, None, STORED["mimetype"]),
        ({"media": {**STORED, "url": "https://a.whatsapp.net"}}, None, STORED["mimetype"]),
        ({"media": {**STORED, "url": "data:image/jpeg;base64,/9j/"}}, None, STORED["mimetype"]),
        ({"media": {**STORED, "url": f"https://a.example/{'x' * 2048}"}}, None, STORED["mimetype"]),
        ({"media": {**STORED, "url": ["https://a.example/"]}}, None, STORED["mimetype"]),
        ({"media": None, "_data": engine_data({"imageMessage": {}})}, None, None),
    ],
)
def test_media(changes: Json, url: str | None, mimetype: str | None) -> None:
    event = make_media_event("image")
    event["payload"].update(changes)
    command = message(event)
    assert (command.media_url, command.media_mimetype) == (url, mimetype)
    assert command.metadata.get("mimetype") == (None if url else mimetype)


def test_latitude_zero_is_a_latitude() -> None:
    content = {"locationMessage": {"degreesLatitude": 0, "degreesLongitude": 0.0, "name": ""}}
    command = message(make_event({"_data": engine_data(content)}))
    assert command.metadata["location"] == {"latitude": 0.0, "longitude": 0.0}


def test_file_name_that_waha_gave_comes_first() -> None:
    event = copy.deepcopy(DOCUMENT)
    event["payload"]["media"]["filename"] = "stored.pdf"
    assert message(event).metadata["filename"] == "stored.pdf"


@pytest.mark.parametrize(
    ("reply_to", "extra"),
    [
        ("3EB0AA", {}),
        (
            {"id": "3EB0AA", "participant": f"{CONTACT}@c.us", "body": TEXT},
            {"quoted": {"participant": f"{CONTACT}@c.us", "text": TEXT}},
        ),
        (f"true_{CONTACT}@c.us_3EB0AA", {"quoted": {"message_id": f"true_{CONTACT}@c.us_3EB0AA"}}),
    ],
)
def test_reply(reply_to: object, extra: Json) -> None:
    command = message(make_event({"replyTo": reply_to}))
    assert (command.reply_to, command.metadata) == ("3EB0AA", {**PLAIN, **extra})


@pytest.mark.parametrize("reply_to", [None, {"body": TEXT}, [], ""])
def test_no_reply(reply_to: object) -> None:
    command = message(make_event({"replyTo": reply_to}))
    assert (command.reply_to, command.metadata) == (None, PLAIN)


def test_tracking_has_our_names() -> None:
    command = message(AD)
    assert command.tracking == TRACKING
    event_fields = {field.name for field in attrs.fields(MessageFromAdTracked) if field.init}
    assert event_fields - {"event_id"} == set(TRACKING) - {"entry_point_source"}


def test_tracking_holds_only_what_is_there() -> None:
    def with_context(context: Json | None) -> InboundMessage:
        content = {"extendedTextMessage": {"text": TEXT, "contextInfo": context}}
        return message(make_event({"_data": engine_data(content)}))

    one = with_context({"externalAdReply": {"ctwaClid": "A", "sourceURL": ""}, "conversionSource": None})
    assert one.tracking == {"ctwa_click_id": "A"}
    for none in (with_context({"stanzaID": "3EB0", "quotedMessage": {}}), with_context(None)):
        assert none.tracking == {}
        assert "is_from_ad" not in none.metadata
