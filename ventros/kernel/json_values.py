"""JSON where JSON is stored: what PostgreSQL's jsonb would give back as another value is refused before."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

import attrs
import msgspec

from ventros.kernel.errors import ValidationError

MAX_DEPTH = 32
"""Objects and lists inside each other; the stacks of Python and of the server bear some hundreds."""
MAX_BYTES = 2**20
"""Of the whole value's text in UTF-8."""
LARGEST = sys.float_info.max
"""No number is beyond, as other readers of the JSON have it; so NaN is none, and 10**400 is none."""
EXACT = 2**53
"""From it on a float is whole, and jsonb would give back the integer that its shortest text says: another."""

_NUL = b"\\u0000"
_PLAIN: frozenset[type] = frozenset({type(None), bool})
_TEXT: frozenset[type] = frozenset({str})
_Path = tuple[Any, str | int] | None
"""The path to the parent and the key or index there. The parent of the whole value has none."""


class _Refused(Exception):
    """A path, and what is wrong there."""


def copied_json(value: object, field: str) -> Any:
    """A copy of ``value``, of which nobody else holds a part that can be changed.

    It is None, a bool, an int or float up to 1.8e308, a str without NUL and without half a surrogate pair,
    or a list or dict of such, the latter by texts; at most 32 deep and 1 MiB as text. A float from 2**53 on
    is kept as the int that it equals.
    Anything else raises ValidationError, which names ``field``, the path in it as jsonpath spells it, and
    what to do.
    """
    try:
        # The encoder tells, faster than a look at each text, that all of them are good.
        (copied,) = _copied([value], None, 0, _PLAIN | _TEXT)
        try:
            encoded = msgspec.json.encode(copied)
        except UnicodeEncodeError:
            encoded = _NUL
        if _NUL in encoded:
            _copied([value], None, 0, _PLAIN)
    except _Refused as refused:
        path, fault = refused.args
        raise ValidationError(f"{field}: {_spelled(path)} {fault}", field=field) from None
    if len(encoded) > MAX_BYTES:
        raise ValidationError(f"{field}: $ is over 1 MiB as text; keep it elsewhere", field=field)
    return copied


def json_object(*, repr: bool = True) -> Any:  # noqa: A002 - attrs' own
    """A field that holds a JSON object, empty unless given: see :func:`copied_json`; no part of the hash."""
    return attrs.field(factory=dict, converter=_OWN_OBJECT, hash=False, repr=repr)


def json_object_or_none() -> Any:
    """A field that holds a JSON object or None, which is its default."""
    return attrs.field(default=None, converter=attrs.converters.optional(_OWN_OBJECT), hash=False)


def json_value() -> Any:
    """A field that holds any JSON, None unless given."""
    return attrs.field(default=None, converter=attrs.Converter(_own_json, takes_field=True), hash=False)


def _own_json(value: object, field: attrs.Attribute[Any]) -> Any:
    return copied_json(value, field.name)


def _own_object(value: object, field: attrs.Attribute[Any]) -> Any:
    if not isinstance(value, Mapping):
        raise ValidationError(f"{field.name}: $ is no object; give a dict", field=field.name)
    return copied_json(dict(value), field.name) if value else {}


_OWN_OBJECT = attrs.Converter(_own_object, takes_field=True)


def _copied(value: Any, path: _Path, depth: int, good: frozenset[type]) -> Any:
    """A copy of a dict or list; values of the types in ``good`` are not looked at."""
    if depth > MAX_DEPTH:
        raise _Refused(path, f"lies deeper than {MAX_DEPTH} objects and lists; make it flatter")
    copied = value.copy()
    if type(copied) is list:
        members = enumerate(copied)
    else:
        if str not in good or not _TEXT.issuperset(map(type, copied)):
            for key in copied:
                if fault := _key_fault(key):
                    raise _Refused(path, f"has a key that {fault}")
        members = copied.items()
    for key, member in members:
        kind = type(member)
        if kind is dict or kind is list:
            copied[key] = _copied(member, (path, key), depth + 1, good)
        elif kind not in good:
            if fault := _fault(member):
                raise _Refused((path, key), fault)
            if kind is float and not -EXACT < member < EXACT:
                copied[key] = int(member)
    return copied


def _key_fault(key: object) -> str | None:
    return text_fault(key) if type(key) is str else f"is of type {type(key).__name__}; give a text"


def _fault(value: Any) -> str | None:
    """What JSON cannot say in a value that is neither a list nor a dict, or None."""
    kind = type(value)
    if kind is str:
        return text_fault(value)
    if kind is int or kind is float:
        return None if -LARGEST <= value <= LARGEST else "is NaN or beyond the largest float; give a text"
    if kind in _PLAIN:
        return None
    return f"is of type {kind.__name__}, which JSON lacks; give a text, number, bool, None, list or dict"


def text_fault(text: str) -> str | None:
    """What PostgreSQL cannot hold in a text, or None."""
    if "\x00" in text or (
        not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text)
    ):
        return "holds NUL or half of a surrogate pair, which PostgreSQL cannot hold; leave it out"
    return None


def _spelled(path: _Path) -> str:
    if path is None or path[0] is None:
        return "$"
    parent, key = path
    if isinstance(key, int):
        return f"{_spelled(parent)}[{key}]"
    return f"{_spelled(parent)}.{key if key.isidentifier() else json.dumps(key, ensure_ascii=False)}"
