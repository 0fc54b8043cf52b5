"""Edits, revocations, reactions, votes and reports: of which message, by whom, and what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.waha import (
    COMPANY,
    CONTACT,
    GROUP,
    LID,
    Json,
    command,
    line,
    rejection_reason,
    skip_reason,
)
from tests.support.waha_engines import AT, ID, event, gows, noweb, webjs
from ventros.application.messages.edit_message import MessageEdit
from ventros.application.messages.inbound import GroupChat, MessageRef, Party
from ventros.application.messages.react_to_message import MessageReaction
from ventros.application.messages.record_message_ack import MessageAck
from ventros.application.messages.record_poll_vote import PollVote
from ventros.application.messages.revoke_message import MessageRevocation
from ventros.crm.messages.values import MessageStatus
from ventros.ingest.waha.changes import STATUS_BY_ACK, STATUS_BY_ACK_NAME

PHONE = f"{CONTACT}@s.whatsapp.net"
ANA = Party(phone=CONTACT, name="Ana")
WRITTEN = datetime.fromtimestamp(AT, UTC)
CHAT = f"{CONTACT}@c.us"
OTHER = "5521900001111"


def theirs(id_: str = "ORIGINAL", **changes: Any) -> MessageRef:
    return MessageRef(
        **{"channel_message_id": id_, "contact": ANA, "group": None, "from_me": False, **changes}
    )


def ours(id_: str = "ORIGINAL", contact: Party | None = ANA) -> MessageRef:
    return MessageRef(channel_message_id=id_, contact=contact, group=None, from_me=True)


def protocol(type_: object, **inside: Any) -> Json:
    return {"protocolMessage": {"type": type_, **inside}}


KEY_GOWS = {"remoteJID": PHONE, "fromMe": True, "ID": "ORIGINAL"}
KEY_NOWEB = {"remoteJid": PHONE, "fromMe": True, "id": "ORIGINAL"}
EDITED = {"editedMessage": {"conversation": "novo"}}


@pytest.mark.parametrize(
    "made",
    [
        gows({"conversation": "novo"}, name="message.edited", body="novo", editedMessageId="ORIGINAL"),
        gows(
            {"editedMessage": {"message": protocol(14, key=KEY_GOWS, **EDITED)}},
            name="message.edited",
            body="novo",
            editedMessageId=f"false_{CHAT}_ORIGINAL",
        ),
        gows(protocol(14, key=KEY_GOWS, **EDITED), name="message.edited"),
        noweb(protocol("MESSAGE_EDIT", key=KEY_NOWEB, **EDITED), name="message.edited", body="novo"),
        webjs("chat", name="message.edited", body="novo", editedMessageId="ORIGINAL"),
        webjs("chat", name="message.edited", body="novo", id=f"false_{CHAT}_ORIGINAL"),
    ],
)
def test_edit(made: Json) -> None:
    edit = command(made, MessageEdit)
    assert (edit.text, edit.edited_at, edit.fallback) == ("novo", WRITTEN, None)
    assert edit.message.channel_message_id == "ORIGINAL"
    assert (edit.message.from_me, edit.message.contact and edit.message.contact.phone) == (False, CONTACT)


@pytest.mark.parametrize(
    "made",
    [
        gows({"editedMessage": {"message": protocol(14, key=KEY_GOWS, **EDITED)}}),
        gows(protocol(14, key=KEY_GOWS, **EDITED), body="novo", data={"IsEdit": True}),
        gows({"conversation": "novo"}, body="novo", editedMessageId="ORIGINAL"),
        gows({"conversation": "novo"}, info={"Edit": "1", "MsgMetaInfo": {"TargetID": "ORIGINAL"}}),
        noweb({"editedMessage": {"message": protocol("MESSAGE_EDIT", key=KEY_NOWEB, **EDITED)}}),
        noweb(protocol(14, key=KEY_NOWEB, **EDITED), body="novo"),
    ],
)
def test_edit_in_a_wrapper_has_the_message_as_it_reads_now(made: Json) -> None:
    edit = command(made, MessageEdit)
    assert (edit.text, edit.message) == ("novo", theirs())
    assert edit.fallback is not None
    assert (edit.fallback.channel_message_id, edit.fallback.text) == ("ORIGINAL", "novo")
    assert edit.fallback.contact == ANA


def test_our_edit_is_of_our_message() -> None:
    made = gows(protocol(14, key=KEY_GOWS, **EDITED), fromMe=True)
    assert command(made, MessageEdit).message == ours(contact=Party(phone=CONTACT))


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (gows({}, name="message.edited", editedMessageId="ORIGINAL"), "edit without its text"),
        (gows(protocol(14, key=KEY_GOWS)), "edit without its text"),
        (event("message.edited", "GOWS", {"editedMessageId": "X", "body": "b"}), "edit that names no chat"),
        (gows(protocol(14, **EDITED), chat=GROUP, fromMe=True), "own message in a group"),
        (gows({"conversation": "x"}, chat="status@broadcast", name="message.edited", body="x"), "status"),
        (event("message.revoked", "GOWS", {"revokedMessageId": "X"}), "revocation that names no chat"),
        (
            event("message.reaction", "WEBJS", {"reaction": {"text": "x", "messageId": "X"}}),
            "reaction that names no chat",
        ),
        (event("poll.vote", "NOWEB", {"poll": {"id": "X"}, "vote": {}}), "poll vote that names no chat"),
        (
            event("poll.vote", "NOWEB", {"poll": {"id": "X"}, "vote": {"from": CHAT}}),
            "poll vote without its options",
        ),
        (gows({"pollUpdateMessage": {"pollCreationMessageKey": KEY_GOWS}}), "poll vote without its options"),
        (gows({"pollUpdateMessage": {}}), "poll vote without its options"),
        (event("poll.vote.failed", "NOWEB", {}), "event poll.vote.failed"),
    ],
)
def test_a_change_that_cannot_be_made_is_skipped_by_name(made: Json, reason: str) -> None:
    assert skip_reason(made) == reason


@pytest.mark.parametrize(
    ("name", "payload", "reason"),
    [
        ("message.revoked", {"after": None}, "payload.revokedMessageId is missing"),
        ("message.reaction", {"from": CHAT}, "payload.reaction is missing"),
        (
            "message.reaction",
            {"from": CHAT, "reaction": {"text": "x"}},
            "payload.reaction.messageId is missing",
        ),
        ("poll.vote", {"vote": {"from": CHAT, "selectedOptions": []}}, "payload.poll.id is missing"),
        ("message.edited", {"from": CHAT, "body": "x"}, "payload.id is missing"),
        ("message.ack", {"from": CHAT, "ack": 3}, "payload.id is missing"),
    ],
)
def test_a_change_that_names_no_message_is_rejected(name: str, payload: Json, reason: str) -> None:
    assert rejection_reason(line(event(name, "GOWS", payload))).startswith(reason)


def after(made: Json) -> Json:
    payload: Json = made["payload"]
    return payload


@pytest.mark.parametrize(
    "made",
    [
        event(
            "message.revoked",
            "GOWS",
            {
                "after": after(gows(protocol(0, key=KEY_GOWS))),
                "before": None,
                "revokedMessageId": "ORIGINAL",
                "_data": gows(protocol(0, key=KEY_GOWS))["payload"]["_data"],
            },
        ),
        event(
            "message.revoked",
            "NOWEB",
            {
                "after": after(noweb(protocol("REVOKE", key=KEY_NOWEB))),
                "before": None,
                "revokedMessageId": "ORIGINAL",
            },
        ),
        event(
            "message.revoked",
            "WEBJS",
            {
                "after": after(webjs("revoked", data={"protocolMessageKey": {"id": "ORIGINAL"}})),
                "before": None,
            },
        ),
        event(
            "message.revoked",
            "WEBJS",
            {"after": None, "before": {**after(webjs("chat")), "id": f"false_{CHAT}_ORIGINAL"}},
        ),
        gows(protocol(0, key=KEY_GOWS), info={"Edit": "7"}),
        gows({"protocolMessage": {"key": KEY_GOWS}}),  # 0 is what Go leaves out
        noweb(protocol("REVOKE", key=KEY_NOWEB)),
        noweb(protocol(0, key=KEY_NOWEB)),
    ],
)
def test_revocation(made: Json) -> None:
    revocation = command(made, MessageRevocation)
    assert revocation.message.channel_message_id == "ORIGINAL"
    assert revocation.message.contact is not None
    assert (revocation.message.from_me, revocation.message.contact.phone) == (False, CONTACT)


def test_an_admin_takes_a_participants_message_back() -> None:
    key = {**KEY_GOWS, "remoteJID": GROUP, "participant": f"{OTHER}@s.whatsapp.net"}
    for sender in ({"participant": PHONE}, {"fromMe": True}):
        made = gows(protocol(0, key=key), chat=GROUP, info={"Edit": "8"}, **sender)
        message = command(made, MessageRevocation).message
        assert message == theirs(contact=Party(phone=OTHER), group=GroupChat(external_id=GROUP))
    by_nobody_special = gows(protocol(0, key=key), chat=GROUP, participant=PHONE)
    assert command(by_nobody_special, MessageRevocation).message.contact == ANA


@pytest.mark.parametrize(
    ("made", "message"),
    [
        # Named from our side.
        (
            webjs("", name="message.reaction", reaction={"text": "🙏", "messageId": f"true_{CHAT}_ORIGINAL"}),
            ours(),
        ),
        (
            webjs(
                "", name="message.reaction", reaction={"text": "🙏", "messageId": f"false_{CHAT}_ORIGINAL"}
            ),
            theirs(),
        ),
        (gows({"reactionMessage": {"key": KEY_GOWS, "text": "🙏"}}), ours()),
        (noweb({"reactionMessage": {"key": KEY_NOWEB, "text": "🙏"}}), ours()),
        # Named from theirs: the chat is us.
        (
            gows(
                None,
                name="message.reaction",
                reaction={"text": "🙏", "messageId": f"false_{COMPANY}@c.us_ORIGINAL"},
            ),
            ours(),
        ),
        (
            gows({"reactionMessage": {"key": {**KEY_GOWS, "remoteJID": "99000111222333@lid"}, "text": "🙏"}}),
            theirs(),
        ),
    ],
)
def test_reaction(made: Json, message: MessageRef) -> None:
    reaction = command(made, MessageReaction)
    assert (reaction.message, reaction.reactor, reaction.emoji) == (message, ANA, "🙏")


def test_our_reaction_and_one_that_is_taken_back() -> None:
    made = webjs(
        "", name="message.reaction", fromMe=True, reaction={"text": "", "messageId": f"false_{CHAT}_ORIGINAL"}
    )
    reaction = command(made, MessageReaction)
    assert (reaction.reactor, reaction.emoji) == (None, "")
    assert reaction.message == theirs(contact=Party(phone=CONTACT))


IN_GROUP = GroupChat(external_id=GROUP)


@pytest.mark.parametrize(
    ("id_", "from_me", "message"),
    [
        (f"false_{GROUP}_ORIGINAL_{OTHER}@c.us", False, theirs(contact=Party(phone=OTHER), group=IN_GROUP)),
        (f"false_{GROUP}_ORIGINAL_{CHAT}", False, theirs(contact=Party(phone=CONTACT), group=IN_GROUP)),
        (f"false_{GROUP}_ORIGINAL", False, theirs(group=IN_GROUP)),
        # What Ana reacts to is her own, as her phone names it.
        (f"true_{GROUP}_ORIGINAL_{COMPANY}@c.us", False, theirs(group=IN_GROUP)),
        (f"false_{GROUP}_ORIGINAL_{COMPANY}@c.us", False, MessageRef(
            channel_message_id="ORIGINAL", contact=None, group=IN_GROUP, from_me=True)),
        (f"false_{GROUP}_ORIGINAL_{OTHER}@c.us", True, theirs(contact=Party(phone=OTHER), group=IN_GROUP)),
    ],
)  # fmt: skip
def test_reaction_in_a_group(id_: str, from_me: bool, message: MessageRef) -> None:
    made = gows(
        None,
        chat=GROUP,
        name="message.reaction",
        fromMe=from_me,
        participant=f"{COMPANY}@c.us" if from_me else CHAT,
        reaction={"text": "🙏", "messageId": id_},
    )
    reaction = command(made, MessageReaction)
    assert reaction.message == message
    assert (reaction.reactor is None) is from_me


VOTE = {"id": f"false_{CHAT}_VOTE", "to": "me", "from": CHAT, "fromMe": False, "timestamp": AT * 1000}
POLL = {"id": f"true_{CHAT}_ORIGINAL", "to": CHAT, "from": "me", "fromMe": True}


@pytest.mark.parametrize(
    ("options", "read"),
    [(["Seg", "Ter"], ("Seg", "Ter")), ([{"name": "Seg"}], ("Seg",)), ([], ()), (["", None, 7], ("7",))],
)
def test_vote(options: list[Any], read: tuple[str, ...]) -> None:
    made = event("poll.vote", "NOWEB", {"vote": {**VOTE, "selectedOptions": options}, "poll": POLL})
    vote = command(made, PollVote)
    assert (vote.options, vote.voted_at) == (read, WRITTEN)
    assert (vote.message, vote.voter) == (ours(contact=Party(phone=CONTACT)), Party(phone=CONTACT))


def test_vote_in_a_group_and_ours() -> None:
    vote = {**VOTE, "id": f"false_{GROUP}_VOTE", "to": GROUP, "selectedOptions": ["Seg"]}
    poll = {
        "id": f"false_{GROUP}_ORIGINAL_{OTHER}@c.us",
        "to": GROUP,
        "from": f"{OTHER}@c.us",
        "fromMe": False,
    }
    found = command(event("poll.vote", "NOWEB", {"vote": vote, "poll": poll}), PollVote)
    assert found.message == theirs(contact=Party(phone=OTHER), group=IN_GROUP)
    assert found.voter == Party(phone=CONTACT)
    own = {**vote, "from": "me", "fromMe": True, "to": CHAT, "id": f"true_{CHAT}_VOTE"}
    poll = {"id": f"false_{CHAT}_ORIGINAL", "from": CHAT, "to": "me", "fromMe": False}
    assert command(event("poll.vote", "WEBJS", {"vote": own, "poll": poll}), PollVote).voter is None


def test_vote_in_a_wrapper_that_was_decrypted() -> None:
    made = gows({"pollUpdateMessage": {"pollCreationMessageKey": KEY_GOWS}}, data={"Votes": ["Seg"]})
    assert command(made, PollVote).options == ("Seg",)


def ack(**payload: Any) -> Json:
    base = {"id": f"true_{CHAT}_{ID}", "from": CHAT, "to": None, "fromMe": True}
    return event("message.ack", "GOWS", {**base, **payload})


@pytest.mark.parametrize("code", [3, 3.0, "3"])
def test_ack_of_any_number(code: object) -> None:
    assert command(ack(ack=code), MessageAck).status is MessageStatus.READ
    assert command(ack(ack=code, ackName="ERROR"), MessageAck).status is MessageStatus.READ


def test_ack_by_name() -> None:
    assert set(STATUS_BY_ACK.values()) == set(STATUS_BY_ACK_NAME.values())
    assert command(ack(ackName="played"), MessageAck).status is MessageStatus.PLAYED


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"ack": None, "ackName": "UNKNOWN"},
        {"ack": 5},
        {"ack": -2, "ackName": "READ"},
        {"ack": True},
        {"ack": 1e300},
    ],
)
def test_ack_without_a_meaning(payload: Json) -> None:
    assert skip_reason(ack(**payload)) == "ack without a meaning"


def test_ack_is_found_by_either_id_of_the_chat() -> None:
    by_phone = command(ack(ack=3), MessageAck).message
    by_lid = command(ack(ack=3, id=f"true_{LID}_{ID}", **{"from": LID}), MessageAck).message
    assert by_phone.channel_message_id == by_lid.channel_message_id == ID
    assert by_phone.contact == Party(phone=CONTACT)
    assert by_lid.contact == Party(lid=LID.removesuffix("@lid"))
