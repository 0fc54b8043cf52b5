"""The PostgreSQL types that a parameter may have: one line each, and all that is known of a type is in it.

From here come the checks of arguments, the driver's codecs, the sort values of lists and the made-up
arguments of ``ventros sql plans``; :mod:`ventros.testing.strategies` has values of each type. An enum or a
domain is declared in a file of ``sql/``, before its first statement, for all files of the folder::

    -- type: order_status is enum
    -- type: email is varchar(254), sample 'a@b.example'

The second is a domain; the sample is an SQL literal for ``ventros sql plans``, where the domain's CHECK
refuses that of the base type. The filters of a list take what :func:`declare` returns.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Literal
from uuid import UUID

import asyncpg
import attrs
import msgspec
from asyncpg.pgproto import pgproto

from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import arguments as are
from ventros.kernel.statements.arguments import Check

_encode_json = msgspec.json.Encoder().encode
_decode_json = msgspec.json.Decoder().decode
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
"""PostgreSQL's, from which it counts microseconds."""
_MICROSECOND = timedelta(microseconds=1)


@attrs.frozen
class Codec:
    """How the driver writes and reads a value, in a format of ``Connection.set_type_codec``."""

    format: Literal["binary", "tuple"]
    encode: Callable[[Any], Any]
    decode: Callable[[Any], object]


def _to_jsonb(value: object) -> bytes:
    return b"\x01" + _encode_json(value)  # the version of its binary form


def _from_jsonb(data: bytes) -> object:
    return _decode_json(memoryview(data)[1:])


_JSON = Codec("binary", _encode_json, _decode_json)
_JSONB = Codec("binary", _to_jsonb, _from_jsonb)
_MOMENT = Codec(
    "tuple",
    lambda moment: ((moment - _EPOCH) // _MICROSECOND,),
    lambda parts: _EPOCH + timedelta(microseconds=parts[0]),
)
_DAY = Codec(
    "tuple",
    lambda day: ((day - _EPOCH.date()).days,),
    lambda parts: _EPOCH.date() + timedelta(days=parts[0]),
)
_CLOCK = Codec(
    "tuple",
    lambda clock: (((clock.hour * 60 + clock.minute) * 60 + clock.second) * 10**6 + clock.microsecond,),
    lambda parts: time(parts[0] // 3_600_000_000),  # 24 is the hour that Python lacks
)
_LENGTH = Codec(
    "tuple",
    lambda length: (0, length.days, length.seconds * 10**6 + length.microseconds),
    lambda parts: timedelta(days=parts[0] * 31 + parts[1], microseconds=parts[2]),
)


@attrs.frozen
class Type:
    """What is known of a PostgreSQL type.

    ``name`` is what SQL calls it, ``python`` what the driver gives back. ``check`` tells what is wrong with
    an argument; one whose class is in ``passing`` needs none, nor does a str of ASCII where ``ascii`` is set.
    ``literal`` becomes a value of the type by a cast. ``modified`` makes the check of the type with numbers
    in parentheses. ``codec`` replaces the driver's own; ``probe`` finds values that no Python value can be.
    A list can be sorted by what is ``sortable``: its value can stand in a cursor.
    """

    name: str
    python: Any
    check: Check = attrs.field(repr=False)
    literal: str
    passing: frozenset[type] = attrs.field(default=frozenset(), kw_only=True)
    ascii: bool = attrs.field(default=False, kw_only=True)
    modified: Callable[..., Check] | None = attrs.field(default=None, repr=False, kw_only=True)
    codec: Codec | None = attrs.field(default=None, repr=False, kw_only=True)
    probe: Codec | None = attrs.field(default=None, repr=False, kw_only=True)
    sortable: bool = attrs.field(default=True, kw_only=True)

    @property
    def sample(self) -> str:
        """An SQL expression of the type, such as a made-up argument."""
        return f"{self.literal}::{self.name}"

    def array(self) -> Type:
        """The array of it. Raises ConfigurationError for that of an array."""
        if self.python is list:
            raise ConfigurationError(f"{self.name}[] has more than one dimension; let it be jsonb")
        check = are.array(are.json_item if self.check is are.json else self.check)
        return Type(f"{self.name}[]", list, check, f"array[{self.literal}]", sortable=False)


def _range(name: str, check: Check, literal: str, *, discrete: bool = False) -> Type:
    return Type(name, asyncpg.Range, are.span(check, discrete=discrete), literal, sortable=False)


_UUIDS = frozenset({UUID, pgproto.UUID})
_ID = "'01900000-0000-7000-8000-000000000000'"


_TYPES = (
    Type("text", str, are.text, "'x'", ascii=True),
    Type("varchar", str, are.text, "'x'", ascii=True, modified=are.text_up_to),
    Type("char", str, are.text_of(), "'x'", modified=are.text_of),
    Type("boolean", bool, are.boolean, "true", passing=frozenset({bool})),
    Type("smallint", int, are.integer(16), "1"),
    Type("integer", int, are.integer(32), "1"),
    Type("bigint", int, are.integer(64), "1"),
    Type("oid", int, are.integer(32, signed=False), "1"),
    Type("real", float, are.real, "1"),
    Type("double precision", float, are.double, "1"),
    Type("numeric", Decimal, are.numeric(), "1", modified=are.numeric),
    Type("uuid", UUID, are.uuid, _ID, passing=_UUIDS),
    Type("date", date, are.day, "'2025-06-01'", probe=_DAY),
    Type("time", time, are.clock, "'12:00'", probe=_CLOCK),
    Type("timestamptz", datetime, are.timestamptz, "'2025-06-01T00:00:00Z'", probe=_MOMENT),
    Type("interval", timedelta, are.length, "'1 hour'", passing=frozenset({timedelta}), probe=_LENGTH),
    Type("bytea", bytes, are.octets, r"'\x00'", passing=frozenset({bytes})),
    Type("inet", IPv4Address, are.inet, "'192.0.2.1'", sortable=False),
    Type("cidr", IPv4Network, are.cidr, "'192.0.2.0/24'", sortable=False),
    Type("jsonb", object, are.json, "'{}'", codec=_JSONB, probe=_JSONB, sortable=False),
    Type("json", object, are.json, "'{}'", codec=_JSON, probe=_JSON, sortable=False),
    _range("int4range", are.integer(32), "'[1,5)'", discrete=True),
    _range("int8range", are.integer(64), "'[1,5)'", discrete=True),
    _range("numrange", are.numeric(), "'[1,5)'"),
    _range("daterange", are.day, "'[2025-06-01,2025-07-01)'", discrete=True),
    _range("tstzrange", are.timestamptz, "'[2025-06-01T00:00Z,2025-07-01T00:00Z)'"),
)
TYPES = {type_.name: type_ for type_ in _TYPES}
"""By name. Arrays, modified types, enums and domains are made of them."""
OTHER_NAMES = {
    "character varying": "varchar",
    "character": "char",
    "bool": "boolean",
    "int2": "smallint",
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "decimal": "numeric",
    "time without time zone": "time",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "time with time zone": "timetz",
}
"""PostgreSQL's, each with the name in the table."""
ENUM = TYPES["text"]
"""What an enum's label is to Python."""

REFUSED = {
    "timestamp": "knows no time zone, so it names no moment; let it be timestamptz",
    "tsrange": "knows no time zone, so it names no moments; let it be tstzrange",
    "timetz": "has an offset without a day, and the driver drops its seconds; let it be time",
    "money": "is read and written by the server's locale; keep cents in a bigint",
    "tsvector": "is no argument; generate the column with to_tsvector(...), and send the text",
}
"""Types that no parameter may have, and what to do."""

_MODIFIED = re.compile(r"(.+?)\s*\(\s*(-?\d+(?:\s*,\s*-?\d+)*)\s*\)")
_DECLARED = re.compile(r"-- type:\s*([a-z_][a-z0-9_.]*) is (.+?)(?:, sample (.+))?\s*")


def known(type_: str | Type) -> Type:
    """The type itself, or the one that is spelled. Raises ConfigurationError as :func:`find`."""
    return type_ if isinstance(type_, Type) else find(type_)


@functools.cache
def find(spelled: str) -> Type:
    """The type that a header or a condition spells, as ``numeric(10, 2)`` or ``text[]``.

    Raises ConfigurationError for one that no parameter may have, saying what to do.
    """
    if spelled.endswith("[]"):
        return attrs.evolve(find(spelled[:-2].rstrip()).array(), name=spelled)
    name = OTHER_NAMES.get(spelled, spelled)
    if type_ := TYPES.get(name):
        return attrs.evolve(type_, name=spelled)
    if modified := _MODIFIED.fullmatch(spelled):
        return _modified(spelled, modified[1], [int(number) for number in modified[2].split(",")])
    if fault := REFUSED.get(name):
        raise ConfigurationError(f"{spelled} {fault}")
    if not spelled:
        raise ConfigurationError("it has no type; write it after the name")
    raise ConfigurationError(
        f"no type {spelled!r} is known; if it is an enum or a domain, declare it at the head of a file of the"
        f" folder: -- type: {spelled} is enum (or the domain's base type); else give it a line in"
        " ventros/kernel/statements/types.py"
    )


def _modified(spelled: str, name: str, numbers: list[int]) -> Type:
    type_ = find(name)
    if type_.modified is None:
        raise ConfigurationError(f"{spelled!r}: write {name}, without the parentheses")
    try:
        check = type_.modified(*numbers)
    except TypeError as error:
        raise ConfigurationError(f"{spelled!r}: {name} does not take {len(numbers)} numbers") from error
    return attrs.evolve(type_, name=spelled, check=check, ascii=False, modified=None)


def declare(name: str, base: str, sample: str = "") -> Type:
    """A type of one's own: an enum if ``base`` is so, else a domain over that type.

    ``sample`` is an SQL literal that a domain accepts. Raises ConfigurationError for a base that is no type.
    """
    if base == "enum":
        return attrs.evolve(ENUM, name=name, literal=f"(enum_range(NULL::{name}))[1]")
    type_ = find(base)
    return attrs.evolve(type_, name=name, modified=None, literal=sample or type_.literal)


def declared_by(line: str, known: Collection[str] = ()) -> dict[str, Type]:
    """The type that a ``-- type:`` line declares and its array, by name. Nothing for any other line.

    Raises ConfigurationError for a line that cannot be read, and for a type that is already ``known``.
    """
    if not line.startswith("-- type:"):
        return {}
    if (match := _DECLARED.fullmatch(line)) is None:
        raise ConfigurationError(f"{line!r} is not: -- type: NAME is enum, or BASE TYPE, sample LITERAL")
    name, base, sample = match.groups()
    if name in TYPES or name in REFUSED or name in OTHER_NAMES or name in known:
        raise ConfigurationError(f"the type {name} is there already")
    type_ = declare(name, base, sample or "")
    return {name: type_} if type_.python is list else {name: type_, f"{name}[]": type_.array()}
