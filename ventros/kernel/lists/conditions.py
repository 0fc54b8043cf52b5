"""What a list can be filtered by: one condition to a field of its filter, put into SQL through PyPika."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import attrs
from pypika import Field, Parameter, PostgreSQLQuery, Table
from pypika.enums import Comparator
from pypika.queries import QueryBuilder
from pypika.terms import BasicCriterion, Bracket, Criterion, CustomFunction, ExistsCriterion

from ventros.kernel.errors import ValidationError
from ventros.kernel.statements import catalogue
from ventros.kernel.statements.definition import Column
from ventros.kernel.statements.types import Type, known
from ventros.kernel.validators import shown


class Binds:
    """Numbers the parameters of one text; a name that comes again is the same parameter."""

    def __init__(self) -> None:
        self.params: list[Column] = []

    def __call__(self, name: str, type: str | Type) -> Parameter:
        """The placeholder ``$n``, n from 1 in the order of first use."""
        column = Column(name, type) if isinstance(type, str) else Column(name, type.name, type)
        if column not in self.params:
            self.params.append(column)
        return Parameter(f"${self.params.index(column) + 1}")


def containing(text: str) -> str:
    r"""The LIKE pattern for ``text`` anywhere; its own ``%``, ``_`` and ``\`` stand for themselves.

    Raises ValidationError for an empty text, which everything contains.
    """
    if not text:
        raise ValidationError("an empty text is contained everywhere; leave the filter out", field="filter")
    return f"%{escaped(text)}%"


def escaped(text: str) -> str:
    r"""``text`` with ``%``, ``_`` and ``\`` escaped by ``\``, which is LIKE's default."""
    return re.sub(r"([\\%_])", r"\\\1", text)


@attrs.frozen
class Condition:
    """One field of a filter: ``criterion`` makes the SQL from table and parameter, ``argument`` its value."""

    name: str
    type: str | Type
    criterion: Callable[[Table, Parameter], Any]
    argument: Callable[[Any], object] = lambda value: value

    def checked_argument(self, value: object) -> object:
        """The argument for a field's value. Raises ValidationError with the field's name."""
        try:
            argument = self.argument(value)
        except (TypeError, ValueError) as error:
            raise ValidationError(f"{self.name} cannot be {shown(value)}", field=self.name) from error
        if fault := known(self.type).check(argument):
            raise ValidationError(f"{self.name} {fault}", field=self.name)
        return argument


def equal(name: str, type: str | Type) -> Condition:
    """The column of that name has the value."""
    return Condition(name, type, lambda table, value: table.field(name) == value)


def among(name: str, kind: type[StrEnum], type: str | Type = "text[]") -> Condition:
    """The column of that name has the one value of ``kind`` that is given, or one of several.

    ``type`` is the array of the column's type.
    """

    def argument(value: str | Iterable[str]) -> list[StrEnum]:
        return [kind(value)] if isinstance(value, str) else [kind(text) for text in value]

    return Condition(name, type, lambda table, values: table.field(name) == ANY(values), argument)


def contains(name: str, *columns: str, arrays: tuple[str, ...] = ()) -> Condition:
    """The text is part of one of the columns (by default that of the name) or of an item of the ``arrays``.

    Upper and lower case are the same: which letters have both, beyond ASCII, is for the database's locale.
    """

    def criterion(table: Table, pattern: Any) -> Any:
        texts = [table.field(column).ilike(pattern) for column in columns or (name,)]
        return Criterion.any((*texts, *(_has_item(table.field(array), pattern) for array in arrays)))

    return Condition(name, "text", criterion, containing)


def from_table(table: catalogue.Table) -> Table:
    """As the query builder has it, with its schema outside of public."""
    schema, name = table.path
    return Table(name, schema=None if schema == "public" else schema)


def related(name: str, other: catalogue.Table, reference: str, *, live: bool) -> Condition:
    """The table ``other`` has a row that refers to the listed one and has the id in the column of that name.

    ``reference`` is the column that refers; ``live`` is as in :class:`ventros.kernel.lists.query.ListQuery`.
    """

    def criterion(table: Table, value: Parameter) -> Any:
        joined = from_table(other)
        rows = PostgreSQLQuery.from_(joined).select(joined.field(reference))
        rows = rows.where(joined.tenant_id == _TENANT)
        rows = rows.where(joined.field(reference) == table.id).where(joined.field(name) == value)
        return exists(rows.where(joined.deleted_at.isnull()) if live else rows)

    return Condition(name, "uuid", criterion)


def overlaps(name: str) -> Condition:
    """The array of that name has at least one of the texts."""
    return Condition(
        name,
        "text[]",
        lambda table, values: BasicCriterion(ArrayOperator.OVERLAPS, table.field(name), values),
        list,
    )


def at_least(name: str, column: str, type: str | Type) -> Condition:
    """The column has the value or a greater one; not when it is NULL."""
    return Condition(name, type, lambda table, least: table.field(column) >= least)


def at_most(name: str, column: str, type: str | Type) -> Condition:
    """The column has the value or a smaller one; not when it is NULL."""
    return Condition(name, type, lambda table, most: table.field(column) <= most)


def present(name: str, column: str) -> Condition:
    """True: the column has a value; False: it has none."""
    return Condition(name, "boolean", lambda table, yes: Bracket(table.field(column).notnull()) == yes)


class ArrayOperator(Comparator):
    """What PyPika has no word for."""

    OVERLAPS = "&&"
    HAS_ANY = "?|"


ANY = CustomFunction("ANY", ["values"])
_UNNEST = CustomFunction("unnest", ["items"])
_TENANT = Parameter("$1")
"""The tenant_id, which every list compares first."""


def _has_item(array: Field, pattern: Any) -> Criterion:
    item = Field("item")
    items: Any = _UNNEST(array).as_("item")
    return exists(PostgreSQLQuery.from_(items).select(item).where(item.ilike(pattern)))


def exists(query: QueryBuilder) -> Criterion:
    """EXISTS, which PyPika has without types."""
    return ExistsCriterion(query)  # type: ignore[no-untyped-call]
