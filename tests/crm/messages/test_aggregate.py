"""The rules of a message, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.messages import ARGUMENTS, LATER, LINK, MEDIA, NIL, PLAYABLE, URL, create, make_message
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType, MessageSource, MessageStatus
from ventros.kernel.errors import ValidationError
from ventros.values import MediaUrl, MessageText

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
        edited_at=None,
        revoked_at=None,
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
        "content_type": "text",
        "chat_id": None,
        "reply_to_id": None,
        "mentions": (),
        "view_once": False,
        "live_location": False,
        "created_at": NOW,
    }


def test_a_message_keeps_what_it_was_created_with() -> None:
    """The older system always stamped the present, and called every source manual."""
    arguments: dict[str, Any] = {
        "from_me": True,
        "timestamp": datetime(2019, 5, 6, tzinfo=UTC),
        "channel_type_id": 1,
        "chat_id": uuid4(),
        "session_id": uuid4(),
        "channel_message_id": "wamid.1",
        "reply_to_id": uuid4(),
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
    told = message.domain_events[0].payload()
    assert told["from_me"] is True
    for name in ("chat_id", "reply_to_id", "mentions"):
        assert told[name] == getattr(message, name)


@pytest.mark.parametrize("fact", ["view_once", "live_location"])
@pytest.mark.parametrize("value", [True, False, None, "true", 1])
def test_the_event_of_its_creation_tells_what_the_metadata_say_of_it(fact: str, value: Any) -> None:
    told = create(metadata={fact: value}).domain_events[0].payload()
    assert told[fact] is (value is True)


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
        ("text", "x" * 65_537, "text"),
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
def test_a_message_holds_text_always_and_media_by_its_type(content_type: ContentType) -> None:
    message = create(content_type=content_type, text="hello", media_url=URL, media_mimetype="audio/ogg")
    is_media = content_type.value in MEDIA
    assert message.text == MessageText("hello")
    assert message.media_url == (MediaUrl(URL) if is_media else None)
    assert message.media_mimetype == ("audio/ogg" if is_media else None)
    assert content_type.is_media is is_media
    assert content_type.is_playable is (content_type.value in PLAYABLE)


def test_the_words_that_are_stored() -> None:
    assert " ".join(ContentType) == (
        "text image video audio voice document location contact sticker system unsupported"
    )
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
