"""Whatever an event holds, wherever: null and absent are the same, the unknown is ignored."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.waha import (
    AD,
    CARD,
    CONTACT,
    DOCUMENT,
    IMAGE,
    IN_GROUP,
    LID,
    LOCATION,
    MESSAGE_ID,
    OWN,
    RECEIPT,
    TEXT,
    VOICE,
    Json,
    Path,
    by_lid,
    interpreted,
    line,
    make_ack,
    make_event,
    make_media_event,
    paths,
    with_value,
)
from ventros.ingest.delivery import Delivery, RejectedLine, SkippedEvent
from ventros.ingest.waha.wire import fields, flag, number, text

EVENTS = [
    make_event(),
    AD,
    IMAGE,
    VOICE,
    DOCUMENT,
    make_media_event("sticker"),
    LOCATION,
    CARD,
    IN_GROUP,
    OWN,
    by_lid(SenderAlt=f"{CONTACT}@s.whatsapp.net"),
    make_event({"replyTo": {"id": "3EB0"}}),
    make_ack(),
    make_ack({"id": MESSAGE_ID, "to": LID, "_data": RECEIPT}),
]
PLACES = [(event, path) for event in EVENTS for path in paths(event)]


def outcome(raw: bytes) -> object:
    try:
        return interpreted(raw)
    except RejectedLine as error:
        return error.reason


@given(st.sampled_from(EVENTS), st.data())
def test_null_and_absent_are_the_same(event: Json, data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from(sorted(paths(event))), max_size=6))
    null = absent = event
    # The longest first: a place within an object that is itself taken away is gone.
    for path in sorted(chosen, key=len, reverse=True):
        null, absent = with_value(null, path, None), with_value(absent, path, ...)
    assert outcome(line(null)) == outcome(line(absent))


@pytest.mark.parametrize("event", EVENTS)
def test_unknown_keys_are_ignored_at_every_level(event: Json) -> None:
    objects = [(), *(path for path in paths(event) if isinstance(value_at(event, path), dict))]
    for path in objects:
        extended = with_value(event, (*path, "unheardOf"), {"nested": [1, TEXT]})
        assert outcome(line(extended)) == outcome(line(event)), path


def value_at(event: Json, path: Path) -> object:
    value: Any = event
    for key in path:
        value = value[key]
    return value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(PLACES), JSON)
def test_anything_anywhere_is_at_worst_rejected(place: tuple[Json, Path], value: object) -> None:
    event, path = place
    result = outcome(json.dumps(with_value(event, path, value)).encode())
    if isinstance(result, Delivery):
        assert result.channel_external_id
        assert all(result.conversation)
    else:
        assert isinstance(result, str | SkippedEvent)


def test_names_differ_in_case_alone() -> None:
    assert fields({"URL": "a", "stanzaID": 1}) == {"url": "a", "stanzaid": 1}
    assert fields({"url": "", "URL": "a"}) == fields({"URL": "a", "url": None}) == {"url": "a"}
    assert fields(["URL"]) == fields(None) == {}


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (1, 1),
        (1.5, 1.5),
        ("1768580591", 1768580591),
        (" 1.5 ", 1.5),
        ({"low": 1768580591, "high": 0, "unsigned": True}, 1768580591),
        ({"low": -1, "high": 1, "unsigned": False}, 2**33 - 1),
        ({"low": 1.0, "high": 0}, None),
        ({}, None),
        ("1e400", None),
        ("nan", None),
        (float("inf"), None),
        ("never", None),
        ("", None),
        (True, None),
        (None, None),
        ([1], None),
    ],
)
def test_number(value: object, read: object) -> None:
    assert number(value) == read


@pytest.mark.parametrize(
    ("value", "as_text", "as_flag"),
    [
        ("a", "a", None),
        ("", None, None),
        (7, "7", None),
        (True, None, True),
        ("true", "true", True),
        (1, "1", True),
        (False, None, False),
        ("FALSE", "FALSE", False),
        (0, "0", False),
        (None, None, None),
        ({}, None, None),
    ],
)
def test_text_and_flag(value: object, as_text: str | None, as_flag: bool | None) -> None:
    assert (text(value), flag(value)) == (as_text, as_flag)
