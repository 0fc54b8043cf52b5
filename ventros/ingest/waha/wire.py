"""Values of an event's JSON, read as what they are meant to be; what is something else is not there.

Engines write the same thing in several ways: names differ in case (``URL`` and ``url``, ``stanzaID`` and
``stanzaId``), numbers come as text or as the halves of a 64-bit one, ids as objects. Only these functions
know it.
"""

from __future__ import annotations

import math
from typing import Any, TypeAlias

Fields: TypeAlias = dict[str, Any]
"""An object's members by their names in lower case."""

TRUE = frozenset({"true", "1"})
FALSE = frozenset({"false", "0"})


def fields(value: object) -> Fields:
    """Empty for what is no object. Of two names that differ in case alone, the one with a value counts."""
    if not isinstance(value, dict):
        return {}
    found: Fields = {}
    for name, member in value.items():
        folded = name.lower()
        if found.get(folded) in (None, ""):
            found[folded] = member
    return found


def text(value: object) -> str | None:
    """None for an empty one too. A whole number is the text of its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def first_text(*values: object) -> str | None:
    return next(filter(None, map(text, values)), None)


def flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    word = str(value).lower() if isinstance(value, str | int) else ""
    return True if word in TRUE else False if word in FALSE else None


def number(value: object) -> float | int | None:
    """Also of a text, and of the two halves in which JavaScript holds 64 bits."""
    if isinstance(value, dict):
        low, high = value.get("low"), value.get("high")
        if type(low) is not int or type(high) is not int:
            return None
        return (high << 32) + (low & 0xFFFFFFFF)
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if isinstance(value, int) or math.isfinite(value) else None


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def jid(value: object) -> str | None:
    """A WhatsApp id, which may come as an object."""
    if isinstance(value, dict):
        parts = fields(value)
        user, server = text(parts.get("user")), text(parts.get("server"))
        return text(parts.get("_serialized")) or (f"{user}@{server}" if user and server else None)
    return text(value)
