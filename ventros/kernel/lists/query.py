"""The texts of a list.

A list's text depends on which of its filters are set, by what it is sorted and where it goes on: its
*shape*. Each shape is one text, rendered once, and its name says all of that, so that an auditor can render
it again from what stands in pg_stat_statements::

    /* contacts.page(name, tags) by created_at desc after */

Values reach a text as parameters only, through :class:`Binds`; identifiers come from the slices' code.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

import attrs
from pypika import Order, PostgreSQLQuery, Tuple
from pypika.functions import Count
from pypika.terms import Bracket

from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.lists.conditions import Binds, Condition, from_table
from ventros.kernel.lists.render import render
from ventros.kernel.statements.catalogue import Table
from ventros.kernel.statements.definition import Statement
from ventros.kernel.statements.types import find
from ventros.kernel.validators import instance_of


class Sort(ValidatedEnum, field="sort"):
    """What a list can be sorted by: a column each. Any other raises ValidationError(field="sort")."""


class Direction(ValidatedEnum, field="direction"):
    """Any other than asc and desc raises ValidationError(field="direction")."""

    ASC = "asc"
    DESC = "desc"


@attrs.frozen
class SortKey:
    """A column that is sorted by: its type, and the direction unless another is asked for.

    Rows without a value come last in either direction.
    """

    type: str
    direction: Direction = Direction.ASC
    nullable: bool = False

    @property
    def python(self) -> Any:
        """What asyncpg makes of the type. Raises ConfigurationError for a type that no list is sorted by."""
        type_ = find(self.type)
        if not type_.sortable:
            raise ConfigurationError(f"no list can be sorted by a column of type {self.type}")
        return type_.python


F = TypeVar("F")
S = TypeVar("S", bound=Sort)


@attrs.frozen
class Shape:
    """``sort`` is None for the count; ``position`` is where the page starts: "", after or after null."""

    filters: tuple[str, ...] = ()
    sort: str | None = None
    direction: Direction = Direction.ASC
    position: str = ""

    def name(self, table: str) -> str:
        """As ``contacts.page(stage) by name asc after``: what an auditor reads back."""
        chosen = f"({', '.join(self.filters)})"
        if self.sort is None:
            return f"{table}.count{chosen}"
        return f"{table}.page{chosen} by {self.sort} {self.direction} {self.position}".rstrip()


@attrs.frozen(kw_only=True, eq=False)
class ListQuery(Generic[F, S]):
    """What can be asked of one table, ``of=statement.table("contacts")``.

    ``conditions`` has one for each field of the ``filter`` class.

    ``live`` says that the table keeps deleted rows, which no list shows; ``other_statements`` are those that
    the slice renders beside the list, ``other_statement_named`` renders one from its name, or raises
    UnknownStatement. Raises ConfigurationError when the conditions are not the filter's fields.
    """

    of: Table
    returns: str
    columns: tuple[str, ...]
    filter: type[F]
    conditions: tuple[Condition, ...]
    sorts: Mapping[S, SortKey]
    default: S
    live: bool = True
    other_statements: Callable[[], Iterable[Statement]] = tuple
    other_statement_named: Callable[[str], Statement] | None = None

    @property
    def table(self) -> str:
        """The table's name, with its schema outside of public."""
        return self.of.qualified_name

    def __attrs_post_init__(self) -> None:
        fields = [field.name for field in attrs.fields(self.filter)]  # type: ignore[arg-type]
        if fields != [condition.name for condition in self.conditions]:
            raise ConfigurationError(f"{self.table}: the filter's fields {fields} are not the conditions")

    def arguments(self, filter: F) -> dict[str, object]:
        """The arguments of the fields that are set, by name. Raises ValidationError, with the field."""
        instance_of(self.filter, filter, "filter")
        return {
            condition.name: condition.checked_argument(value)
            for condition in self.conditions
            if (value := getattr(filter, condition.name)) is not None
        }

    def statement(self, shape: Shape) -> Statement:
        """Rendered once for each shape."""
        return _statement_of(self, shape)


@functools.lru_cache(maxsize=4096)
def _statement_of(list_query: ListQuery[Any, Any], shape: Shape) -> Statement:
    table, binds = from_table(list_query.of), Binds()
    query = PostgreSQLQuery.from_(table).where(table.tenant_id == binds("tenant_id", "text"))
    if list_query.live:
        query = query.where(table.deleted_at.isnull())
    for condition in list_query.conditions:
        if condition.name in shape.filters:
            query = query.where(condition.criterion(table, binds(condition.name, condition.type)))
    name = shape.name(list_query.table)
    if shape.sort is None:
        counted = query.select(Count("*").as_("total"))
        why = "how many rows all pages together have"
        return render(counted, binds, list_query.of, name=name, why=why, rows="one", returns="total bigint")
    key = list_query.sorts[shape.sort]
    column = table.field(shape.sort)
    if shape.position:
        query = query.where(_after_cursor(shape, column, table.id, key, binds))
    if key.nullable:
        query = query.orderby(column.isnull())
    order = Order.asc if shape.direction is Direction.ASC else Order.desc
    query = query.orderby(column, order=order).orderby(table.id, order=order)
    query = query.select(*list_query.columns).limit(binds("limit", "bigint"))  # type: ignore[arg-type]
    why = "one page of a list, in its order, from the start or after the cursor"
    return render(query, binds, list_query.of, name=name, why=why, rows="many", returns=list_query.returns)


def _after_cursor(shape: Shape, column: Any, id: Any, key: SortKey, binds: Binds) -> Any:
    """After the cursor's row; rows of one value are in the order of their ids."""
    ascending = shape.direction is Direction.ASC
    if shape.position == "after null":
        after = binds("after_id", "uuid")
        return Bracket(column.isnull() & (id > after if ascending else id < after))
    row, cursor = Tuple(column, id), Tuple(binds("after_value", key.type), binds("after_id", "uuid"))
    beyond = row > cursor if ascending else row < cursor
    return beyond | column.isnull() if key.nullable else beyond
