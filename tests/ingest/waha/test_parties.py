"""Who wrote to whom: the contact, the direction, and the conversation that an event belongs to."""

from __future__ import annotations

import pytest

from tests.support.waha import (
    COMPANY,
    CONTACT,
    GROUP,
    IN_GROUP,
    LID,
    MESSAGE_ID,
    OWN,
    RECEIPT,
    TEXT,
    Json,
    by_lid,
    delivery,
    engine_data,
    in_group,
    line,
    make_ack,
    make_event,
    message,
    own_by_lid,
    rejection_reason,
    replace,
    with_value,
)
from ventros.application.messages.inbound import GroupChat, Party


def without_engine(payload: Json) -> Json:
    """Only what WAHA itself writes."""
    return make_event({"_data": ..., **payload})


def test_own_messages_belong_to_the_recipient() -> None:
    command = message(OWN)
    assert (command.from_me, command.contact) == (True, Party(phone=CONTACT))


def test_group_message_is_the_participants() -> None:
    command = message(IN_GROUP)
    assert command.contact == Party(phone=CONTACT, name="Ana Souza")
    assert delivery(IN_GROUP).conversation == (CONTACT,)
    assert command.group == GroupChat(external_id=GROUP)
    assert command.mentions == (f"{COMPANY}@c.us", "5521900001111@c.us", f"{COMPANY}@c.us")


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(make_event({"from": f"{CONTACT}@s.whatsapp.net"}), id="other suffix"),
        pytest.param(make_event({"from": f"{CONTACT}:12@s.whatsapp.net"}), id="device"),
        pytest.param(make_event({"from": f"{CONTACT}.1:12@s.whatsapp.net"}), id="agent and device"),
        pytest.param(make_event({"from": CONTACT}), id="no suffix"),
        pytest.param(by_lid(Sender=f"{CONTACT}:1@s.whatsapp.net"), id="lid, Sender"),
        pytest.param(by_lid(SenderAlt=f"{CONTACT}:1@s.whatsapp.net"), id="lid, SenderAlt"),
        pytest.param(make_event({"from": None}), id="no from, Sender"),
        pytest.param(
            make_event(
                {"from": "1786711188@broadcast", "to": None, "_data": engine_data({"conversation": TEXT})}
            ),
            id="broadcast list",
        ),
        pytest.param(own_by_lid(Chat=f"{CONTACT}@s.whatsapp.net"), id="own to lid, Chat"),
        pytest.param(own_by_lid(RecipientAlt=f"{CONTACT}@s.whatsapp.net"), id="own to lid, RecipientAlt"),
        pytest.param(
            make_event(
                {"from": f"{CONTACT}@c.us", "to": None, "fromMe": True, "_data": {"Info": {"Type": "text"}}}
            ),
            id="own without to, chat in from",
        ),
        pytest.param(in_group(f"{CONTACT}:2@s.whatsapp.net"), id="group"),
        pytest.param(in_group(LID, SenderAlt=f"{CONTACT}@s.whatsapp.net"), id="group, lid"),
        pytest.param(in_group(None, Sender=f"{CONTACT}@s.whatsapp.net"), id="group, no participant"),
    ],
)
def test_phone(event: Json) -> None:
    assert message(event).contact.phone == CONTACT


def test_the_plus_of_a_phone_is_none_of_its_digits() -> None:
    assert message(make_event({"from": f"+{CONTACT}@c.us"})).contact.phone == CONTACT


@pytest.mark.parametrize(
    ("event", "field"),
    [
        pytest.param(without_engine({"from": "123@c.us"}), "payload.from", id="too short"),
        pytest.param(without_engine({"from": "9" * 9_000 + "@c.us"}), "payload.from", id="too long"),
        pytest.param(without_engine({"from": int("9" * 30)}), "payload.from", id="a number too long"),
        pytest.param(without_engine({"from": "ana.souza99@c.us"}), "payload.from", id="letters"),
        pytest.param(without_engine({"from": f"{CONTACT}\u0665@c.us"}), "payload.from", id="not ASCII"),
        pytest.param(without_engine({"from": f"{CONTACT}@interop"}), "payload.from", id="another server"),
        pytest.param(without_engine({"from": None}), "payload.from", id="nobody"),
        pytest.param(
            make_event(
                {"from": f"{COMPANY}@c.us", "to": "", "fromMe": True, "_data": {"Info": {"Type": "text"}}},
                me={"jid": f"{COMPANY}:7@s.whatsapp.net"},
            ),
            "payload.from",
            id="own without to, only our device is known",
        ),
        pytest.param(
            make_event(
                {"from": f"{COMPANY}@c.us", "to": None, "fromMe": True, "_data": {"Info": {"Type": "text"}}}
            ),
            "payload.from",
            id="own without to, ourselves in from",
        ),
        pytest.param(
            make_event(
                {"from": f"{COMPANY}@c.us", "to": None, "fromMe": True, "_data": {"Info": {"Type": "text"}}},
                me=None,
            ),
            "payload.from",
            id="own without to, from may be anybody",
        ),
        pytest.param(in_group("12@c.us", Sender=""), "payload.participant", id="group, too short"),
    ],
)
def test_no_contact(event: Json, field: str) -> None:
    reason = rejection_reason(line(event))
    assert reason.startswith(f"{field} is no phone number")
    assert not any(secret in reason for secret in (TEXT, CONTACT, COMPANY, LID, "123", "999"))


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(by_lid(), id="lid"),
        pytest.param(by_lid(SenderAlt=LID), id="lid twice"),
        pytest.param(by_lid(SenderAlt="123@s.whatsapp.net"), id="lid, short SenderAlt"),
        pytest.param(
            with_value(own_by_lid(), ("payload", "from"), "551140028923@c.us"),
            id="own to lid: from is the writer",
        ),
        pytest.param(own_by_lid(), id="own to lid: never our own number"),
        pytest.param(in_group(LID), id="group"),
        pytest.param(in_group(LID.replace("@", ":3@")), id="group, device"),
        pytest.param(in_group(LID.replace("@", "@hosted.")), id="group, hosted"),
    ],
)
def test_contact_of_whom_only_the_lid_is_known(event: Json) -> None:
    contact = message(event).contact
    assert (contact.phone, contact.lid) == (None, LID.removesuffix("@lid"))
    assert delivery(event).conversation == (f"lid:{contact.lid}",)


@pytest.mark.parametrize("name", [" ", "", None, ...])
def test_no_name(name: object) -> None:
    event = make_event()
    replace(event["payload"]["_data"]["Info"], {"PushName": name})
    assert message(event).contact.name is None


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
    event = make_event({"id": id_, "fromMe": ..., "_data": {"Info": {"Type": "text", **info}}})
    assert message(event).from_me is own


def test_direction_that_the_payload_tells_is_the_one() -> None:
    event = make_event(
        {"id": f"true_{CONTACT}@c.us_{MESSAGE_ID}", "_data": {"Info": {"Type": "text", "IsFromMe": True}}}
    )
    assert message(event).from_me is False


@pytest.mark.parametrize(
    ("of", "event"),
    [
        pytest.param(OWN, make_ack(), id="own"),
        pytest.param(OWN, make_ack({"id": MESSAGE_ID}), id="bare id"),
        pytest.param(
            OWN, make_ack({"id": MESSAGE_ID, "from": f"{CONTACT}@c.us", "to": None}), id="chat in from"
        ),
        pytest.param(OWN, make_ack({"from": None, "to": None}), id="only the id tells"),
        pytest.param(OWN, make_ack({"id": MESSAGE_ID, "to": LID, "_data": RECEIPT}), id="lid, SenderAlt"),
        pytest.param(
            OWN, make_ack({"id": MESSAGE_ID, "to": LID, "_data": {"Info": RECEIPT}}), id="lid, Info"
        ),
        pytest.param(
            make_event(),
            make_ack({"id": MESSAGE_ID, "from": f"{CONTACT}@c.us", "to": f"{COMPANY}@c.us", "fromMe": False}),
            id="the contact's own message",
        ),
        pytest.param(
            IN_GROUP,
            make_ack(
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
def test_ack_is_of_the_messages_conversation(of: Json, event: Json) -> None:
    assert delivery(event).conversation[0] == delivery(of).conversation[0]


def test_ack_that_tells_no_phone_has_a_conversation_still() -> None:
    alias = (f"lid:{LID.removesuffix('@lid')}",)
    assert delivery(make_ack({"id": MESSAGE_ID, "to": LID})).conversation == alias
    ours = {"Chat": LID, "Sender": f"{COMPANY}:7@s.whatsapp.net"}
    assert delivery(make_ack({"id": MESSAGE_ID, "to": LID, "_data": ours})).conversation == alias
    assert delivery(make_ack({"id": MESSAGE_ID, "to": None, "from": None})).conversation == (MESSAGE_ID,)


def test_conversations_of_two_contacts_differ() -> None:
    assert (
        delivery(make_event()).conversation
        != delivery(make_event({"from": "5521900001111@c.us"})).conversation
    )
