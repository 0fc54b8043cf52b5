"""The commands of a message: what each changes, tells and refuses, without a database."""

from __future__ import annotations

import copy
import inspect
from datetime import timedelta
from typing import Any

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.messages import ARGUMENTS, LATER, LINK, MEDIA, NIL, PLAYABLE, URL, make_message, obey
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.answers import Respondent
from ventros.crm.messages.values import ContentType, MessageSource, MessageStatus
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.values import MediaUrl, MessageText

AD = {"ctwa_click_id": "click", "ad_source_id": "42", "entry_point_source": "ad"}
AD_PAYLOAD = {
    "conversion_source": None,
    "conversion_app": None,
    "conversion_data": None,
    "external_source": None,
    "external_medium": None,
    "ad_source_type": None,
    "ad_source_id": "42",
    "ad_source_app": None,
    "ad_source_url": None,
    "ctwa_click_id": "click",
    "contact_id": ARGUMENTS["contact_id"],
    "session_id": LINK,
    "tenant_id": "acme",
    "tracked_at": LATER,
}


LATEST = LATER + timedelta(seconds=1)
US = Respondent()
ADA = Respondent(contact_id=LINK, names=("5511999990000", "lid:1"))
REACTED = make_message(metadata={"reactions": {str(LINK): {"emoji": "👍", "at": "2026-01-01"}}})
VOTED = make_message(metadata={"poll_votes": {str(LINK): {"options": ["a", "b"], "at": "2026-01-01"}}})
AT = LATER.isoformat(timespec="microseconds")


def updated(*fields: str) -> dict[str, Any]:
    return {"fields": fields, "updated_at": LATER}


# the message, command, its arguments, what it changes, its event, and the payload but for message_id
COMMANDS: list[tuple[Message, str, dict[str, Any], dict[str, Any], str, dict[str, Any]]] = [
    (
        make_message(),
        "set_text",
        {"text": "hello"},
        {"text": MessageText("hello")},
        "message.updated",
        updated("text"),
    ),
    (
        make_message(text=MessageText("hello")),
        "edit",
        {"text": "hello, you"},
        {"text": MessageText("hello, you"), "edited_at": LATER},
        "message.edited",
        {
            "contact_id": ARGUMENTS["contact_id"],
            "from_me": False,
            "text": "hello, you",
            "previous_text": "hello",
            "edited_at": LATER,
        },
    ),
    (
        make_message(ContentType.IMAGE, text=MessageText("caption"), edited_at=LATER),
        "edit",
        {"text": ""},
        {"text": None, "edited_at": LATER},
        "message.edited",
        {
            "contact_id": ARGUMENTS["contact_id"],
            "from_me": False,
            "text": None,
            "previous_text": "caption",
            "edited_at": LATER,
        },
    ),
    (
        make_message(text=MessageText("hello")),
        "revoke",
        {},
        {"revoked_at": LATER},
        "message.revoked",
        {"contact_id": ARGUMENTS["contact_id"], "from_me": False, "revoked_at": LATER},
    ),
    (
        make_message(metadata={"kind": "poll"}),
        "react",
        {"respondent": US, "emoji": "👍"},
        {"metadata": {"kind": "poll", "reactions": {"us": {"emoji": "👍", "at": AT}}}},
        "message.reacted",
        {"reactor": "us", "reactor_contact_id": None, "emoji": "👍", "reacted_at": LATER},
    ),
    (
        REACTED,
        "react",
        {"respondent": ADA, "emoji": ""},
        {"metadata": {"reactions": {str(LINK): {"emoji": "", "at": AT}}}},
        "message.reacted",
        {"reactor": str(LINK), "reactor_contact_id": LINK, "emoji": "", "reacted_at": LATER},
    ),
    (
        VOTED,
        "vote",
        {"respondent": Respondent(names=("lid:2",)), "options": ["b"]},
        {
            "metadata": {
                "poll_votes": {
                    **VOTED.metadata["poll_votes"],
                    "lid:2": {"options": ["b"], "at": AT},
                }
            }
        },
        "message.poll_voted",
        {"voter": "lid:2", "voter_contact_id": None, "options": ("b",), "voted_at": LATER},
    ),
    (
        make_message(ContentType.IMAGE),
        "set_media",
        {"url": URL, "mimetype": ""},
        {"media_url": MediaUrl(URL), "media_mimetype": ""},
        "message.updated",
        updated("media_url", "media_mimetype"),
    ),
    (
        make_message(),
        "set_channel",
        {"channel_id": LINK, "channel_type_id": 5},
        {"channel_id": LINK, "channel_type_id": 5},
        "message.updated",
        updated("channel_id", "channel_type_id"),
    ),
    (
        make_message(channel_type_id=5),
        "set_channel",
        {"channel_id": ARGUMENTS["channel_id"], "channel_type_id": None},
        {"channel_type_id": None},
        "message.updated",
        updated("channel_type_id"),
    ),
    (
        make_message(channel_type_id=5),
        "set_channel",
        {"channel_id": LINK, "channel_type_id": 5},
        {"channel_id": LINK},
        "message.updated",
        updated("channel_id"),
    ),
    (
        make_message(),
        "set_session",
        {"session_id": LINK},
        {"session_id": LINK},
        "message.updated",
        updated("session_id"),
    ),
    (
        make_message(),
        "assign_agent",
        {"agent_id": LINK},
        {"agent_id": LINK},
        "message.updated",
        updated("agent_id"),
    ),
    (
        make_message(),
        "set_channel_message_id",
        {"channel_message_id": "wamid.1"},
        {"channel_message_id": "wamid.1"},
        "message.updated",
        updated("channel_message_id"),
    ),
    (
        make_message(),
        "set_source",
        {"source": MessageSource.BOT},
        {"source": MessageSource.BOT},
        "message.updated",
        updated("source"),
    ),
    (
        make_message(),
        "set_mentions",
        {"mentions": ["b@c.us", "a@c.us", "b@c.us"]},
        {"mentions": ("b@c.us", "a@c.us", "b@c.us")},
        "message.updated",
        updated("mentions"),
    ),
    (
        make_message(mentions=("a@c.us",)),
        "set_mentions",
        {"mentions": None},
        {"mentions": ()},
        "message.updated",
        updated("mentions"),
    ),
    (
        make_message(session_id=LINK, metadata={"source": "waha"}),
        "track_ad",
        {"tracking": AD},
        {"metadata": {"source": "waha", "tracking": AD}},
        "tracking.message.meta_ads",
        AD_PAYLOAD,
    ),
    (
        make_message(from_me=True),
        "request_send",
        {},
        {"status": MessageStatus.QUEUED},
        "message.send_requested",
        {"contact_id": ARGUMENTS["contact_id"], "channel_id": ARGUMENTS["channel_id"], "requested_at": LATER},
    ),
    (
        make_message(metadata={"kind": "poll"}),
        "mark_as_resent",
        {"attempt": 2},
        {"metadata": {"kind": "poll", "resent": {"attempt": 2, "at": AT}}},
        "message.resent",
        {"attempt": 2, "resent_at": LATER},
    ),
    (
        make_message(status=MessageStatus.QUEUED),
        "mark_as_sent",
        {},
        {"status": MessageStatus.SENT},
        "message.sent",
        {"sent_at": LATER},
    ),
    (
        make_message(),
        "report_delivery",
        {"status": MessageStatus.FAILED, "reason": "no such number"},
        {"status": MessageStatus.FAILED},
        "message.failed",
        {"failure_reason": "no such number", "failed_at": LATER},
    ),
    (
        make_message(),
        "report_delivery",
        {"status": MessageStatus.PLAYED},
        {"status": MessageStatus.READ, "read_at": LATER},
        "message.read",
        {"read_at": LATER},
    ),
    (
        make_message(),
        "mark_as_delivered",
        {},
        {"status": MessageStatus.DELIVERED, "delivered_at": LATER},
        "message.delivered",
        {"delivered_at": LATER},
    ),
    (
        make_message(),
        "mark_as_read",
        {},
        {"status": MessageStatus.READ, "read_at": LATER},
        "message.read",
        {"read_at": LATER},
    ),
    (
        make_message(ContentType.VOICE),
        "mark_as_played",
        {},
        {"status": MessageStatus.PLAYED, "played_at": LATER},
        "message.played",
        {"played_at": LATER},
    ),
    (
        make_message(),
        "mark_as_failed",
        {"reason": "no such number"},
        {"status": MessageStatus.FAILED},
        "message.failed",
        {"failure_reason": "no such number", "failed_at": LATER},
    ),
    (
        make_message(),
        "mark_as_failed",
        {},
        {"status": MessageStatus.FAILED},
        "message.failed",
        {"failure_reason": None, "failed_at": LATER},
    ),
]


@pytest.mark.parametrize(("before", "command", "arguments", "effect", "event_name", "payload"), COMMANDS)
def test_a_command_changes_what_it_says_and_tells_of_it(
    before: Message,
    command: str,
    arguments: dict[str, Any],
    effect: dict[str, Any],
    event_name: str,
    payload: dict[str, Any],
) -> None:
    kept = copy.deepcopy(attrs.astuple(before, recurse=False))
    after = obey(before, command, arguments)
    (event,) = after.domain_events
    assert after == attrs.evolve(before, **effect, updated_at=LATER, domain_events=(event,))
    assert attrs.astuple(before, recurse=False) == kept, "the instance that was changed stays as it was"
    assert (event.event_name, event.event_version, event.occurred_at) == (event_name, "v1", LATER)
    assert event.payload() == {"message_id": before.id, **payload}
    assert event.event_id.int != 0


def test_every_command_is_in_the_table() -> None:
    commands = {
        name
        for name, method in inspect.getmembers(Message, inspect.isfunction)
        if not (name.startswith("_") or hasattr(AggregateRoot, name))
        and "now" in inspect.signature(method).parameters
    }
    assert commands == {command for _, command, *_ in COMMANDS}


@pytest.mark.parametrize(
    ("message", "command", "arguments"),
    [
        (make_message(text=MessageText("hello")), "set_text", {"text": "hello"}),
        (make_message(text=MessageText("hello")), "edit", {"text": "hello"}),
        (make_message(text=MessageText("hello"), edited_at=LATEST), "edit", {"text": "older"}),
        (make_message(text=MessageText("hello"), revoked_at=NOW), "edit", {"text": "too late"}),
        (make_message(revoked_at=NOW), "revoke", {}),
        (make_message(), "react", {"respondent": US, "emoji": ""}),
        (make_message(), "vote", {"respondent": US, "options": ()}),
        (REACTED, "react", {"respondent": ADA, "emoji": "👍"}),
        (REACTED, "react", {"respondent": Respondent(contact_id=LINK), "emoji": "👍"}),
        (VOTED, "vote", {"respondent": ADA, "options": ["a", "b"]}),
        (
            make_message(ContentType.IMAGE, media_url=MediaUrl(URL), media_mimetype="image/png"),
            "set_media",
            {"url": URL, "mimetype": "image/png"},
        ),
        (
            make_message(channel_type_id=5),
            "set_channel",
            {"channel_id": ARGUMENTS["channel_id"], "channel_type_id": 5},
        ),
        (make_message(session_id=LINK), "set_session", {"session_id": LINK}),
        (make_message(agent_id=LINK), "assign_agent", {"agent_id": LINK}),
        (make_message(channel_message_id="1"), "set_channel_message_id", {"channel_message_id": "1"}),
        (make_message(), "set_source", {"source": MessageSource.MANUAL}),
        (make_message(mentions=("a",)), "set_mentions", {"mentions": ["a"]}),
        (make_message(), "set_mentions", {"mentions": None}),
        (make_message(), "report_delivery", {"status": MessageStatus.QUEUED}),
        (make_message(), "report_delivery", {"status": MessageStatus.SENT}),
        (make_message(), "track_ad", {"tracking": {}}),
        (make_message(metadata={"tracking": AD}), "track_ad", {"tracking": dict(AD)}),
    ],
)
def test_a_command_that_changes_nothing_returns_the_same_instance(
    message: Message, command: str, arguments: dict[str, Any]
) -> None:
    assert obey(message, command, arguments) is message
    assert message.domain_events == ()


@pytest.mark.parametrize(
    ("command", "arguments", "field"),
    [
        ("set_text", {"text": ""}, "text"),
        ("set_text", {"text": "nul \x00"}, "text"),
        ("edit", {"text": ""}, "text"),
        ("edit", {"text": "nul \x00"}, "text"),
        ("react", {"respondent": US, "emoji": "x" * 65}, "emoji"),
        ("react", {"respondent": US, "emoji": "\x00"}, "metadata"),
        ("vote", {"respondent": US, "options": ["x"] * 101}, "options"),
        ("set_channel", {"channel_id": NIL, "channel_type_id": 1}, "channel_id"),
        ("assign_agent", {"agent_id": NIL}, "agent_id"),
        ("set_channel_message_id", {"channel_message_id": ""}, "channel_message_id"),
        ("set_source", {"source": "pigeon"}, "source"),
    ],
)
def test_a_bad_argument_is_refused(command: str, arguments: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        obey(make_message(), command, arguments)
    assert raised.value.field == field


def test_a_bad_media_address_is_refused() -> None:
    with pytest.raises(ValidationError) as raised:
        make_message(ContentType.IMAGE).set_media("/a.png", None, now=LATER)
    assert raised.value.field == "media_url"


@pytest.mark.parametrize(
    "message", [make_message(from_me=False), make_message(from_me=True, channel_message_id="wamid.1")]
)
def test_what_came_from_the_platform_is_not_sent(message: Message) -> None:
    with pytest.raises(InvariantViolation, match="there is nothing to send"):
        message.request_send(now=LATER)


def test_a_message_says_whether_it_may_have_been_sent_twice() -> None:
    message = make_message(from_me=True)
    assert not message.may_have_been_sent_twice
    assert message.mark_as_resent(2, now=LATER).may_have_been_sent_twice


@pytest.mark.parametrize("content_type", list(ContentType))
def test_a_command_needs_the_right_content_type(content_type: ContentType) -> None:
    message = make_message(content_type)
    for command, arguments, fits in (
        ("set_text", {"text": "hello"}, True),
        ("edit", {"text": "hello"}, True),
        ("set_media", {"url": URL, "mimetype": None}, content_type.value in MEDIA),
        ("mark_as_played", {}, content_type.value in PLAYABLE),
    ):
        if fits:
            assert obey(message, command, arguments) != message
        else:
            with pytest.raises(InvariantViolation, match=content_type.value):
                obey(message, command, arguments)
