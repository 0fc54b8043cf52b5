"""What PostgreSQL would refuse late, or bend without a word, is refused here by type, before it is sent.

asyncpg takes a naive datetime for UTC, and datetime.max for infinity; JSON turns NaN into null; the server
refuses NUL in text only after the statement has begun, which kills the transaction.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from ventros.kernel.json_values import LARGEST, MAX_DEPTH

_PLAIN = frozenset({type(None), bool, UUID})
MAX_DOCUMENT_DEPTH = 2 * MAX_DEPTH
"""An aggregate's JSON may be a part of a document, such as a step of a campaign, and of an event."""
_INFINITE = (datetime.min, datetime.max)  # noqa: DTZ901 - compared without a zone

Check = Callable[[object], str | None]
"""Says what is wrong with an argument, or None."""


def check_for(type_name: str) -> Check | None:
    """The check for a parameter of that PostgreSQL type, if its values can be wrong unseen."""
    return _CHECKS.get(type_name)


def _timestamp(value: object) -> str | None:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return "is a naive datetime; give it a time zone, best datetime.UTC"
        if value.year in {1, 9999} and value.replace(tzinfo=None) in _INFINITE:
            return "is the first or last datetime of all, which the driver takes for infinity"
    return None


def _text(value: object) -> str | None:
    if isinstance(value, str):
        if "\x00" in value:
            return "holds a NUL character, which PostgreSQL text cannot hold"
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            return "holds half of a surrogate pair, which is no Unicode text"
    return None


def _number(value: object) -> str | None:
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return "is not a finite number"
    return None


def _json(value: object, depth: int = 0) -> str | None:
    """JSON has no word for NaN, and jsonb none for NUL; a naive datetime would lose its meaning.

    What an aggregate holds as JSON is held to more: see :mod:`ventros.kernel.json_values`. Here it may be a
    part of a larger document, and an event's payload may hold what has one text in JSON, as a UUID has.
    """
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        if depth == MAX_DOCUMENT_DEPTH:
            return f"lies deeper than {MAX_DOCUMENT_DEPTH} objects and lists"
        items: Iterable[object] = value
        if isinstance(value, Mapping):
            for key in value:
                if fault := _text(key):
                    return fault
            items = value.values()
        for item in items:
            if type(item) not in _PLAIN and (fault := _json(item, depth + 1)):
                return fault
        return None
    if isinstance(value, int) and not -LARGEST <= value <= LARGEST:
        return "holds an integer beyond the largest float"
    return _timestamp(value) or _number(value)


def _items(check: Check) -> Check:
    def check_items(value: object) -> str | None:
        if isinstance(value, list | tuple):
            for item in value:
                if fault := check(item):
                    return fault
        return None

    return check_items


_CHECKS: dict[str, Check] = {
    "text": _text,
    "text[]": _items(_text),
    "timestamptz": _timestamp,
    "timestamptz[]": _items(_timestamp),
    "double precision": _number,
    "numeric": _number,
    "jsonb": _json,
    "jsonb[]": _items(_json),
}
