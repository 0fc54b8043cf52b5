"""Refuses by type, before it is sent, what PostgreSQL or the driver would refuse late or bend without a word.

asyncpg takes a naive datetime for UTC, and datetime.max for infinity; JSON turns NaN into null; the server
refuses NUL in text only after the statement has begun, which kills the transaction. The driver takes the text
of a UUID for one, and True for 1, but what is loaded then is not found by them; it stores a numeric of too
many digits as 0. Which check is for which type: :mod:`ventros.kernel.statements.types`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from struct import Struct
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg.pgproto import pgproto

from ventros.kernel.json_values import LARGEST, MAX_DEPTH, text_fault

_PLAIN = frozenset({type(None), bool, UUID, pgproto.UUID})
MAX_DOCUMENT_DEPTH = 2 * MAX_DEPTH
"""An aggregate's JSON may be a part of a document, such as a step of a campaign, and of an event."""
_INFINITE = (datetime.min, datetime.max)  # noqa: DTZ901 - compared without a zone
_REAL = Struct("f")
_DIGITS, _DECIMALS = 131_072, 16_383
"""Of a numeric before and after its point, at most."""

Check = Callable[[Any], str | None]
"""Says what is wrong with an argument, or None."""


def only(kind: type[Any] | tuple[type[Any], ...], words: str, check: Check | None = None) -> Check:
    """Values of that Python type, and no bool among numbers, which then pass ``check``."""

    def check_kind(value: object) -> str | None:
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            return f"must be {words}, not {type(value).__name__}"
        return check(value) if check else None

    return check_kind


def text(value: object) -> str | None:
    """A str that PostgreSQL can hold."""
    if not isinstance(value, str):
        return f"must be a str, not {type(value).__name__}"
    return text_fault(value)


def text_up_to(most: int) -> Check:
    """``varchar(n)``: of more the server would cut off spaces without a word."""

    def check_length(value: Any) -> str | None:
        return text(value) or (f"is longer than {most} characters" if len(value) > most else None)

    return check_length


def text_of(count: int = 1) -> Check:
    """``char(n)``: the server would fill up what is shorter."""

    def check_length(value: Any) -> str | None:
        if fault := text(value):
            return fault
        return None if len(value) == count else f"must have {count} characters, as char gives it back"

    return check_length


def integer(bits: int, *, signed: bool = True) -> Check:
    """An int of that many bits, its sign included."""
    least, limit = (-1 << (bits - 1), 1 << (bits - 1)) if signed else (0, 1 << bits)

    def check_range(value: Any) -> str | None:
        return None if least <= value < limit else f"does not fit into {bits} bits"

    return only(int, "an int", check_range)


def _number(value: object) -> str | None:
    if isinstance(value, float | Decimal) and not math.isfinite(value):
        return "is not a finite number"
    return None


def _is_exact(number: float) -> bool:
    try:
        return float(number) == number
    except OverflowError:
        return False


def _double(value: Any) -> str | None:
    return _number(value) or (None if _is_exact(value) else "is an int that no float equals")


def _real(value: Any) -> str | None:
    if fault := _double(value):
        return fault
    try:
        exact = _REAL.unpack(_REAL.pack(value))[0] == value
    except OverflowError:
        exact = False
    return None if exact else "would be rounded by real, which keeps 6 digits; let it be double precision"


double = only((float, int), "a float", _double)
"""``double precision``: finite; an int only if a float equals it."""
real = only((float, int), "a float", _real)
"""What its four bytes hold."""


def numeric(precision: int | None = None, scale: int = 0) -> Check:
    """``numeric`` or ``numeric(p, s)``: finite, and nothing to be rounded."""
    digits, decimals = (_DIGITS, _DECIMALS) if precision is None else (precision - scale, scale)

    def check_digits(value: Any) -> str | None:
        number = Decimal(value)
        if not number.is_finite():
            return "is not a finite number"
        _, figures, exponent = number.as_tuple()
        beyond = -int(exponent) - decimals
        if -int(exponent) > _DECIMALS or (beyond > 0 and any(figures[-beyond:])):
            return f"has more than {decimals} decimals"
        if number and number.adjusted() >= digits:
            return f"has more than {digits} digits before the point"
        return None

    return only((Decimal, int), "a Decimal or an int", check_digits)


def _moment(value: object) -> str | None:
    if isinstance(value, datetime):
        if (zone := value.tzinfo) is not UTC and (zone is None or value.utcoffset() is None):
            return "is a naive datetime; give it a time zone, best datetime.UTC"
        if value.year in {1, 9999}:
            try:
                utc = value.astimezone(UTC)
            except OverflowError:
                return "is in UTC before the first or after the last datetime of all"
            if not {value.replace(tzinfo=None), utc.replace(tzinfo=None)}.isdisjoint(_INFINITE):
                return "is the first or last datetime of all, which the driver takes for infinity"
    return None


timestamptz = only(datetime, "a datetime", _moment)
"""A datetime with a zone, neither the first nor the last."""


def _day(value: date) -> str | None:
    if isinstance(value, datetime):
        return "is a datetime, whose time would be lost; give its date()"
    if value in {date.min, date.max}:
        return "is the first or last date of all, which the driver takes for infinity"
    return None


day = only(date, "a date", _day)
"""A date, neither the first nor the last, and no datetime, which is a date to Python."""


def _clock(value: time) -> str | None:
    return None if value.tzinfo is None else "has a time zone, which would be lost; leave it out"


clock = only(time, "a time", _clock)
"""A time of no zone."""


def _address(value: Any) -> str | None:
    if getattr(value, "scope_id", None) is not None:
        return "has a scope, which would be lost; leave it out"
    if hasattr(value, "network") and value.network.prefixlen == value.max_prefixlen:
        return "is an interface of one address, which comes back as that; give its ip"
    return None


def _network(value: IPv4Network | IPv6Network) -> str | None:
    return _address(value.network_address)


inet = only((IPv4Address, IPv6Address), "an address of ipaddress", _address)
"""An address, or an interface of a network that has more than one."""
cidr = only((IPv4Network, IPv6Network), "a network of ipaddress", _network)
boolean = only(bool, "a bool")
uuid = only(UUID, "a UUID")
length = only(timedelta, "a timedelta")
octets = only(bytes, "bytes")


def _is_plain(value: object) -> bool:
    return type(value) is str and value.isascii() and "\x00" not in value


def json(value: object, depth: int = 0) -> str | None:
    """JSON has no word for NaN, and jsonb none for NUL; a naive datetime would lose its meaning.

    What an aggregate holds as JSON is held to more: see :mod:`ventros.kernel.json_values`. Here it may be a
    part of a larger document, and an event's payload may hold what has one text in JSON, as a UUID has.
    """
    if isinstance(value, str):
        return text_fault(value)
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        if depth == MAX_DOCUMENT_DEPTH:
            return f"lies deeper than {MAX_DOCUMENT_DEPTH} objects and lists"
        items: Iterable[object] = value
        if isinstance(value, Mapping):
            for key in value:
                if not _is_plain(key) and (fault := text(key)):
                    return fault
            items = value.values()
        for item in items:
            if type(item) not in _PLAIN and not _is_plain(item) and (fault := json(item, depth + 1)):
                return fault
        return None
    if isinstance(value, int) and not -LARGEST <= value <= LARGEST:
        return "holds an integer beyond the largest float"
    return _moment(value) or _number(value)


def json_item(value: object) -> str | None:
    """An item of an array, where the driver takes a list for a further dimension."""
    if fault := json(value):
        return fault
    return "is a list in an array; put it into a dict" if isinstance(value, list | set | frozenset) else None


def span(check: Check, *, discrete: bool) -> Check:
    """A Range that is spelled as the server gives it back, with bounds that pass ``check``."""

    def check_bounds(value: Any) -> str | None:
        lower, upper = value.lower, value.upper
        for bound in (lower, upper):
            if bound is not None and (fault := check(bound)):
                return f"has a bound that {fault}"
        if discrete and (value.upper_inc or (lower is not None and not value.lower_inc)):
            return "must begin with its lower bound and end before its upper, as [1, 5) does"
        if lower is None or upper is None or lower < upper:
            return None
        one = lower == upper and value.lower_inc and value.upper_inc
        return None if one else "holds nothing; give Range(empty=True)"

    return only(asyncpg.Range, "an asyncpg.Range", check_bounds)


def array(check: Check) -> Check:
    """A list or tuple of one dimension; an item may be None, which is NULL."""

    def check_items(value: object) -> str | None:
        if not isinstance(value, list | tuple):
            return f"must be a list, not {type(value).__name__}"
        for item in value:
            if item is not None and (fault := check(item)):
                return fault
        return None

    return check_items
