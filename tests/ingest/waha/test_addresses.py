"""Ids of people, groups and messages, in all the forms in which they come."""

from __future__ import annotations

import pytest

from ventros.ingest.waha.addresses import Address, AddressKind, MessageId, address, message_id

PHONE = "5511987654321"


@pytest.mark.parametrize(
    ("given", "kind", "user"),
    [
        (f"{PHONE}@c.us", AddressKind.PHONE, PHONE),
        (f"{PHONE}@s.whatsapp.net", AddressKind.PHONE, PHONE),
        (f"+{PHONE}@C.US", AddressKind.PHONE, PHONE),
        (f"{PHONE}:12@s.whatsapp.net", AddressKind.PHONE, PHONE),
        (f"{PHONE}.1:12@s.whatsapp.net", AddressKind.PHONE, PHONE),
        (f"{PHONE}_1:12@s.whatsapp.net", AddressKind.PHONE, PHONE),
        (f"{PHONE}@hosted", AddressKind.PHONE, PHONE),
        (PHONE, AddressKind.PHONE, PHONE),
        (int(PHONE), AddressKind.PHONE, PHONE),
        ({"user": PHONE, "server": "c.us"}, AddressKind.PHONE, PHONE),
        ({"_serialized": f"{PHONE}@c.us"}, AddressKind.PHONE, PHONE),
        ("84215603719342@lid", AddressKind.LID, "84215603719342"),
        ("84215603719342:3@lid", AddressKind.LID, "84215603719342"),
        ("84215603719342@hosted.lid", AddressKind.LID, "84215603719342"),
        ("1203@g.us", AddressKind.GROUP, "1203@g.us"),
        (f"{PHONE}-1600000000@g.us", AddressKind.GROUP, f"{PHONE}-1600000000@g.us"),
        ("status@broadcast", AddressKind.STATUS, "status"),
        ("1612@broadcast", AddressKind.BROADCAST, "1612"),
        ("1203@newsletter", AddressKind.NEWSLETTER, "1203"),
        ("0@c.us", AddressKind.SYSTEM, "0"),
        ("867051314767696@bot", AddressKind.BOT, "867051314767696"),
    ],
)
def test_address(given: object, kind: AddressKind, user: str) -> None:
    assert address(given) == Address(kind, user)


@pytest.mark.parametrize(
    "given",
    [
        "",
        None,
        "me",
        "123@c.us",
        "ana@c.us",
        "5" * 21,
        f"{PHONE}@interop",
        "@c.us",
        "1@lid@lid",
        "a@lid",
        [],
        {},
        True,
    ],
)
def test_no_address(given: object) -> None:
    assert address(given) is None


def test_two_forms_of_one_phone_are_the_same_person() -> None:
    with_ninth, without = address("5541988887777@c.us"), address("554188887777@c.us")
    assert with_ninth is not None
    assert without is not None
    assert (with_ninth, with_ninth.name) == (without, without.name)
    assert (with_ninth.digits, without.digits) == ("5541988887777", "554188887777")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("3EB0", MessageId("3EB0", "3EB0")),
        ("true_1@c.us_3EB0", MessageId("true_1@c.us_3EB0", "3EB0", True, "1@c.us")),
        ("false_1@lid_3EB0", MessageId("false_1@lid_3EB0", "3EB0", False, "1@lid")),
        (
            "false_1203@g.us_3EB0_5@c.us",
            MessageId("false_1203@g.us_3EB0_5@c.us", "3EB0", False, "1203@g.us", "5@c.us"),
        ),
        ("true_1@c.us_3EB0_out", MessageId("true_1@c.us_3EB0_out", "3EB0", True, "1@c.us")),
        ("maybe_1@c.us_3EB0", MessageId("maybe_1@c.us_3EB0", "maybe_1@c.us_3EB0")),
        ("true_1_3EB0", MessageId("true_1_3EB0", "true_1_3EB0")),
        ("true_1@c.us_", MessageId("true_1@c.us_", "true_1@c.us_")),
        (
            {"fromMe": False, "remote": "1@c.us", "id": "3EB0", "_serialized": "false_1@c.us_3EB0"},
            MessageId("false_1@c.us_3EB0", "3EB0", False, "1@c.us"),
        ),
        (
            {"fromMe": True, "remote": {"user": "1", "server": "c.us"}, "id": "3EB0"},
            MessageId("3EB0", "3EB0", True, "1@c.us"),
        ),
        (
            {"remoteJID": "1203@g.us", "fromMe": False, "ID": "3EB0", "participant": "5@lid"},
            MessageId("3EB0", "3EB0", False, "1203@g.us", "5@lid"),
        ),
        ({"id": "true_1@c.us_3EB0"}, MessageId("true_1@c.us_3EB0", "3EB0", True, "1@c.us")),
        (42, MessageId("42", "42")),
    ],
)
def test_message_id(given: object, expected: MessageId) -> None:
    assert message_id(given) == expected


@pytest.mark.parametrize("given", ["", None, {}, {"remote": "1@c.us"}, [], True])
def test_no_message_id(given: object) -> None:
    assert message_id(given) is None
