"""What PostgreSQL would refuse late or bend silently is named before it is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from ventros.kernel.statements.arguments import check_for

NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - the fault under test


@pytest.mark.parametrize(
    ("type_name", "value", "reason"),
    [
        ("timestamptz", NAIVE, "naive datetime"),
        ("timestamptz", datetime.max.replace(tzinfo=UTC), "infinity"),
        ("timestamptz[]", [datetime(2026, 1, 1, tzinfo=UTC), NAIVE], "naive datetime"),
        ("text", "a\x00b", "NUL"),
        ("text", "\ud800", "surrogate"),
        ("text[]", ("ok", "a\x00b"), "NUL"),
        ("double precision", float("nan"), "finite"),
        ("double precision", float("inf"), "finite"),
        ("numeric", Decimal("NaN"), "finite"),
        ("jsonb", {"a": [{"b": float("nan")}]}, "finite"),
        ("jsonb", {"a\x00": 1}, "NUL"),
        ("jsonb", ["x", ("\x00",)], "NUL"),
        ("jsonb", {"at": NAIVE}, "naive datetime"),
        ("jsonb[]", [{}, {"a": "\x00"}], "NUL"),
    ],
)
def test_refused(type_name: str, value: object, reason: str) -> None:
    check = check_for(type_name)
    assert check is not None
    assert reason in (check(value) or "")


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("timestamptz", datetime(2026, 1, 1, tzinfo=UTC)),
        ("timestamptz", None),
        ("text", "olá 👋"),
        ("text", None),
        ("text[]", ("a", "b")),
        ("double precision", 0.5),
        ("double precision", 3),
        ("jsonb", {"a": [1, "x", None, True, {"b": 0.5}]}),
        ("jsonb", None),
    ],
)
def test_let_through(type_name: str, value: object) -> None:
    check = check_for(type_name)
    assert check is not None
    assert check(value) is None
