"""Who wrote to whom, as each engine tells it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.waha import COMPANY, CONTACT, GROUP, LID, Json, message, skip_reason
from tests.support.waha_engines import gows, neutral, noweb, webjs
from ventros.application.messages.inbound import Party
from ventros.ingest.waha.addresses import address

PHONE = f"{CONTACT}@s.whatsapp.net"
LID_DIGITS = LID.removesuffix("@lid")


BY_LID: list[Callable[[], Json]] = [
    lambda: gows({"conversation": "oi"}, chat=LID, info={"SenderAlt": PHONE}),
    lambda: gows({"conversation": "oi"}, chat=LID, fromMe=True, info={"RecipientAlt": PHONE}),
    lambda: gows({"conversation": "oi"}, chat=PHONE, info={"SenderAlt": LID}),
    lambda: noweb({"conversation": "oi"}, chat=LID, key={"remoteJidAlt": PHONE}),
    lambda: noweb({"conversation": "oi"}, chat=LID, fromMe=True, key={"remoteJidAlt": PHONE}),
    lambda: noweb({"conversation": "oi"}, chat=LID, key={"senderPn": PHONE}),
    lambda: noweb({"conversation": "oi"}, chat=f"{CONTACT}@c.us", key={"senderLid": LID}),
    lambda: noweb({"conversation": "oi"}, chat=LID, data={"senderPn": PHONE}),
    lambda: webjs("chat", chat=LID, body="oi", data={"senderPn": {"user": CONTACT, "server": "c.us"}}),
    lambda: webjs("chat", chat=LID, body="oi", data={"sender": {"phoneNumber": PHONE}}),
    lambda: webjs("chat", chat=LID, body="oi", data={"from": {"_serialized": LID}}, fromAlt=PHONE),
]


@pytest.mark.parametrize("made", [make() for make in BY_LID])
def test_phone_and_lid_of_one_person_are_both_told(made: Json) -> None:
    contact = message(made).contact
    assert (contact.phone, contact.lid) == (CONTACT, LID_DIGITS)
    assert address(PHONE) == address(contact.phone)


IN_GROUP = [
    gows({"conversation": "oi"}, chat=GROUP, participant=LID, info={"Sender": LID, "SenderAlt": PHONE}),
    noweb(
        {"conversation": "oi"}, chat=GROUP, to=GROUP, participant=LID,
        key={"participant": LID, "participantAlt": PHONE},
    ),
    noweb({"conversation": "oi"}, chat=GROUP, participant=LID, key={"participantPn": PHONE}),
    webjs("chat", chat=GROUP, body="oi", participant=LID, data={"author": LID, "participantAlt": PHONE}),
]  # fmt: skip


@pytest.mark.parametrize("made", IN_GROUP)
def test_in_a_group(made: Json) -> None:
    command = message(made)
    assert command.group is not None
    assert command.group.external_id == GROUP
    assert command.contact == Party(phone=CONTACT, lid=LID_DIGITS, name="Ana")


OURS = "99000111222333@lid"


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (noweb({"conversation": "oi"}, chat=GROUP, participant=OURS), "own message in a group"),
        (
            noweb({"conversation": "oi"}, chat=GROUP, participant=f"{COMPANY}:3@c.us"),
            "own message in a group",
        ),
        (
            noweb(
                {"conversation": "oi"}, chat=GROUP, participant=LID, key={"participantAlt": f"{COMPANY}@c.us"}
            ),
            "own message in a group",
        ),
        (webjs("chat", chat=GROUP, body="oi", data={"author": f"{COMPANY}@c.us"}), "own message in a group"),
        (gows({"conversation": "oi"}, chat=GROUP, fromMe=True), "own message in a group"),
        (gows({"conversation": "oi"}, chat="1612@broadcast", fromMe=True), "own broadcast list"),
        (webjs("chat", chat=f"{COMPANY}@c.us", fromMe=True, body="oi"), "note to self"),
        (gows({"conversation": "oi"}, chat=f"{COMPANY}@c.us", fromMe=True), "note to self"),
        (noweb({"conversation": "oi"}, chat=OURS, fromMe=True), "note to self"),
        (noweb({"conversation": "oi"}, chat=OURS), "note to self"),
        (gows({"conversation": "oi"}, chat="status@broadcast", participant=PHONE), "status"),
        (webjs("chat", chat="status@broadcast", fromMe=True, body="oi"), "status"),
        (noweb({"conversation": "oi"}, chat="1203@newsletter"), "newsletter"),
        (noweb({"conversation": "oi"}, chat="0@c.us"), "system number"),
        (webjs("chat", chat="0@c.us", body="oi"), "system number"),
        (gows({"conversation": "oi"}, chat="867051314767696@bot"), "Meta AI"),
    ],
)
def test_no_conversation_with_a_contact(made: Json, reason: str) -> None:
    assert skip_reason(made) == reason


def test_our_side_is_never_the_contact_whatever_the_engine_says_of_the_direction() -> None:
    """NOWEB may say that an own message is not ours."""
    made = webjs("chat", fromMe=True, body="oi")
    made["payload"]["fromMe"] = False
    command = message(made)
    assert (command.from_me, command.contact) == (True, Party(phone=CONTACT))


@pytest.mark.parametrize(
    "made",
    [
        gows({"conversation": "oi"}, chat="1612@broadcast", participant=PHONE, to=PHONE),
        noweb({"conversation": "oi"}, chat="1612@broadcast", participant=PHONE),
        webjs("chat", chat="1612@broadcast", body="oi", data={"author": PHONE}),
    ],
)
def test_a_contacts_broadcast_list_is_a_conversation(made: Json) -> None:
    command = message(made)
    assert (command.group, command.contact.phone) == (None, CONTACT)
    assert command.metadata["broadcast_list"] == "1612@broadcast"


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (gows({"conversation": "oi"}), "Ana"),
        (noweb({"conversation": "oi"}), "Ana"),
        (webjs("chat", body="oi"), "Ana"),
        (
            gows(
                {"conversation": "oi"},
                info={"PushName": "", "VerifiedName": {"Details": {"verifiedName": "Padaria"}}},
            ),
            "Padaria",
        ),
        (noweb({"conversation": "oi"}, data={"pushName": None, "verifiedBizName": "Padaria"}), "Padaria"),
        (neutral(body="oi", pushName="Ana"), "Ana"),
        (neutral(body="oi", notifyName=" Ana "), "Ana"),
        (webjs("chat", body="oi", fromMe=True), None),
    ],
)
def test_name(made: Json, name: str | None) -> None:
    assert message(made).contact.name == name
