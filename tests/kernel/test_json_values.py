"""What JSON would give back as another value is refused where JSON is stored, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given

from tests.support.hostile_json import HOSTILE, nested, placed
from ventros.kernel.errors import ValidationError
from ventros.kernel.json_values import MAX_BYTES, MAX_DEPTH, copied_json, json_object
from ventros.testing.strategies import json_values


@attrs.frozen
class Held:
    document: dict[str, Any] = json_object()


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_what_json_would_bend_is_refused_by_field_and_path(value: Any) -> None:
    with pytest.raises(ValidationError, match=r"^document: \$\.a\[3\]\.b") as caught:
        Held(placed(value))
    assert caught.value.field == "document"


def test_control_a_codec_alone_would_bend_half_of_them_without_a_word() -> None:
    bent = []
    for name, value in HOSTILE.items():
        try:
            if msgspec.json.decode(msgspec.json.encode(value)) != value:
                bent.append(name)
        except (TypeError, ValueError, RecursionError):
            continue
    assert {"Decimal", "bytes", "set", "tuple", "Enum", "UUID", "datetime", "key of int", "NaN"} <= set(bent)


def test_a_path_is_spelled_as_jsonpath_spells_it() -> None:
    for document, path in (
        ({"a b": {"ü": {1}}}, '$."a b".ü'),
        ({"": [[b""]]}, '$.""[0][0]'),
        ({'"': 1j}, '$."\\""'),
    ):
        with pytest.raises(ValidationError) as caught:
            copied_json(document, "f")
        assert str(caught.value).startswith(f"f: {path} is of type ")
    with pytest.raises(ValidationError, match=r"^f: \$ is of type bytes"):
        copied_json(b"", "f")


def test_an_object_is_demanded_where_one_is_stored() -> None:
    values: list[Any] = [[], "x", None, 1]
    for value in values:
        with pytest.raises(ValidationError, match=r"^document: \$ is no object"):
            Held(value)


def test_more_than_a_mebibyte_of_text_is_refused() -> None:
    room = MAX_BYTES - len('{"a":""}')
    assert copied_json({"a": "x" * room}, "f") == {"a": "x" * room}
    for text in ("x" * (room + 1), "é" * (room // 2 + 1), "\n" * room):
        with pytest.raises(ValidationError, match=r"^f: \$ is over 1 MiB"):
            copied_json({"a": text}, "f")
    assert copied_json(nested(MAX_DEPTH), "f") == nested(MAX_DEPTH)


@given(json_values)
def test_what_is_accepted_is_copied_whole(value: Any) -> None:
    before = copy.deepcopy(value)
    copied = copied_json(value, "f")
    assert copied == before
    assert msgspec.json.decode(msgspec.json.encode(copied)) == copied
    assert copied_json(copied, "f") == copied
    assert shared(value, copied) == []


def shared(one: Any, other: Any) -> list[Any]:
    """The lists and dicts that are one object in both."""
    found = [one] if isinstance(one, list | dict) and one is other else []
    if isinstance(one, dict):
        return found + [part for key in one for part in shared(one[key], other[key])]
    if isinstance(one, list):
        return found + [part for pair in zip(one, other, strict=True) for part in shared(*pair)]
    return found


def test_backslashes_before_a_u_are_no_nul() -> None:
    value = {"a": "\\u0000", "b": "\\\\u0000"}
    assert copied_json(value, "f") == value
