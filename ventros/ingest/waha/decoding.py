"""A line's JSON, and the events in it: one, an array of them, or what another tool wrapped them in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import attrs
import msgspec

from ventros.ingest.delivery import RejectedLine

MAX_DEPTH = 16
"""How deeply a wrapper may hold its events; an export of an n8n execution needs 10."""
MAX_DIGITS = 40
"""Of a whole number: twice what 64 bits hold. A longer one is nothing that is read here, and dear to read."""

BOM = b"\xef\xbb\xbf"
REPLACEMENT = "\ufffd"
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@attrs.frozen
class Decoded:
    """``events`` as they stand in the line; ``replaced`` characters of their texts were none that a database
    stores, and are U+FFFD now: NUL, and halves of surrogate pairs.
    """

    events: list[Any]
    replaced: int


def decode_events(line: bytes) -> Decoded:
    """Raises RejectedLine for what is no JSON."""
    try:
        value, exotic = _load(line.removeprefix(BOM))
        replaced = 0
        if exotic or b"\\u0000" in line:
            mended: dict[str, str] = {}
            value = _mend(value, mended)
            replaced = sum(len(_UNSTORABLE.findall(text)) for text in mended)
        return Decoded(list(_events(value)), replaced)
    except RecursionError as error:
        raise RejectedLine("the line is nested too deeply to be an event") from error


def _load(line: bytes) -> tuple[Any, bool]:
    """And whether it took the reader that accepts what strictly is no JSON."""
    try:
        return msgspec.json.decode(line), False
    except (msgspec.MsgspecError, UnicodeDecodeError):
        text = _decode_utf8(line)
    try:
        return (
            json.loads(text, parse_int=_parse_int, parse_constant=lambda _name: None, strict=False),
            True,
        )
    except ValueError as error:
        detail = str(error).partition(":")[0] or type(error).__name__
        raise RejectedLine("the line is not JSON", detail) from error


def _decode_utf8(line: bytes) -> str:
    try:
        return line.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        raise RejectedLine("the line is not UTF-8", f"byte {error.start}") from error


def _parse_int(digits: str) -> int | None:
    return int(digits) if len(digits) <= MAX_DIGITS else None


def _mend(value: Any, mended: dict[str, str]) -> Any:
    """``value`` without what cannot be stored; ``mended`` gets each text that had any, once."""
    if isinstance(value, str):
        if not _UNSTORABLE.search(value):
            return value
        mended[value] = _UNSTORABLE.sub(REPLACEMENT, value)
        return mended[value]
    if isinstance(value, list):
        return [_mend(item, mended) for item in value]
    if isinstance(value, dict):
        return {_mend(name, mended): _mend(member, mended) for name, member in value.items()}
    return value


def _events(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _events(item)
        return
    wrapped = [] if _is_event(value) else list(_wrapped_events(value, MAX_DEPTH))
    yield from wrapped or [value]


def _is_event(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("event"), str) and "payload" in value


def _wrapped_events(value: Any, depth: int) -> Iterator[Any]:
    """What is inside of a payload is people's, and no event of ours."""
    if _is_event(value):
        yield value
    elif depth == 0:
        return
    elif isinstance(value, list):
        for item in value:
            yield from _wrapped_events(item, depth - 1)
    elif isinstance(value, dict):
        for name, member in value.items():
            if name == "body" and isinstance(member, str) and "headers" in value:
                yield from _wrapped_events(_load_body(member), depth - 1)
            elif name != "payload":
                yield from _wrapped_events(member, depth - 1)


def _load_body(body: str) -> Any:
    """A request's body that was kept as a text; None when it is no JSON."""
    try:
        return _load(body.encode("utf-8", "surrogatepass"))[0]
    except RejectedLine:
        return None
