"""The columns that ``--columns`` describes, as SQL does: ``number text, note text null``."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network
from uuid import UUID

import attrs
from pglast.keywords import RESERVED_KEYWORDS, TYPE_FUNC_NAME_KEYWORDS

from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import types

TAKEN = frozenset(
    {"tenant_id", "id", "version", "created_at", "updated_at", "deleted_at", "domain_events", "now"}
)
"""What every aggregate, or its constructor, has already."""
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_COLUMN = re.compile(r"(?P<name>\S+)\s+(?P<type>.+?)(?:\s+(?P<not>not\s+)?(?P<null>null))?", re.IGNORECASE)
_LENGTH = re.compile(r"(?P<fixed>\bchar|\bcharacter)?\s*\((?P<length>\d+)\)")
_BETWEEN = re.compile(r",(?![^(]*\))")
"""A comma that is not in parentheses, as that of numeric(10, 2) is."""
_IMPORTED = (date, datetime, time, timedelta, Decimal, UUID, IPv4Address, IPv4Network)
_EXAMPLES: dict[type, tuple[str, str, str]] = {
    str: ('"a NAME"', '"another NAME"', 'f"a NAME {new_id()}"'),
    bool: ("True", "False", "not OLD"),
    int: ("1", "2", "new_id().int % 30_000"),
    float: ("1.5", "2.5", "new_id().int % 1000 + 0.5"),
    bytes: ('b"one"', 'b"two"', "new_id().bytes"),
    object: ('{"key": 1}', '{"key": 2}', '{"key": str(new_id())}'),
    Decimal: ("Decimal(1)", "Decimal(2)", "Decimal(new_id().int % 100)"),
    UUID: ("UUID(int=1)", "UUID(int=2)", "new_id()"),
    date: ("date(2025, 6, 1)", "date(2025, 6, 2)", "date.fromordinal(738_000 + new_id().int % 1000)"),
    time: ("time(12)", "time(13)", "time(microsecond=new_id().int % 10**6)"),
    datetime: (
        "datetime(2025, 6, 1, tzinfo=UTC)",
        "datetime(2025, 6, 2, tzinfo=UTC)",
        "datetime(2025, 6, 1, microsecond=new_id().int % 10**6, tzinfo=UTC)",
    ),
    timedelta: ("timedelta(hours=1)", "timedelta(hours=2)", "timedelta(microseconds=new_id().int % 10**9)"),
    IPv4Address: ("IPv4Address(1)", "IPv4Address(2)", "IPv4Address(new_id().int % 2**32)"),
    IPv4Network: ("IPv4Network(1)", "IPv4Network(2)", "IPv4Network(new_id().int % 2**32)"),
}
"""By Python type, as source: two values, and one that is another each time. Others are not generated."""


@attrs.frozen
class Field:
    """A column, and the attribute of that name."""

    name: str
    sql: str
    nullable: bool
    python: type = attrs.field(repr=False)
    """Of the values; of an array's items."""

    @property
    def array(self) -> bool:
        return self.sql.endswith("[]")

    @property
    def json(self) -> bool:
        return self.python is object

    @property
    def time(self) -> bool:
        return self.python is datetime and not self.array

    @property
    def annotation(self) -> str:
        """Of the attribute."""
        text = "dict[str, Any]" if self.json else self.python.__name__
        text = f"tuple[{text}, ...]" if self.array else text
        return f"{text} | None" if self.nullable else text

    @property
    def definition(self) -> str:
        """What stands in the class of the aggregate or of its child."""
        default = "default=None, " if self.nullable else ""
        suffix = "_or_none" if self.nullable else ""
        if self.json:
            return f"{self.name}: {self.annotation} = json_object{suffix}()"
        if self.array:
            return f"{self.name}: {self.annotation} = ()"
        if self.python is datetime:
            return (
                f"{self.name}: {self.annotation} = attrs.field({default}validator=validators.aware{suffix})"
            )
        if self.python is UUID and not self.nullable:
            return f"{self.name}: {self.annotation} = attrs.field(validator=validators.not_nil)"
        return f"{self.name}: {self.annotation}" + (" = None" if self.nullable else "")

    @property
    def parameter(self) -> str:
        """Of a constructor; what may be missing has a default."""
        return f"{self.name}: {self.annotation}" + (
            " = None" if self.nullable else " = ()" if self.array else ""
        )

    @property
    def from_row(self) -> str:
        """What the mapper makes of the column."""
        return f"tuple({self.name})" if self.array else self.name

    @property
    def imports(self) -> str:
        """What its annotation needs, if anything."""
        if self.json:
            needed = "json_object_or_none" if self.nullable else "json_object"
            return f"from typing import Any\nfrom ventros.kernel.json_values import {needed}"
        if self.python in _IMPORTED:
            return f"from {self.python.__module__} import {self.python.__name__}"
        return ""

    @property
    def example_imports(self) -> str:
        if self.python not in _IMPORTED:
            return ""
        also = ", UTC" if self.python is datetime else ""
        return f"from {self.python.__module__} import {self.python.__name__}{also}"

    @property
    def bound(self) -> str:
        """The CHECK without which the table could hold what Python cannot; times have one for all."""
        if self.array:
            return f"array_position({self.name}, NULL) IS NULL"
        if self.json:
            return f"jsonb_typeof({self.name}) = 'object'"
        if self.python is date:
            return f"isfinite({self.name})"
        if self.python in {float, Decimal}:
            return f"{self.name} NOT IN ('NaN', 'Infinity', '-Infinity')"
        return ""

    def fresh(self, owner: str) -> str:
        """A value as Python source, another each time than that which ``owner`` has."""
        return self.example(2).replace("OLD", f"{owner}.{self.name}")

    def example(self, which: int) -> str:
        """A value as Python source: the first or the second, which differ."""
        texts = self._short_texts() or _EXAMPLES[self.python]
        text = texts[which].replace("NAME", self.name.replace("_", " "))
        return f"({text},)" if self.array else text

    def _short_texts(self) -> tuple[str, str, str] | None:
        """As the examples, where a text has a length."""
        match = _LENGTH.search(self.sql)
        if match is None or self.python is not str:
            return None
        length = int(match["length"]) if match["fixed"] else min(int(match["length"]), 8)
        one, other = f'"{"x" * length}"', f'"{"y" * length}"'
        return (one, other, f"{one} if OLD == {other} else {other}")


@attrs.frozen
class Child:
    """Rows beside the root's: ``line: description text`` of an invoice is an InvoiceLine in invoice_lines."""

    name: str
    plural: str
    fields: tuple[Field, ...]

    @property
    def changing(self) -> Field:
        """A column whose value does not matter to the others."""
        return next((field for field in self.fields if field.name != "position"), self.fields[0])

    @property
    def ordered(self) -> bool:
        """Whether a column of its own says the place; else the ids do, which are in the order of creation."""
        return any(field.name == "position" for field in self.fields)


def parse_columns(text: str, taken: Iterable[str] = ()) -> tuple[Field, ...]:
    """Raises ConfigurationError for a column that cannot be, or whose name is ``taken``."""
    fields: list[Field] = []
    names = {*TAKEN, *taken}
    for part in filter(None, map(str.strip, _BETWEEN.split(text))):
        field = _parse_column(part)
        if field.name in names:
            raise ConfigurationError(f"{part!r}: there is a {field.name} already; name the column otherwise")
        names.add(field.name)
        fields.append(field)
    if not fields:
        raise ConfigurationError('there is no column: say --columns "number text, total_cents bigint"')
    return tuple(fields)


def parse_child(text: str, taken: Sequence[str]) -> Child:
    """``line: description text``, or ``entry/entries: …`` with a plural. Raises ConfigurationError."""
    head, colon, columns = text.partition(":")
    name, _, given = (part.strip() for part in head.partition("/"))
    if not colon:
        raise ConfigurationError(f'{text!r} names no child: say --children "line: description text"')
    name = parse_name(name)
    return Child(name, parse_name(given) if given else plural_of(name), parse_columns(columns, taken))


def parse_name(text: str, *, in_sql: bool = False) -> str:
    """Raises ConfigurationError for what is no name in Python or, where it stands there alone, in SQL."""
    if not _NAME.fullmatch(text):
        raise ConfigurationError(f"{text!r} is no name: lower-case words joined by _, as credit_note")
    if keyword.iskeyword(text) or (in_sql and text in RESERVED_KEYWORDS | TYPE_FUNC_NAME_KEYWORDS):
        raise ConfigurationError(f"{text!r} is a word of Python or of SQL: take another name")
    return text


def plural_of(name: str) -> str:
    """As English mostly has it."""
    if re.search(r"[^aeiou]y$", name):
        return f"{name[:-1]}ies"
    return f"{name}es" if re.search(r"(s|x|z|ch|sh)$", name) else f"{name}s"


def camel(name: str) -> str:
    """``credit_note`` as a class is named."""
    return "".join(map(str.capitalize, name.split("_")))


def _parse_column(text: str) -> Field:
    match = _COLUMN.fullmatch(text)
    if match is None:
        raise ConfigurationError(f'column {text!r} is no name and type, as "number text" or "note text null"')
    name, spelled = parse_name(match["name"], in_sql=True), " ".join(match["type"].lower().split())
    nullable = match["null"] is not None and match["not"] is None
    try:
        python = types.find(spelled.removesuffix("[]")).python
    except ConfigurationError as error:
        raise ConfigurationError(f"column {text!r}: {error}") from error
    if python not in _EXAMPLES:
        raise ConfigurationError(
            f"column {text!r}: there is no pattern for the type {spelled}; leave it out here, and add it by "
            "hand as docs/extending.md says"
        )
    if spelled.endswith("[]") and (nullable or python is object):
        raise ConfigurationError(f"column {text!r}: an array is empty, not NULL, and holds no documents")
    return Field(name, spelled, nullable, python)
