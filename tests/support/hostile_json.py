"""Values that JSON has no word for, or another one."""

from __future__ import annotations

import enum
from collections import OrderedDict
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs

from ventros.kernel.json_values import MAX_DEPTH


class Colour(enum.Enum):
    RED = "red"


class Shade(enum.StrEnum):
    DARK = "dark"


def nested(depth: int) -> Any:
    value: Any = None
    for _ in range(depth):
        value = [value]
    return value


CIRCLE: list[Any] = []
CIRCLE.append(CIRCLE)

HOSTILE: dict[str, Any] = {
    "Decimal": Decimal(1),
    "bytes": b"x",
    "set": {1},
    "tuple": (1,),
    "Enum": Colour.RED,
    "StrEnum": Shade.DARK,
    "timedelta": timedelta(1),
    "date": date(2026, 1, 2),
    "time": time(1),
    "datetime": datetime(2026, 1, 2, tzinfo=UTC),
    "UUID": UUID(int=1),
    "object": object(),
    "OrderedDict": OrderedDict(a=1),
    "key of int": {1: "x"},
    "key of None": {None: "x"},
    "key of Enum": {Shade.DARK: "x"},
    "key with NUL": {"\x00": "x"},
    "key with half a pair": {"\ud800": "x"},
    "NaN": float("nan"),
    "infinity": float("-inf"),
    "integer": 10**400,
    "NUL": "a\x00b",
    "half a pair": "\udfff",
    "deep": nested(MAX_DEPTH),
    "very deep": nested(3000),
    "circle": CIRCLE,
}
"""By what is wrong with it; each, inside one object and one list, is refused."""


def placed(value: Any) -> dict[str, Any]:
    """``value`` inside a document, at ``$.a[3].b``."""
    return {"a": [0, 1, 2, {"b": value}]}


def json_fields(kind: type[Any]) -> set[str]:
    """Those that refuse what is no JSON."""
    return {field.name for field in attrs.fields(kind) if isinstance(field.converter, attrs.Converter)}
