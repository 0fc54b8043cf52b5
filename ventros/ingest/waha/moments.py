"""When something happened: seconds or milliseconds since the epoch, as a number or a text, or an ISO date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from ventros.ingest.delivery import RejectedLine
from ventros.ingest.waha.wire import number

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# 10**11 is in the year 5138 as seconds, and in 1973 as milliseconds; and so on.
_UNITS: Final = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3), (0, 1))
"""From how large a number on there are how many to a second."""


def moment(field: str, value: object) -> datetime | None:
    """None for what is no time. Raises RejectedLine for one that is not within the years 1 to 9999."""
    count = number(value)
    if count is None:
        return _from_iso(value) if isinstance(value, str) else None
    per_second = next(units for least, units in _UNITS if abs(count) >= least)
    try:
        return EPOCH + timedelta(microseconds=round(count * 10**6 / per_second))
    except OverflowError as error:
        raise RejectedLine(f"{field} is not within the years 1 to 9999") from error


def first_moment(values: Mapping[str, object]) -> datetime | None:
    """The first one that is a time, by their fields."""
    for field, value in values.items():
        found = moment(field, value)
        if found is not None:
            return found
    return None


def _from_iso(value: str) -> datetime | None:
    """Of Go's zero time, too: year 1 is no time."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    if found.year == 1:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
