"""A line's events, whatever they are wrapped in; a bad character costs a character."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ventros.ingest.delivery import RejectedLine
from ventros.ingest.waha.decoding import MAX_DIGITS, decode_events

EVENT = {"event": "message", "session": "s", "payload": {"id": "m1", "body": "oi"}}
OTHER = {"event": "message.ack", "payload": {"id": "m1"}}


def decoded(value: Any) -> list[Any]:
    return decode_events(json.dumps(value).encode()).events


@pytest.mark.parametrize(
    "wrapped",
    [
        EVENT,
        [EVENT],
        [[EVENT]],
        {"headers": {}, "params": {}, "query": {}, "body": EVENT, "webhookUrl": "http://x"},
        [{"headers": {}, "body": EVENT}],
        {"headers": {}, "body": json.dumps(EVENT)},
        {"json": EVENT, "pairedItem": {"item": 0}},
        [{"json": {"headers": {}, "body": EVENT}}],
        {"name": "flow", "nodes": [], "pinData": {"WAHA Trigger": [{"json": EVENT}]}},
        {"data": {"resultData": {"runData": {"WAHA": [{"data": {"main": [[{"json": {"body": EVENT}}]]}}]}}}},
        {"event": "webhook", "body": EVENT},
    ],
)
def test_one_event(wrapped: object) -> None:
    assert decoded(wrapped) == [EVENT]


@pytest.mark.parametrize(
    "wrapped",
    [
        [EVENT, OTHER],
        {"headers": {}, "body": [EVENT, OTHER]},
        [{"body": EVENT}, {"body": OTHER}],
        {"events": [EVENT, OTHER]},
    ],
)
def test_several_events(wrapped: object) -> None:
    assert decoded(wrapped) == [EVENT, OTHER]


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"session": "s", "payload": EVENT},
        {"session": "s", "payload": {"body": json.dumps(EVENT)}},
        {"chat": "c", "body": json.dumps(EVENT)},  # what somebody wrote
        {"headers": {}, "body": "no JSON"},
        {"event": 5, "payload": {}},
        5,
        "text",
        None,
    ],
)
def test_what_holds_no_event_is_one_that_is_none(value: object) -> None:
    assert decoded(value) == [value]


def test_a_bad_one_among_others_is_there_too() -> None:
    assert decoded([EVENT, {"session": "s"}, 5]) == [EVENT, {"session": "s"}, 5]
    assert decoded([]) == []


@pytest.mark.parametrize(
    ("raw", "text", "replaced"),
    [
        (rb'"a\u0000b"', "a\ufffdb", 1),
        (rb'"\ud83d"', "\ufffd", 1),
        (rb'"\udc0a\ud800x"', "\ufffd\ufffdx", 2),
        (rb'"\ud83d\ude00"', "\U0001f600", 0),
        (b'"\xed\xa0\x80"', "\ufffd", 1),
        (b'"a\tb"', "a\tb", 0),
        (rb'"\\u0000"', r"\u0000", 0),
    ],
)
def test_a_bad_character_costs_a_character(raw: bytes, text: str, replaced: int) -> None:
    line = b'{"event": "message", "payload": {"body": ?, "copy": ?}}'.replace(b"?", raw)
    found = decode_events(line)
    assert found.events[0]["payload"] == {"body": text, "copy": text}
    assert found.replaced == replaced, "the same text is counted once"


def test_names_are_mended_too() -> None:
    found = decode_events(rb'{"a\u0000": 1}')
    assert (found.events, found.replaced) == ([{"a\ufffd": 1}], 1)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b"9" * 9_000, None),
        (b"-" + b"9" * 9_000, None),
        (b"9" * MAX_DIGITS, int("9" * MAX_DIGITS)),
        (b"NaN", None),
        (b"-Infinity", None),
        (b"1e400", float("inf")),
    ],
)
def test_a_number_that_is_none_costs_itself(raw: bytes, value: object) -> None:
    line = b'{"event": "message", "payload": {"id": ?, "body": "oi"}}'.replace(b"?", raw)
    assert decode_events(line).events[0]["payload"] == {"id": value, "body": "oi"}


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not JSON"),
        (b"hello", "not JSON"),
        (json.dumps(EVENT).encode()[:40], "not JSON"),
        (json.dumps(EVENT).encode() + b"{}", "not JSON"),
        (b'{"event": "message", "x": "\xff"}', "not UTF-8: byte 27"),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too deeply"),
        (b'{"x":"\\ud800","y":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too deeply"),
    ],
)
def test_rejected(raw: bytes, reason: str) -> None:
    with pytest.raises(RejectedLine) as caught:
        decode_events(raw)
    assert reason in caught.value.reason


def test_byte_order_mark() -> None:
    assert decode_events(b"\xef\xbb\xbf" + json.dumps(EVENT).encode()).events == [EVENT]
