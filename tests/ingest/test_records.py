"""A stream is cut into the same records in whatever pieces it comes, and what is broken costs only itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventros.ingest.records import MAX_DEPTH, SHOWN, Record, Splitter

LIMIT = 2_000


def event(number: int) -> dict[str, Any]:
    """With what makes it hard to find its end."""
    return {"id": f"e{number}", "list": [{"a": 1}, {"b": [1, 2, "}]"]}, []], "text": 'a\\"{[\n\t,\\\\'}


def line(number: int) -> bytes:
    return json.dumps(event(number)).encode()


def pretty(*numbers: int, indent: int = 2) -> bytes:
    return json.dumps([event(number) for number in numbers], indent=indent).encode()


def split(stream: bytes, size: int = 10**9, limit: int = LIMIT) -> list[Record]:
    splitter = Splitter(limit=limit)
    found: list[Record] = []
    for start in range(0, len(stream), size):
        found += splitter.feed(stream[start : start + size])
    return [*found, *splitter.finish()]


LONG = b'{"a": "' + b"x" * 5_000 + b'"}'
E1, E2, E3 = event(1), event(2), event(3)
STREAMS: list[tuple[bytes, list[tuple[int, Any]]]] = [
    (line(1) + b"\n" + line(2), [(1, E1), (2, E2)]),
    (b"\xef\xbb\xbf" + line(1) + b"\r\n \r\n\xef\xbb\xbf" + line(2) + b"\n", [(1, E1), (3, E2)]),
    (b"[" + line(1) + b"," + line(2) + b"]", [(1, E1), (1, E2)]),
    (b"[\n" + line(1) + b",\n" + line(2) + b"\n]\n" + line(3), [(2, E1), (3, E2), (5, E3)]),
    (b" [ ] \n[]\n" + line(1), [(3, E1)]),
    (pretty(1, 2), [(2, E1), (19, E2)]),
    (pretty(1, 2, indent=0), [(2, E1), (19, E2)]),
    (json.dumps(E1, indent=4).encode() + b"\n" + json.dumps(E2, indent=1).encode(), [(1, E1), (18, E2)]),
    (b"[1, \"a\", null]\n" + line(1), [(1, 1), (1, "a"), (1, None), (2, E1)]),
    # Broken.
    (b"hello\n" + line(1), [(1, ...), (2, E1)]),
    (line(1)[:40] + b"\n" + line(2), [(1, ...), (2, E2)]),
    (line(1)[:-1] + b"\n" + line(2), [(1, ...), (2, E2)]),
    (line(1)[10:] + b"\n" + line(2), [(1, ...), (2, E2)]),
    (b"{\n" + line(1) + b"\n" + line(2), [(1, ...), (2, E1), (3, E2)]),
    (b'{"a": [1}\n' + line(1), [(1, ...), (2, E1)]),
    (b"[\n" + line(1)[:30] + b"\n" + line(2) + b"\n]", [(2, ...), (3, E2)]),
    (pretty(1, 2, 3).replace(b'"id": "e2",', b'"id": "e2'), [(2, E1), (19, ...), (36, E3)]),
    (pretty(1, 2, 3).replace(b'"id": "e2",', b'"id": ]'), [(2, E1), (19, ...), (36, E3)]),
    (pretty(1, 2)[:-20], [(2, E1), (19, ...)]),
    (b"[" + line(1) + b",\n", [(1, E1), (1, ...)]),
    # Too long, or too deep.
    (line(1) + b"\n" + LONG + b"\n" + line(2), [(1, E1), (2, ...), (3, E2)]),
    (b"[" + line(1) + b"," + LONG + b"," + line(2) + b"]\n" + line(3), [(1, E1), (1, ...), (1, E2), (2, E3)]),
    (pretty(1) + b"\n" + json.dumps({"a": ["x" * 99] * 99}, indent=2).encode() + b"\n" + line(2),
     [(2, E1), (20, ...), (123, E2)]),
    (b"[" * 9_000 + b"]" * 9_000 + b"\n" + line(1), [(1, ...), (2, E1)]),
    (b'{"a":' * 9_000 + b"\n" + line(1), [(1, ...), (2, E1)]),
]  # fmt: skip
"""With the line and the value of each record; ... is one that cannot be read."""


@pytest.mark.parametrize("size", [1, 7, 64, 10**9])
@pytest.mark.parametrize(("stream", "expected"), STREAMS)
def test_records(stream: bytes, expected: list[tuple[int, Any]], size: int) -> None:
    found = split(stream, size)
    assert [(record.line, value_of(record)) for record in found] == expected
    assert all(len(record.raw) <= LIMIT for record in found)
    assert [record.end for record in found] == sorted(record.end for record in found)


def value_of(record: Record) -> Any:
    if record.fault is not None:
        assert len(record.raw) <= SHOWN
        return ...
    try:
        return json.loads(record.raw)
    except ValueError:
        return ...


def test_nothing_is_held_of_what_is_too_long() -> None:
    splitter = Splitter(limit=LIMIT)
    for _ in range(1_000):
        assert len([*splitter.feed(b'{"a": "' + b"x" * 10_000)]) <= 1
        assert len(splitter._pending) <= LIMIT + 20_000


def test_a_record_of_the_greatest_depth_is_read() -> None:
    deep = b'[{"a":' + b"[" * (MAX_DEPTH - 1) + b"]" * (MAX_DEPTH - 1) + b"}]"
    (record,) = split(deep)
    assert record.fault is None
    (record,) = split(deep.replace(b"[]", b"[[]]"))
    assert record.fault is not None


@given(st.lists(st.sampled_from([b"{", b"}", b"[", b"]", b'"', b"\\", b"\n", b",", b" ", b"1", b'{"a":1}'])))
def test_whatever_comes_its_pieces_do_not_matter(tokens: list[bytes]) -> None:
    stream = b"".join(tokens)
    whole = split(stream, limit=100)
    assert split(stream, 1, limit=100) == whole
    rest = b"".join(record.raw for record in whole)
    assert sum(map(stream.count, (b"1",))) >= rest.count(b"1")


@given(
    st.lists(st.sampled_from([E1, E2, 5, "x", None, [], {}]), max_size=5), st.sampled_from([None, 0, 2, "\t"])
)
def test_an_array_of_anything(values: list[Any], indent: int | str | None) -> None:
    found = split(json.dumps(values, indent=indent).encode())
    assert [json.loads(record.raw) for record in found] == values
