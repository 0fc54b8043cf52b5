"""Values of each PostgreSQL type, as Hypothesis draws them: whatever the type's check lets through.

Left out is what is too large for a test, and of JSON what comes back as another value, as a tuple does.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address, ip_interface, ip_network
from typing import Any

from hypothesis import strategies as st

from ventros.kernel.json_values import copied_json
from ventros.kernel.statements.types import TYPES

Strategy = st.SearchStrategy[Any]
_Range = TYPES["int4range"].python

_CHARACTERS = st.characters(codec="utf-8", exclude_characters="\x00")
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)
_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_BOUNDS = datetime(1, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001 - the zone is drawn
_MOMENTS = st.datetimes(*_BOUNDS, timezones=st.just(UTC) | _OFFSETS)
_DAYS = st.dates(date.min + timedelta(days=1), date.max - timedelta(days=1))
_NUMBERS = st.decimals(allow_nan=False, allow_infinity=False)

texts = st.text(_CHARACTERS, max_size=20)
"""All of Unicode that PostgreSQL's text can hold."""


json_values: Strategy = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**308), 10**308) | _FLOATS | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
"""What an aggregate may hold as JSON."""
_DOCUMENTS = json_values.filter(lambda value: value is not None).map(
    lambda value: copied_json(value, "value")
)
"""What jsonb gives back as it was: None is NULL, and of a large float it is the integer that it equals."""


def char(count: int = 1) -> Strategy:
    """Values of ``char(count)``."""
    return st.text(_CHARACTERS, min_size=count, max_size=count)


def varchar(most: int) -> Strategy:
    """Values of ``varchar(most)``."""
    return st.text(_CHARACTERS, max_size=most)


def numeric(precision: int, scale: int = 0) -> Strategy:
    """Values of ``numeric(precision, scale)``."""
    largest = 10**precision - 1
    return st.integers(-largest, largest).map(lambda number: Decimal(f"{number}E{-scale}"))


def arrays(items: Strategy) -> Strategy:
    """Lists of one dimension, with NULLs."""
    return st.lists(st.none() | items, max_size=4)


def _ranges(bounds: Strategy, *, discrete: bool) -> Strategy:
    def of(pair: tuple[Any, Any], inclusive: tuple[bool, bool]) -> Any:
        lower, upper = pair
        if None not in pair:
            lower, upper = min(pair), max(pair)
        if discrete:
            inclusive = (True, False)
        if lower is not None and lower == upper and inclusive != (True, True):
            return _Range(empty=True)
        return _Range(lower, upper, lower_inc=inclusive[0], upper_inc=inclusive[1])

    optional = st.none() | bounds
    return st.just(_Range(empty=True)) | st.builds(
        of, st.tuples(optional, optional), st.tuples(st.booleans(), st.booleans())
    )


def _interfaces(address: IPv4Address | IPv6Address) -> Strategy:
    """Of networks with more addresses than that one."""
    return st.integers(0, address.max_prefixlen - 1).map(lambda bits: ip_interface((address, bits)))


def _networks(address: IPv4Address | IPv6Address) -> Strategy:
    bits = st.integers(0, address.max_prefixlen)
    return bits.map(lambda length: ip_network((address, length), strict=False))


def _integers(bits: int) -> Strategy:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


STRATEGIES: dict[str, Strategy] = {
    "text": texts,
    "varchar": texts,
    "char": char(),
    "boolean": st.booleans(),
    "smallint": _integers(16),
    "integer": _integers(32),
    "bigint": _integers(64),
    "real": st.floats(width=32, allow_nan=False, allow_infinity=False),
    "double precision": _FLOATS | st.integers(-(2**53), 2**53),
    "numeric": _NUMBERS | st.integers(),
    "oid": st.integers(0, 2**32 - 1),
    "uuid": st.uuids(allow_nil=False),
    "date": _DAYS,
    "time": st.times(),
    "timestamptz": _MOMENTS,
    "interval": st.timedeltas(),
    "bytea": st.binary(max_size=20),
    "inet": st.ip_addresses() | st.ip_addresses().flatmap(_interfaces),
    "cidr": st.ip_addresses().flatmap(_networks),
    "jsonb": _DOCUMENTS,
    "json": _DOCUMENTS,
    "int4range": _ranges(_integers(32), discrete=True),
    "int8range": _ranges(_integers(64), discrete=True),
    "numrange": _ranges(_NUMBERS, discrete=False),
    "daterange": _ranges(_DAYS, discrete=True),
    "tstzrange": _ranges(_MOMENTS, discrete=False),
}
"""By the names of :data:`ventros.kernel.statements.types.TYPES`."""
