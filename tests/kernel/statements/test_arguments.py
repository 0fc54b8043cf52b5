"""What PostgreSQL would refuse late or bend silently is named before it is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from ventros.kernel.statements.types import find

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
        ("uuid", "01890000-0000-7000-8000-000000000000", "must be a UUID, not str"),
        ("uuid[]", ["01890000-0000-7000-8000-000000000000"], "must be a UUID"),
        ("uuid[]", "01890000-0000-7000-8000-000000000000", "must be a list"),
        ("text", 5, "must be a str"),
        ("text[]", "abc", "must be a list"),
        ("integer", True, "not bool"),
        ("integer", 1.0, "not float"),
        ("integer", 2**31, "32 bits"),
        ("bigint", -(2**63) - 1, "64 bits"),
        ("smallint", 10**400, "16 bits"),
        ("boolean", 1, "must be a bool"),
        ("boolean[]", ["t"], "must be a bool"),
        ("timestamptz", "2026-01-01", "must be a datetime"),
        ("double precision", True, "not bool"),
        ("jsonb", {"a": [{"b": float("nan")}]}, "finite"),
        ("jsonb", {"a\x00": 1}, "NUL"),
        ("jsonb", ["x", ("\x00",)], "NUL"),
        ("jsonb", {"at": NAIVE}, "naive datetime"),
        ("jsonb[]", [{}, {"a": "\x00"}], "NUL"),
    ],
)
def test_refused(type_name: str, value: object, reason: str) -> None:
    check = find(type_name).check
    assert reason in (check(value) or "")


@pytest.mark.parametrize(
    ("type_name", "value"),
    [
        ("timestamptz", datetime(2026, 1, 1, tzinfo=UTC)),
        ("text", "olá 👋"),
        ("text[]", ("a", "b")),
        ("text[]", ["a", None]),
        ("uuid", UUID(int=1)),
        ("integer", -(2**31)),
        ("bigint", 2**63 - 1),
        ("boolean", False),
        ("numeric", Decimal("1.5")),
        ("double precision", 0.5),
        ("double precision", 3),
        ("jsonb", {"a": [1, "x", None, True, {"b": 0.5}]}),
        ("jsonb", None),
    ],
)
def test_let_through(type_name: str, value: object) -> None:
    check = find(type_name).check
    assert check(value) is None


def test_json_too_deep_or_a_number_too_large_is_refused_and_not_raised_raw() -> None:
    check = find("jsonb").check
    checks = find("jsonb[]").check
    deep: object = 1
    for _ in range(3000):
        deep = [deep]
    for value, fault in ((deep, "deeper"), ({"a": deep}, "deeper"), ({"a": [10**400]}, "largest float")):
        assert fault in (check(value) or "")
        assert fault in (checks([{}, value]) or "")
    assert "finite" in (check({"a": {float("nan")}}) or ""), "in a set too"
    document = {"id": UUID(int=1), "at": (datetime(2026, 1, 2, tzinfo=UTC),), "n": 10**300, "tags": {"a"}}
    assert check(document) is None, "an event may hold what has one text in JSON"
