"""Times in every unit that an engine writes, read as the same moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventros.ingest.delivery import RejectedLine
from ventros.ingest.waha.moments import first_moment, moment

AT = datetime(2026, 1, 16, 16, 23, 11, tzinfo=UTC)
SECONDS = int(AT.timestamp())


@pytest.mark.parametrize(
    "value",
    [
        SECONDS,
        float(SECONDS),
        str(SECONDS),
        SECONDS * 10**3,
        str(SECONDS * 10**3),
        SECONDS * 10**6,
        SECONDS * 10**9,
        {"low": SECONDS, "high": 0, "unsigned": True},
        "2026-01-16T16:23:11Z",
        "2026-01-16T13:23:11-03:00",
        "2026-01-16T16:23:11",
    ],
)
def test_moment(value: object) -> None:
    assert moment("timestamp", value) == AT


def test_fractions() -> None:
    assert moment("timestamp", SECONDS + 0.853) == AT + timedelta(milliseconds=853)
    assert moment("timestamp", SECONDS * 1000 + 853) == AT + timedelta(milliseconds=853)


@pytest.mark.parametrize("value", [None, "", "never", "0001-01-01T00:00:00Z", [], {}, True, "nan"])
def test_no_moment(value: object) -> None:
    assert moment("timestamp", value) is None
    assert first_moment({"payload.timestamp": value, "timestamp": SECONDS}) == AT


@pytest.mark.parametrize("value", [10**30, -(10**40), "1e300", -(10**11)])
def test_beyond_the_calendar(value: object) -> None:
    if value == -(10**11):
        assert moment("timestamp", value) == datetime(1966, 10, 31, 14, 13, 20, tzinfo=UTC)
        return
    with pytest.raises(RejectedLine) as caught:
        first_moment({"payload.timestamp": value})
    assert caught.value.reason == "payload.timestamp is not within the years 1 to 9999"


@given(st.integers() | st.floats() | st.text() | st.none())
def test_anything_is_at_worst_rejected(value: object) -> None:
    try:
        found = moment("timestamp", value)
    except RejectedLine:
        return
    assert found is None or found.tzinfo is UTC
