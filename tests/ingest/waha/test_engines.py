"""The same thing, sent by each engine, is read as the same message."""

from __future__ import annotations

import pytest

from tests.support.waha import CONTACT, LID, Json, message, skip_reason
from tests.support.waha_engines import ID, gows, neutral, noweb, webjs
from ventros.crm.messages.values import ContentType
from ventros.ingest.waha.engines import detail_of
from ventros.ingest.waha.wire import fields

PHONE = f"{CONTACT}@s.whatsapp.net"
LID_DIGITS = LID.removesuffix("@lid")
STORED = {"url": "http://waha:3000/api/files/a.bin", "mimetype": "application/x-stored"}


def test_the_shape_tells_the_engine_and_not_its_name() -> None:
    for made, kind in (
        (gows({"conversation": "oi"}), "text"),
        (noweb({"imageMessage": {}}), "image"),
        (webjs("ptt"), "voice"),
        (neutral(), None),
    ):
        assert detail_of(fields(made["payload"])).kind == kind


T = ContentType
CONTENTS: list[tuple[ContentType, str | None, Json]] = [
    (T.TEXT, "oi", gows({"conversation": "oi"}, body="oi", info={"Type": "text"})),
    (T.TEXT, "oi", gows({"extendedTextMessage": {"text": "oi"}})),
    (T.TEXT, "oi", noweb({"conversation": "oi"}, body="oi")),
    (T.TEXT, "oi", noweb({"ephemeralMessage": {"message": {"extendedTextMessage": {"text": "oi"}}}})),
    (T.TEXT, "oi", webjs("chat", body="oi")),
    (T.TEXT, "oi", neutral(body="oi")),
    (T.TEXT, "BEGIN:VCARD is how it begins", neutral(body="BEGIN:VCARD is how it begins")),
    (T.IMAGE, "c", gows({"imageMessage": {"caption": "c"}}, hasMedia=True, media=STORED)),
    (T.IMAGE, "c", noweb({"imageMessage": {"caption": "c"}}, body="c", hasMedia=True, media=STORED)),
    (T.IMAGE, "c", webjs("image", body="c", hasMedia=True, media=STORED)),
    (T.IMAGE, "c", neutral(body="c", hasMedia=True, media={**STORED, "mimetype": "image/jpeg"})),
    (T.VIDEO, None, gows({"ptvMessage": {}}, hasMedia=True, media=STORED, info={"MediaType": "ptv"})),
    (T.VIDEO, None, noweb({"videoMessage": {"gifPlayback": True}}, hasMedia=True, media=STORED)),
    (T.VIDEO, None, webjs("gif", hasMedia=True, media=STORED)),
    (T.VIDEO, None, neutral(hasMedia=True, media={**STORED, "mimetype": "video/mp4"})),
    (T.VOICE, None, gows({"audioMessage": {"PTT": True}}, hasMedia=True, media=STORED)),
    (T.VOICE, None, noweb({"audioMessage": {"ptt": True}}, hasMedia=True, media=STORED)),
    (T.VOICE, None, webjs("ptt", hasMedia=True, media=STORED)),
    (T.VOICE, None, neutral(hasMedia=True, media={**STORED, "mimetype": "audio/ogg; codecs=opus"})),
    (T.AUDIO, None, gows({"audioMessage": {}}, hasMedia=True, media=STORED, info={"MediaType": "audio"})),
    (T.AUDIO, None, webjs("audio", hasMedia=True, media=STORED)),
    (T.AUDIO, None, neutral(hasMedia=True, media={**STORED, "mimetype": "audio/mpeg"})),
    (
        T.DOCUMENT,
        "c",
        gows(
            {"documentWithCaptionMessage": {"message": {"documentMessage": {"caption": "c"}}}},
            hasMedia=True,
            media=STORED,
        ),
    ),
    (T.DOCUMENT, None, noweb({"documentMessage": {"mimetype": "image/png"}}, hasMedia=True, media=STORED)),
    (T.DOCUMENT, None, webjs("document", hasMedia=True, media=STORED)),
    (T.DOCUMENT, None, neutral(hasMedia=True, media={**STORED, "mimetype": "application/pdf"})),
    (T.STICKER, None, gows({"lottieStickerMessage": {"message": {"stickerMessage": {}}}}, hasMedia=True)),
    (T.STICKER, None, noweb({"stickerMessage": {"url": "https://web.whatsapp.net"}}, hasMedia=True)),
    (T.STICKER, None, webjs("sticker", hasMedia=True, media=STORED)),
    (T.STICKER, None, neutral(hasMedia=True, media={**STORED, "mimetype": "image/webp"})),
    (T.UNSUPPORTED, "c", neutral(hasMedia=True, media=None, body="c")),
]


@pytest.mark.parametrize(("kind", "text", "made"), CONTENTS)
def test_content(kind: ContentType, text: str | None, made: Json) -> None:
    command = message(made)
    assert (command.content_type, command.text) == (kind, text)
    assert command.contact.phone == CONTACT
    assert command.channel_message_id == ID
    if kind.is_media and made["payload"]["media"]:
        assert command.media_url == STORED["url"]


CARDS = ["BEGIN:VCARD\nFN:Bia\nEND:VCARD", "BEGIN:VCARD\nFN:Caio\nEND:VCARD"]
THUMBNAIL = "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABsSFBcU"
LAT_LNG = {"degreesLatitude": -23.5, "degreesLongitude": -46.6}


@pytest.mark.parametrize(
    "made",
    [
        gows({"contactsArrayMessage": {"contacts": [{"vcard": card} for card in CARDS]}}),
        noweb({"contactsArrayMessage": {"contacts": [{"vcard": card} for card in CARDS]}}, vCards=CARDS),
        webjs("multi_vcard", vCards=CARDS),
        neutral(vCards=CARDS),
    ],
)
def test_every_card_is_kept(made: Json) -> None:
    command = message(made)
    assert (command.content_type, command.text) == (ContentType.CONTACT, None)
    assert [contact["vcard"] for contact in command.metadata["contacts"]] == CARDS


def test_a_card_may_be_the_body() -> None:
    command = message(webjs("vcard", body=CARDS[0]))
    assert (command.content_type, command.text) == (ContentType.CONTACT, None)
    assert command.metadata["contacts"] == [{"vcard": CARDS[0]}]


@pytest.mark.parametrize(
    ("made", "live"),
    [
        (gows({"locationMessage": LAT_LNG}), False),
        (gows({"liveLocationMessage": LAT_LNG}), True),
        (noweb({"liveLocationMessage": LAT_LNG}, location={"live": True}), True),
        (webjs("location", body=THUMBNAIL, data={"lat": -23.5, "lng": -46.6}), False),
        (
            webjs(
                "location", body=THUMBNAIL, location={"latitude": "-23.5", "longitude": "-46.6", "live": True}
            ),
            True,
        ),
        (
            neutral(body=THUMBNAIL, location={"latitude": -23.5, "longitude": -46.6, "thumbnail": THUMBNAIL}),
            False,
        ),
    ],
)
def test_location(made: Json, live: bool) -> None:
    command = message(made)
    assert (command.content_type, command.text) == (ContentType.LOCATION, None)
    place = command.metadata["location"]
    assert (place["latitude"], place["longitude"]) == (-23.5, -46.6)
    assert ("live_location" in command.metadata) is live


def test_the_words_of_a_place_are_its_text() -> None:
    made = gows({"liveLocationMessage": {**LAT_LNG, "caption": "chego já"}})
    assert message(made).text == "chego já"


@pytest.mark.parametrize(
    ("made", "text", "selected"),
    [
        (
            gows({"listResponseMessage": {"title": "4", "singleSelectReply": {"selectedRowID": "r4"}}}),
            "4",
            "r4",
        ),
        (
            noweb({"listResponseMessage": {"title": "4", "singleSelectReply": {"selectedRowId": "r4"}}}),
            "4",
            "r4",
        ),
        (
            webjs(
                "list_response",
                body="4",
                data={"listResponse": {"singleSelectReply": {"selectedRowId": "r4"}}},
            ),
            "4",
            "r4",
        ),
        (
            noweb({"templateButtonReplyMessage": {"selectedId": "x", "selectedDisplayText": "Quero"}}),
            "Quero",
            "x",
        ),
        (webjs("template_button_reply", body="Quero", data={"selectedId": "x"}), "Quero", "x"),
        (webjs("buttons_response", body="Sim", data={"selectedButtonId": "sim"}), "Sim", "sim"),
        (
            noweb(
                {
                    "interactiveResponseMessage": {
                        "body": {"text": "Sim"},
                        "nativeFlowResponseMessage": {"paramsJson": '{"id":"sim"}'},
                    }
                }
            ),
            "Sim",
            "sim",
        ),
        (
            gows(
                {
                    "interactiveResponseMessage": {
                        "InteractiveResponseMessage": {
                            "NativeFlowResponseMessage": {"paramsJSON": '{"id":"sim","display_text":"Sim"}'}
                        }
                    }
                },
                info={"MediaType": "native_flow_response"},
            ),
            "Sim",
            "sim",
        ),
        (neutral(body="Sim", interactiveResponse={"selectedId": "sim"}), "Sim", "sim"),
    ],
)
def test_a_choice_is_text_and_its_id_is_kept(made: Json, text: str, selected: str) -> None:
    command = message(made)
    assert (command.content_type, command.text) == (ContentType.TEXT, text)
    assert command.metadata["selected_id"] == selected


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (noweb({"buttonsMessage": {"contentText": "Escolha", "footerText": "Loja"}}), "Escolha\nLoja"),
        (noweb({"listMessage": {"title": "Menu", "description": "Escolha"}}), "Menu\nEscolha"),
        (
            gows(
                {"templateMessage": {"Format": {"HydratedFourRowTemplate": {"hydratedContentText": "Olá"}}}}
            ),
            "Olá",
        ),
        (noweb({"templateMessage": {"hydratedTemplate": {"hydratedContentText": "Olá"}}}), "Olá"),
        (
            noweb(
                {
                    "viewOnceMessage": {
                        "message": {
                            "interactiveMessage": {
                                "header": {"title": "Pedido"},
                                "carouselMessage": {
                                    "cards": [{"body": {"text": "1"}}, {"body": {"text": "2"}}]
                                },
                            }
                        }
                    }
                }
            ),
            "Pedido\n1\n2",
        ),
        (webjs("hsm", body="Olá"), "Olá"),
        (webjs("order", body="Quero este"), "Quero este"),
        (gows({"groupInviteMessage": {"groupName": "VIP"}}, body="Entre!"), "Entre!"),
    ],
)
def test_what_a_person_reads_is_text(made: Json, text: str) -> None:
    command = message(made)
    assert (command.content_type, command.text) == (ContentType.TEXT, text)
    assert command.metadata["kind"]


@pytest.mark.parametrize(
    ("made", "kind"),
    [
        (gows({"pollCreationMessageV3": {"name": "Dia?"}}), "poll"),
        (noweb({"pollCreationMessage": {"name": "Dia?"}}), "poll"),
        (webjs("poll_creation", data={"pollName": "Dia?", "pollOptions": [{"name": "Seg"}]}), "poll"),
        (noweb({"eventMessage": {"name": "Dia"}}), "event"),
        (webjs("event_creation", data={"eventName": "Dia"}), "event"),
        (noweb({"productMessage": {"product": {"title": "Pão"}}}), "product"),
        (webjs("product", data={"title": "Pão"}), "product"),
        (webjs("groups_v4_invite", data={"inviteGrpName": "VIP"}), "group invite"),
        (noweb({"requestPaymentMessage": {"amount1000": "5000"}}), "request payment"),
        (gows({"somethingNewMessage": {"x": 1}}), "something new"),
        (webjs("something_new"), "something new"),
        (noweb(None, key={"isViewOnce": True}), "view once"),
    ],
)
def test_content_of_no_type_is_kept_under_its_kind(made: Json, kind: str) -> None:
    command = message(made)
    assert (command.content_type, command.metadata["kind"]) == (ContentType.UNSUPPORTED, kind)


def test_what_is_kept_of_unsupported_content_is_small_and_can_be_read() -> None:
    content = {
        "name": "Dia?",
        "jpegThumbnail": "/9j/" * 9_000,
        "encKey": {"mediaKey": "AA=="},
        "long": "x" * 9_000,
        "deep": {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}},
        "many": list(range(9_000)),
    }
    kept = message(gows({"pollCreationMessage": content})).metadata["content"]
    assert kept["name"] == "Dia?"
    assert "jpegThumbnail" not in kept
    assert len(str(kept)) < 6_000


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (gows({"pinInChatMessage": {"type": 1}}, info={"Type": "text"}), "system entry: pin"),
        (gows({"senderKeyDistributionMessage": {"x": 1}}), "system entry: key distribution"),
        (gows({"protocolMessage": {"type": 5}}), "system entry: protocol message"),
        (gows({"albumMessage": {"expectedImageCount": 2}}), "system entry: album"),
        (gows({"encReactionMessage": {"x": 1}}), "system entry: encrypted reaction"),
        (gows({"secretEncryptedMessage": {"x": 1}}), "system entry: protocol message"),
        (gows({"messageContextInfo": {"x": 1}}), "message without content"),
        (gows({}), "message without content"),
        (gows(None), "message without content"),
        (noweb({"keepInChatMessage": {"x": 1}}), "system entry: kept message"),
        (noweb({"callLogMesssage": {"x": 1}}), "system entry: call log"),
        (noweb({"deviceSentMessage": {"destinationJid": "x"}}), "system entry: device sent"),
        (noweb({"protocolMessage": {"type": "EPHEMERAL_SETTING"}}), "system entry: protocol message"),
        (noweb(None, data={"messageStubType": 20}), "system entry: notification"),
        (noweb(None), "message without content"),
        (webjs("gp2"), "system entry: group notification"),
        (webjs("e2e_notification"), "system entry: encryption notice"),
        (webjs("notification_template"), "system entry: notification"),
        (webjs("ciphertext"), "system entry: undecrypted message"),
        (webjs("revoked"), "system entry: placeholder of a revoked message"),
        (webjs("call_log"), "system entry: call log"),
        (webjs("chat"), "message without content"),
        (neutral(), "message without content"),
        (neutral(body=""), "message without content"),
    ],
)
def test_what_is_no_message_is_skipped_by_name(made: Json, reason: str) -> None:
    assert skip_reason(made) == reason


CONTEXT = {"externalAdReply": {"sourceType": "ad", "sourceID": "1", "ctwaClid": "A"}}


@pytest.mark.parametrize(
    "made",
    [
        gows({"videoMessage": {"contextInfo": CONTEXT}}, hasMedia=True),
        noweb({"imageMessage": {"contextInfo": {"externalAdReply": {"sourceId": "1", "ctwaClid": "A"}}}}),
        webjs("image", data={"ctwaContext": {"sourceId": "1", "ctwaClid": "A"}}),
    ],
)
def test_advertisement_on_media(made: Json) -> None:
    command = message(made)
    assert command.is_from_ad
    assert (command.tracking["ad_source_id"], command.tracking["ctwa_click_id"]) == ("1", "A")


@pytest.mark.parametrize(
    "made",
    [
        gows({"imageMessage": {"contextInfo": {"stanzaID": "Q", "mentionedJID": ["1@lid"]}}}),
        noweb({"imageMessage": {"contextInfo": {"stanzaId": "Q", "mentionedJid": ["1@lid"]}}}),
        webjs("image", data={"quotedStanzaID": "Q", "mentionedJidList": [{"_serialized": "1@lid"}]}),
        neutral(body="oi", replyTo={"id": f"true_{CONTACT}@c.us_Q"}, mentionedIds=["1@lid"]),
    ],
)
def test_quoted_and_mentioned(made: Json) -> None:
    command = message(made)
    assert (command.reply_to, command.mentions) == ("Q", ("1@lid",))


@pytest.mark.parametrize(
    "made",
    [
        gows({"imageMessage": {"viewOnce": True}}),
        gows({"imageMessage": {}}, data={"IsViewOnceV2": True}),
        gows({"viewOnceMessageV2Extension": {"message": {"audioMessage": {}}}}),
        noweb({"ephemeralMessage": {"message": {"viewOnceMessage": {"message": {"videoMessage": {}}}}}}),
        noweb({"imageMessage": {}}, key={"isViewOnce": True}),
        webjs("image", data={"isViewOnce": True}),
    ],
)
def test_view_once(made: Json) -> None:
    assert message(made).metadata["view_once"] is True
