"""Lists: typed filters, an order, page after page; the only door to PyPika.

A list's text depends on which of its filters are set, by what it is sorted and where it goes on: its
*shape*. Each shape is one text, rendered once, and its name says all of that, so that an auditor can render
it again from what stands in pg_stat_statements::

    /* contacts.page(name, tags) by created_at desc after */

Values reach a text as parameters only, through :class:`Binds`; identifiers come from the slices' code.
"""

from __future__ import annotations

import functools
import itertools
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import attrs
from pypika import Field, Order, Parameter, PostgreSQLQuery, Table, Tuple
from pypika.enums import Comparator
from pypika.functions import Count
from pypika.terms import BasicCriterion, Bracket, Criterion, CustomFunction, ExistsCriterion

from ventros.kernel.arguments import check_for
from ventros.kernel.errors import ConfigurationError, UnknownStatement, ValidationError
from ventros.kernel.resources import directory
from ventros.kernel.statements import Column, Rows, Statement

if TYPE_CHECKING:
    from pypika.queries import QueryBuilder

F = TypeVar("F")
S = TypeVar("S", bound="Sort")

_CLAUSE = re.compile(r" (?=(?:FROM|WHERE|AND|ORDER BY|LIMIT) )")
_SHAPE = re.compile(
    r"\w+\.(?:page|count)\((?P<filters>[\w, ]*)\)"
    r"(?: by (?P<sort>\w+) (?P<direction>asc|desc)(?: (?P<position>after|after null))?)?"
)


class Sort(StrEnum):
    """What a list can be sorted by: a column each. Any other raises ValidationError(field="sort")."""

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"no sort by {value!r}; there is {', '.join(cls)}", field="sort")


class Direction(StrEnum):
    """Any other than asc and desc raises ValidationError(field="direction")."""

    ASC = "asc"
    DESC = "desc"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"no direction {value!r}; there is asc and desc", field="direction")


class Binds:
    """Numbers the parameters of one text; a name that comes again is the same parameter."""

    def __init__(self) -> None:
        self.params: list[Column] = []

    def __call__(self, name: str, type: str) -> Parameter:  # noqa: A002 - the header's word
        column = Column(name, type)
        if column not in self.params:
            self.params.append(column)
        return Parameter(f"${self.params.index(column) + 1}")


def rendered(
    query: QueryBuilder, binds: Binds, *, name: str, why: str, rows: Rows, returns: str
) -> Statement:
    """The statement of ``query``: as those of sql/ are, one clause a line, its name at the end."""
    columns, *clauses = _clauses(query.get_sql())
    text = "\n ".join((textwrap.fill(columns.replace('","', '", "'), 108), *clauses))
    return Statement(
        name=name,
        text=f"{text}\n/* {name} */",
        why=why,
        params=tuple(binds.params),
        rows=rows,
        returns=returns,
        path=directory("sql") / "shapes" / f"{name.split('.', maxsplit=1)[0]}.sql",
        line=1,
        checks=tuple((at, check) for at, each in enumerate(binds.params) if (check := check_for(each.type))),
    )


def _clauses(text: str) -> list[str]:
    """A line each; what stands in parentheses stays on one. No text has parentheses in quotes."""
    cuts = [
        at
        for at in (match.start() for match in _CLAUSE.finditer(text))
        if text.count("(", 0, at) == text.count(")", 0, at)
    ]
    return [text[start:end].strip() for start, end in itertools.pairwise([0, *cuts, len(text)])]


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
    """One field of a filter: ``holds`` makes the SQL from table and parameter, ``argument`` its value."""

    name: str
    type: str
    holds: Callable[[Table, Parameter], Any]
    argument: Callable[[Any], object] = lambda value: value


def equal(name: str, type: str) -> Condition:  # noqa: A002 - the header's word
    """The column of that name has the value."""
    return Condition(name, type, lambda table, value: table.field(name) == value)


def among(name: str, kind: type[StrEnum]) -> Condition:
    """The column of that name has the one value of ``kind`` that is given, or one of several."""

    def argument(given: str | Iterable[str]) -> list[StrEnum]:
        return [kind(given)] if isinstance(given, str) else [kind(each) for each in given]

    return Condition(name, "text[]", lambda table, values: table.field(name) == ANY(values), argument)


def contains(name: str, *columns: str, arrays: tuple[str, ...] = ()) -> Condition:
    """One of the columns (by default that of the name), or an item of one of the ``arrays``, contains the
    text, in upper or lower case: which letters have both, beyond ASCII, is a matter of the database's locale.
    """

    def holds(table: Table, pattern: Any) -> Any:
        own = [table.field(column).ilike(pattern) for column in columns or (name,)]
        return Criterion.any((*own, *(_has_item(table.field(each), pattern) for each in arrays)))

    return Condition(name, "text", holds, containing)


def related(name: str, other: str, reference: str, *, live: bool) -> Condition:
    """The column of that name of the ``other`` table has the id, in a row whose ``reference`` is the id of
    the listed one; ``live`` as in :class:`Listing`.
    """

    def holds(table: Table, value: Parameter) -> Any:
        there = Table(other)
        rows = PostgreSQLQuery.from_(there).select(there.field(reference)).where(there.tenant_id == _TENANT)
        rows = rows.where(there.field(reference) == table.id).where(there.field(name) == value)
        return exists(rows.where(there.deleted_at.isnull()) if live else rows)

    return Condition(name, "uuid", holds)


def overlaps(name: str) -> Condition:
    """The array of that name has at least one of the texts."""
    return Condition(
        name,
        "text[]",
        lambda table, values: BasicCriterion(ArrayOperator.OVERLAPS, table.field(name), values),
        list,
    )


def at_least(name: str, column: str, type: str) -> Condition:  # noqa: A002
    return Condition(name, type, lambda table, least: table.field(column) >= least)


def at_most(name: str, column: str, type: str) -> Condition:  # noqa: A002
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
    return ExistsCriterion(query)  # type: ignore[no-untyped-call]


@attrs.frozen
class Key:
    """A column that is sorted by: its type, and the direction unless another is asked for.

    Rows without a value come last in either direction.
    """

    type: str
    direction: Direction = Direction.ASC
    nullable: bool = False

    @property
    def python(self) -> Any:
        """What asyncpg makes of the type."""
        return {"text": str, "integer": int, "bigint": int, "timestamptz": datetime}[self.type]


@attrs.frozen
class Shape:
    """``sort`` is None for the count; ``position`` is where the page starts: "", after or after null."""

    filters: tuple[str, ...] = ()
    sort: str | None = None
    direction: Direction = Direction.ASC
    position: str = ""

    def name(self, table: str) -> str:
        chosen = f"({', '.join(self.filters)})"
        if self.sort is None:
            return f"{table}.count{chosen}"
        return f"{table}.page{chosen} by {self.sort} {self.direction} {self.position}".rstrip()


def _unknown(name: str) -> UnknownStatement:
    return UnknownStatement(f"no list has a text of the name {name!r}")


def _none_named(name: str) -> Statement:
    raise _unknown(name)


@attrs.frozen(kw_only=True, eq=False)
class Listing(Generic[F, S]):
    """What can be asked of one table; ``conditions`` has one for each field of the ``filter`` class.

    ``live`` says that the table keeps deleted rows, which no list shows; ``further`` are the texts that the
    slice's finder renders beside the list's, ``further_named`` renders one from its name. Raises
    ConfigurationError when the conditions are not the filter's fields.
    """

    table: str
    returns: str
    columns: tuple[str, ...]
    filter: type[F]
    conditions: tuple[Condition, ...]
    sorts: Mapping[S, Key]
    default: S
    live: bool = True
    further: Callable[[], Iterable[Statement]] = tuple
    further_named: Callable[[str], Statement] = _none_named

    def __attrs_post_init__(self) -> None:
        fields = [field.name for field in attrs.fields(self.filter)]  # type: ignore[arg-type]
        if fields != [condition.name for condition in self.conditions]:
            raise ConfigurationError(f"{self.table}: the filter's fields {fields} are not the conditions")

    def chosen(self, filter: F) -> dict[str, object]:  # noqa: A002 - the caller's word
        """The arguments of the fields that are set, by name."""
        return {
            each.name: each.argument(value)
            for each in self.conditions
            if (value := getattr(filter, each.name)) is not None
        }

    def statement(self, shape: Shape) -> Statement:
        """Rendered once for each shape."""
        return _rendered(self, shape)

    def named(self, name: str) -> Statement:
        """The statement whose name that is, rendered from it again. Raises UnknownStatement."""
        match = _SHAPE.fullmatch(name)
        if match is None:
            return self.further_named(name)
        filters = tuple(match["filters"].split(", ")) if match["filters"] else ()
        direction = Direction(match["direction"] or "asc")
        shape = Shape(filters, match["sort"], direction, match["position"] or "")
        known = tuple(each.name for each in self.conditions if each.name in filters)
        places = [position for sort in self.sorts if sort == shape.sort for position in self.positions(sort)]
        if (
            filters != known
            or (shape.sort and shape.position not in places)
            or shape.name(self.table) != name
        ):
            raise _unknown(name)
        return self.statement(shape)

    def shapes(self) -> Iterator[Shape]:
        """Those from which any other is put together: each order and position, each filter alone, all of
        them at once, and the counts.

        A shape's WHERE is the conditions of its filters, each as it stands alone, in their order.
        """
        names = tuple(each.name for each in self.conditions)
        for sort in self.sorts:
            for direction in Direction:
                for position in self.positions(sort):
                    yield Shape((), sort, direction, position)
        direction = self.sorts[self.default].direction
        for filters in (*((name,) for name in names), names):
            yield Shape(filters, self.default, direction)
        yield Shape(names, self.default, direction, "after")
        yield from (Shape(()), Shape(names))

    def positions(self, sort: S) -> tuple[str, ...]:
        """Where a page of that order can start."""
        return ("", "after", "after null") if self.sorts[sort].nullable else ("", "after")

    def restricted(self, table: Table, binds: Binds, filters: tuple[str, ...]) -> QueryBuilder:
        """The tenant's rows that pass the filters."""
        query = PostgreSQLQuery.from_(table).where(table.tenant_id == binds("tenant_id", "text"))
        if self.live:
            query = query.where(table.deleted_at.isnull())
        for each in self.conditions:
            if each.name in filters:
                query = query.where(each.holds(table, binds(each.name, each.type)))
        return query


@functools.lru_cache(maxsize=4096)
def _rendered(listing: Listing[Any, Any], shape: Shape) -> Statement:
    table, binds = Table(listing.table), Binds()
    query = listing.restricted(table, binds, shape.filters)
    name = shape.name(listing.table)
    if shape.sort is None:
        counted = query.select(Count("*").as_("total"))
        why = "how many rows all pages together have"
        return rendered(counted, binds, name=name, why=why, rows="one", returns="total bigint")
    key = listing.sorts[shape.sort]
    column = table.field(shape.sort)
    if shape.position:
        query = query.where(_beyond(shape, column, table.id, key, binds))
    if key.nullable:
        query = query.orderby(column.isnull())
    order = Order.asc if shape.direction is Direction.ASC else Order.desc
    query = query.orderby(column, order=order).orderby(table.id, order=order)
    query = query.select(*listing.columns).limit(binds("limit", "bigint"))  # type: ignore[arg-type]
    why = "one page of a list, in its order, from the start or after the cursor"
    return rendered(query, binds, name=name, why=why, rows="many", returns=listing.returns)


def _beyond(shape: Shape, column: Any, id: Any, key: Key, binds: Binds) -> Any:  # noqa: A002
    """After the cursor's row; rows of one value are in the order of their ids."""
    ascending = shape.direction is Direction.ASC
    if shape.position == "after null":
        after = binds("after_id", "uuid")
        return Bracket(column.isnull() & (id > after if ascending else id < after))
    here, there = Tuple(column, id), Tuple(binds("after_value", key.type), binds("after_id", "uuid"))
    further = here > there if ascending else here < there
    return further | column.isnull() if key.nullable else further
