"""How often something is run again is what was said."""

from __future__ import annotations

from typing import Any

import pytest

from ventros import Retry, SerializationFailure, ValidationError
from ventros.kernel.retry import run_with_retry


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"attempts": 0}, "attempts"),
        ({"attempts": -1}, "attempts"),
        ({"attempts": 1.5}, "attempts"),
        ({"attempts": True}, "attempts"),
        ({"attempts": float("inf")}, "attempts"),
        ({"deadline": -1}, "deadline"),
        ({"deadline": float("inf")}, "deadline"),
        ({"deadline": float("nan")}, "deadline"),
        ({"deadline": "5"}, "deadline"),
        ({"base": -0.1}, "base"),
        ({"cap": float("inf")}, "cap"),
        ({"base": 2.0, "cap": 1.0}, "base"),
    ],
)
def test_what_is_no_policy_is_refused(options: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Retry(**options)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("policy", "runs"), [(Retry(deadline=0), 1), (Retry(attempts=1), 1), (Retry(attempts=3), 3)]
)
async def test_a_deadline_of_nothing_allows_no_second_attempt(policy: Retry, runs: int) -> None:
    met = 0

    async def conflict() -> None:
        nonlocal met
        met += 1
        raise SerializationFailure

    with pytest.raises(SerializationFailure):
        await run_with_retry(conflict, policy)
    assert met == runs


def test_a_pause_after_any_attempt_is_within_its_cap() -> None:
    assert 0 <= Retry(attempts=10_000).pause(9_999) <= Retry().cap
