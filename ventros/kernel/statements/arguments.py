"""Refuses by type, before it is sent, what PostgreSQL or the driver would refuse late or bend without a word.

asyncpg takes a naive datetime for UTC, and datetime.max for infinity; JSON turns NaN into null; the server
refuses NUL in text only after the statement has begun, which kills the transaction. The driver takes the text
of a UUID for one, and True for 1, but what is loaded then is not found by them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from asyncpg.pgproto import pgproto

from ventros.kernel.json_values import LARGEST, MAX_DEPTH, text_fault

_PLAIN = frozenset({type(None), bool, UUID, pgproto.UUID})
MAX_DOCUMENT_DEPTH = 2 * MAX_DEPTH
"""An aggregate's JSON may be a part of a document, such as a step of a campaign, and of an event."""
_INFINITE = (datetime.min, datetime.max)  # noqa: DTZ901 - compared without a zone

Check = Callable[[object], str | None]
"""Says what is wrong with an argument, or None."""


def _timestamp(value: object) -> str | None:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return "is a naive datetime; give it a time zone, best datetime.UTC"
        if value.year in {1, 9999} and value.replace(tzinfo=None) in _INFINITE:
            return "is the first or last datetime of all, which the driver takes for infinity"
    return None


def _text(value: object) -> str | None:
    if not isinstance(value, str):
        return f"must be a str, not {type(value).__name__}"
    return text_fault(value)


def _number(value: object) -> str | None:
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return "is not a finite number"
    return None


def _is_plain(value: object) -> bool:
    return type(value) is str and value.isascii() and "\x00" not in value


def _json(value: object, depth: int = 0) -> str | None:
    """JSON has no word for NaN, and jsonb none for NUL; a naive datetime would lose its meaning.

    What an aggregate holds as JSON is held to more: see :mod:`ventros.kernel.json_values`. Here it may be a
    part of a larger document, and an event's payload may hold what has one text in JSON, as a UUID has.
    """
    if isinstance(value, str):
        return text_fault(value)
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        if depth == MAX_DOCUMENT_DEPTH:
            return f"lies deeper than {MAX_DOCUMENT_DEPTH} objects and lists"
        items: Iterable[object] = value
        if isinstance(value, Mapping):
            for key in value:
                if not _is_plain(key) and (fault := _text(key)):
                    return fault
            items = value.values()
        for item in items:
            if type(item) not in _PLAIN and not _is_plain(item) and (fault := _json(item, depth + 1)):
                return fault
        return None
    if isinstance(value, int) and not -LARGEST <= value <= LARGEST:
        return "holds an integer beyond the largest float"
    return _timestamp(value) or _number(value)


def _only(kind: type[Any] | tuple[type[Any], ...], words: str, check: Check | None = None) -> Check:
    """Values of that Python type, and no bool among numbers, which then pass ``check``."""

    def check_kind(value: object) -> str | None:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            return f"must be {words}, not {type(value).__name__}"
        return check(value) if check else None

    return check_kind


def _array(check: Check) -> Check:
    """A list or tuple; an item may be None, which is NULL."""

    def check_items(value: object) -> str | None:
        if not isinstance(value, list | tuple):
            return f"must be a list, not {type(value).__name__}"
        for item in value:
            if item is not None and (fault := check(item)):
                return fault
        return None

    return check_items


def _integer(bits: int) -> Check:
    limit = 1 << (bits - 1)

    def check_range(value: Any) -> str | None:
        return None if -limit <= value < limit else f"does not fit into {bits} bits"

    return _only(int, "an int", check_range)


_SCALARS: dict[str, Check] = {
    "text": _text,
    "timestamptz": _only(datetime, "a datetime", _timestamp),
    "double precision": _only((int, float), "a float", _number),
    "numeric": _only((int, float, Decimal), "a Decimal", _number),
    "smallint": _integer(16),
    "integer": _integer(32),
    "bigint": _integer(64),
    "boolean": _only(bool, "a bool"),
    "uuid": _only(UUID, "a UUID"),
    "jsonb": _json,
}
CHECKS = {**_SCALARS, **{f"{name}[]": _array(check) for name, check in _SCALARS.items()}}
"""By PostgreSQL type, of those whose values can be wrong unseen."""

NULL = frozenset({type(None)})
PASSING = {
    "uuid": NULL | {UUID, pgproto.UUID},
    "boolean": NULL | {bool},
}
"""Python types whose values need no check for a PostgreSQL type."""
