"""The rules of a message, command by command, without a database."""

from __future__ import annotations

import copy
import inspect
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventros.crm.messages import mapper
from ventros.crm.messages.aggregate import (
    ContentType,
    Message,
    MessageSource,
    MessageStatus,
)
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.values import MediaUrl, MessageText

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
EARLIER = NOW - timedelta(hours=1)
NIL = UUID(int=0)
LINK = uuid4()
URL = "https://media.example/a.ogg"
MEDIA = {"image", "video", "audio", "voice", "document", "sticker"}
PLAYABLE = {"audio", "voice"}
ARGUMENTS: dict[str, Any] = {
    "tenant_id": "acme",
    "user_id": uuid4(),
    "project_id": uuid4(),
    "contact_id": uuid4(),
    "channel_id": uuid4(),
    "content_type": ContentType.TEXT,
    "from_me": False,
    "timestamp": NOW,
}


def create(**arguments: Any) -> Message:
    return Message.create(**{**ARGUMENTS, **arguments})


def make_message(content_type: ContentType = ContentType.TEXT, **fields: Any) -> Message:
    """As of NOW, without events, as if it had been loaded."""
    return attrs.evolve(create(content_type=content_type).clear_events(), **fields)


def obey(message: Message, command: str, arguments: dict[str, Any], at: datetime = LATER) -> Message:
    changed: Message = getattr(message, command)(**arguments, now=at)
    return changed


# Creation


def test_a_new_message_has_the_defaults_and_one_event() -> None:
    message = create()
    (created,) = message.domain_events
    assert message.id.int != 0
    assert message == Message(
        id=message.id,
        **ARGUMENTS,
        channel_type_id=None,
        chat_id=None,
        session_id=None,
        text=None,
        media_url=None,
        media_mimetype=None,
        channel_message_id=None,
        reply_to_id=None,
        status=MessageStatus.SENT,
        language=None,
        agent_id=None,
        source=MessageSource.MANUAL,
        metadata={},
        mentions=(),
        delivered_at=None,
        read_at=None,
        played_at=None,
        created_at=NOW,
        updated_at=NOW,
        deleted_at=None,
        domain_events=(created,),
    )
    assert (created.event_name, created.event_version, created.occurred_at) == ("message.created", "v1", NOW)
    assert created.payload() == {
        "message_id": message.id,
        "contact_id": ARGUMENTS["contact_id"],
        "from_me": False,
        "created_at": NOW,
    }


def test_a_message_keeps_what_it_was_created_with() -> None:
    """The older system always stamped the present, and called every source manual."""
    arguments: dict[str, Any] = {
        "from_me": True,
        "timestamp": datetime(2019, 5, 6, tzinfo=UTC),
        "channel_type_id": 1,
        "session_id": uuid4(),
        "channel_message_id": "wamid.1",
        "agent_id": uuid4(),
        "source": MessageSource.HISTORY_IMPORT,
        "mentions": ["b@c.us", "a@c.us", "b@c.us"],
        "metadata": {"source": "waha"},
        "text": "hello",
    }
    message = create(**arguments)
    for field, value in {
        **arguments,
        "mentions": ("b@c.us", "a@c.us", "b@c.us"),
        "text": MessageText("hello"),
    }.items():
        assert getattr(message, field) == value, field
    assert message.created_at == message.updated_at == arguments["timestamp"]
    assert message.domain_events[0].payload()["from_me"] is True


@pytest.mark.parametrize(
    ("argument", "value", "field"),
    [
        ("tenant_id", "", "tenant_id"),
        ("user_id", NIL, "user_id"),
        ("project_id", NIL, "project_id"),
        ("contact_id", NIL, "contact_id"),
        ("channel_id", NIL, "channel_id"),
        ("content_type", "pigeon", "content_type"),
        ("source", "pigeon", "source"),
        ("timestamp", datetime(2026, 1, 2), "created_at"),  # noqa: DTZ001 - naive on purpose; they are one
        ("text", "x" * 4097, "text"),
    ],
)
def test_a_faulty_argument_is_named(argument: str, value: Any, field: str) -> None:
    with pytest.raises(ValidationError) as raised:
        create(**{argument: value})
    assert raised.value.field == field


def test_a_time_is_aware_even_where_a_message_is_not_created_but_read() -> None:
    with pytest.raises(ValidationError) as raised:
        make_message(timestamp=datetime(2026, 1, 2))  # noqa: DTZ001 - naive on purpose
    assert raised.value.field == "timestamp"


def test_a_media_address_is_checked_at_creation() -> None:
    with pytest.raises(ValidationError) as raised:
        create(content_type=ContentType.IMAGE, media_url="ftp://media.example/a.png")
    assert raised.value.field == "media_url"


@pytest.mark.parametrize("content_type", list(ContentType))
def test_a_message_holds_text_or_media_or_neither_by_its_type(content_type: ContentType) -> None:
    message = create(content_type=content_type, text="hello", media_url=URL, media_mimetype="audio/ogg")
    is_media = content_type.value in MEDIA
    assert message.text == (MessageText("hello") if content_type == "text" else None)
    assert message.media_url == (MediaUrl(URL) if is_media else None)
    assert message.media_mimetype == ("audio/ogg" if is_media else None)
    assert content_type.is_media is is_media
    assert content_type.is_playable is (content_type.value in PLAYABLE)


def test_the_words_that_are_stored() -> None:
    assert " ".join(ContentType) == ("text image video audio voice document location contact sticker system")
    assert sorted(MessageStatus) == ["delivered", "failed", "played", "queued", "read", "sent"]
    assert " ".join(MessageSource) == (
        "manual broadcast sequence trigger bot system webhook scheduled test history_import"
    )


def test_what_is_empty_is_none() -> None:
    message = create(channel_message_id="", text="", metadata=None)
    assert (message.channel_message_id, message.text, message.metadata) == (None, None, {})
    image = create(content_type=ContentType.IMAGE, media_url="", media_mimetype="image/png")
    assert (image.media_url, image.media_mimetype) == (None, None)


def test_a_message_is_either_inbound_or_outbound() -> None:
    for from_me in (True, False):
        message = make_message(from_me=from_me)
        assert (message.is_outbound, message.is_inbound) == (from_me, not from_me)


def test_a_source_that_is_not_a_human_has_an_agent_of_its_own() -> None:
    agents = {source.value: str(source.system_agent_id) for source in MessageSource}
    zeros = "00000000-0000-0000-0000-0000000000"
    assert agents == {
        "manual": f"{zeros}99",
        "broadcast": f"{zeros}01",
        "sequence": f"{zeros}02",
        "trigger": f"{zeros}03",
        "bot": f"{zeros}99",
        "system": f"{zeros}99",
        "webhook": f"{zeros}04",
        "scheduled": f"{zeros}05",
        "test": f"{zeros}10",
        "history_import": f"{zeros}99",
    }
    assert [source for source in MessageSource if not source.is_automated] == [MessageSource.MANUAL]


# Commands


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
        make_message(status=MessageStatus.QUEUED),
        "mark_as_sent",
        {},
        {"status": MessageStatus.SENT},
        "message.sent",
        {"sent_at": LATER},
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
        if not name.startswith("_") and "now" in inspect.signature(method).parameters
    }
    assert commands == {command for _, command, *_ in COMMANDS}


@pytest.mark.parametrize(
    ("message", "command", "arguments"),
    [
        (make_message(text=MessageText("hello")), "set_text", {"text": "hello"}),
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


@pytest.mark.parametrize("content_type", list(ContentType))
def test_a_command_needs_the_right_content_type(content_type: ContentType) -> None:
    message = make_message(content_type)
    for command, arguments, fits in (
        ("set_text", {"text": "hello"}, content_type == "text"),
        ("set_media", {"url": URL, "mimetype": None}, content_type.value in MEDIA),
        ("mark_as_played", {}, content_type.value in PLAYABLE),
    ):
        if fits:
            assert obey(message, command, arguments) != message
        else:
            with pytest.raises(InvariantViolation, match=content_type.value):
                obey(message, command, arguments)


def test_a_message_cannot_be_changed_in_place() -> None:
    message = make_message()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        message.from_me = True  # type: ignore[misc]


def test_nobody_else_holds_a_part_of_a_message() -> None:
    metadata = {"group": {"id": "1"}}
    mentions = ["a@c.us"]
    message = create(metadata=metadata, mentions=mentions)
    metadata["group"]["id"] = "2"
    mentions.append("b@c.us")
    message.assign_agent(LINK, now=LATER).metadata["group"]["id"] = "3"
    assert (message.metadata, message.mentions) == ({"group": {"id": "1"}}, ("a@c.us",))
    mentions = ["a@c.us"]
    later = message.set_mentions(mentions, now=LATER)
    mentions.append("b@c.us")
    assert later.mentions == ("a@c.us",)


def test_a_message_can_be_hashed() -> None:
    message = create(metadata={"group": {}})
    assert {message, attrs.evolve(message)} == {message}


def test_a_mention_is_found_by_its_exact_id() -> None:
    message = make_message(mentions=("5511999999999@c.us",))
    assert message.is_mentioned("5511999999999@c.us")
    assert not message.is_mentioned("5511999999999")
    assert not make_message().is_mentioned("")
    assert (message.has_mentions, make_message().has_mentions) == (True, False)


def test_a_message_with_media_has_its_address() -> None:
    image = make_message(content_type=ContentType.IMAGE, media_url="https://example.org/a.jpg", text=None)
    assert (image.has_media_url, make_message().has_media_url) == (True, False)


# Delivery


REPORTS = {
    MessageStatus.SENT: "mark_as_sent",
    MessageStatus.DELIVERED: "mark_as_delivered",
    MessageStatus.READ: "mark_as_read",
    MessageStatus.PLAYED: "mark_as_played",
    MessageStatus.FAILED: "mark_as_failed",
}
STAMPS = {
    MessageStatus.DELIVERED: "delivered_at",
    MessageStatus.READ: "read_at",
    MessageStatus.PLAYED: "played_at",
}
FORWARD = ["queued", "sent", "failed", "delivered", "read", "played"]


@pytest.mark.parametrize("status", list(MessageStatus))
@pytest.mark.parametrize("report", list(REPORTS))
def test_a_report_moves_the_status_forward_or_changes_nothing(
    status: MessageStatus, report: MessageStatus
) -> None:
    message = make_message(ContentType.VOICE, status=status)
    after = obey(message, REPORTS[report], {})
    if FORWARD.index(report) > FORWARD.index(status):
        assert after.status is report
        (event,) = after.domain_events
        assert event.event_name == f"message.{report}"
    else:
        assert after is message


def test_a_message_that_was_said_to_have_failed_and_arrives_has_arrived() -> None:
    """And one that has arrived cannot fail any more."""
    failed = make_message().mark_as_failed(now=NOW)
    assert failed.mark_as_delivered(now=LATER).status is MessageStatus.DELIVERED
    assert failed.mark_as_sent(now=LATER) is failed
    delivered = make_message().mark_as_delivered(now=NOW)
    assert delivered.mark_as_failed(now=LATER, reason="timeout") is delivered


def test_a_stamp_is_of_its_own_report_and_set_once() -> None:
    message = make_message(ContentType.VOICE).mark_as_delivered(now=NOW).mark_as_played(now=LATER)
    assert (message.delivered_at, message.read_at, message.played_at) == (NOW, None, LATER)
    late = message.mark_as_delivered(now=LATER).mark_as_read(now=LATER).mark_as_played(now=NOW)
    assert late is message
    for status, stamp in STAMPS.items():
        imported = make_message(ContentType.VOICE, **{stamp: EARLIER})
        assert getattr(obey(imported, REPORTS[status], {}), stamp) == EARLIER


def test_a_late_report_does_not_turn_the_last_change_back() -> None:
    message = make_message().mark_as_read(now=EARLIER)
    assert (message.read_at, message.updated_at) == (EARLIER, NOW)


def test_each_report_has_an_event_of_its_own() -> None:
    """The older system's had no name and one id among them, so that the second could not be stored."""
    message = (
        make_message(ContentType.VOICE, status=MessageStatus.QUEUED)
        .mark_as_sent(now=NOW)
        .mark_as_failed(now=NOW)
        .mark_as_delivered(now=NOW)
        .mark_as_read(now=NOW)
        .mark_as_played(now=NOW)
    )
    names = [event.event_name for event in message.domain_events]
    assert names == ["message.sent", "message.failed", "message.delivered", "message.read", "message.played"]
    ids = {event.event_id for event in message.domain_events}
    assert len(ids) == 5
    assert NIL not in ids


reports = st.lists(st.tuples(st.sampled_from(sorted(REPORTS)), st.integers(0, 10_000)), max_size=12)


def report_all(message: Message, reported: list[tuple[MessageStatus, int]]) -> Message:
    for status, second in reported:
        message = obey(message, REPORTS[status], {}, NOW + timedelta(seconds=second))
    return message


@settings(deadline=None)
@given(st.sampled_from(sorted(MessageStatus)), reports, st.randoms(use_true_random=False))
def test_reports_in_whatever_order_end_in_the_highest_status(
    first: MessageStatus, reported: list[tuple[MessageStatus, int]], random: Any
) -> None:
    message = make_message(ContentType.VOICE, status=first)
    in_order = sorted(reported, key=lambda report: FORWARD.index(report[0]))
    shuffled = list(reported)
    random.shuffle(shuffled)
    highest = max([first, *(status for status, _ in reported)], key=FORWARD.index)
    for order in (reported, in_order, shuffled):
        assert report_all(message, order).status is highest


@settings(deadline=None)
@given(st.sampled_from(sorted(MessageStatus)), reports)
def test_the_status_goes_up_by_each_event_and_stamps_stay(
    first: MessageStatus, reported: list[tuple[MessageStatus, int]]
) -> None:
    message = make_message(ContentType.VOICE, status=first)
    for report in reported:
        after = report_all(message, [report])
        if after is message:
            continue
        assert after.status.rank > message.status.rank
        assert after.domain_events[:-1] == message.domain_events
        for stamp in STAMPS.values():
            assert getattr(message, stamp) in {None, getattr(after, stamp)}
        if after.status in STAMPS:
            assert getattr(after, STAMPS[after.status]) == after.domain_events[-1].occurred_at
        message = after


def test_the_ranks_are_the_order_of_delivery() -> None:
    assert sorted(MessageStatus, key=lambda status: status.rank) == FORWARD
    assert len({status.rank for status in MessageStatus}) == 6


# What the store holds


def row_of(message: Message) -> dict[str, Any]:
    tenant_id, id_, *others = mapper.insert_args(message)
    return dict(zip(mapper.COLUMNS, (id_, tenant_id, *others), strict=True))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("content_type", "pigeon"),
        ("content_type", ""),
        ("status", "pigeon"),
        ("status", ""),
        ("source", "pigeon"),
        ("source", ""),
        ("text", ""),
        ("media_url", "/a.png"),
        ("tenant_id", ""),
        ("channel_id", NIL),
    ],
)
def test_a_row_that_is_no_message_is_refused_and_not_read_as_something_else(column: str, value: Any) -> None:
    row = row_of(make_message())
    with pytest.raises(ValidationError) as raised:
        mapper.from_row(tuple({**row, column: value}.values()))
    assert raised.value.field == column


def test_the_row_that_the_test_above_spoils_is_a_message() -> None:
    message = make_message()
    assert mapper.from_row(tuple(row_of(message).values())) == message
