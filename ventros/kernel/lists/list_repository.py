"""Keyset paging: a page starts after the last row of the page before, so it costs the same wherever it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

import attrs

from ventros.kernel.aggregate import Entity
from ventros.kernel.lists.cursors import Cursors
from ventros.kernel.lists.query import Direction, ListQuery, Shape, Sort
from ventros.kernel.repository.entity import EntityRepository
from ventros.kernel.statements.definition import Statement
from ventros.kernel.validators import whole_number

E = TypeVar("E", bound=Entity)
F = TypeVar("F")
S = TypeVar("S", bound=Sort)
T = TypeVar("T")

MAX_LIMIT = 1000
"""Rows of one page at most: what is held in memory at once."""


@attrs.frozen
class Page(Generic[T]):
    """``next`` is the cursor to pass on as ``after``, None at the end; ``total`` counts all pages' items."""

    items: tuple[T, ...]
    next: str | None = None
    total: int | None = None


class ListRepository(EntityRepository[E], Generic[E, F, S]):
    """Gives a repository its list, as ``LIST_QUERY`` describes it."""

    LIST_QUERY: ClassVar[ListQuery[Any, Any]]

    async def page(
        self,
        filter: F | None = None,
        *,
        sort: S | None = None,
        direction: Direction | None = None,
        limit: int = 20,
        after: str | None = None,
        with_total: bool = False,
    ) -> Page[E]:
        """One page of those that pass the filter, deleted ones never among them.

        Rows that come and go between two pages neither repeat nor hide others. ``with_total`` costs a second
        statement, which counts them all. Raises ValidationError for a limit that is not 1 to 1,000, and for a
        cursor that is damaged, or of another filter or order.
        """
        query = self.LIST_QUERY
        whole_number(limit, "limit", 1, MAX_LIMIT)
        filters = query.arguments(query.filter() if filter is None else filter)
        by = query.default if sort is None else type(query.default)(sort)
        key = query.sorts[by]
        order = key.direction if direction is None else Direction(direction)
        # The values of an array may come in any order, as those of a set do in each process.
        values = {
            name: sorted(value) if isinstance(value, list) else value for name, value in filters.items()
        }
        cursors = Cursors.of(query.table, self.tenant, by, order, values)
        arguments = {**filters, "tenant_id": self.tenant, "limit": limit + 1}
        position = ""
        if after is not None:
            value, id_ = cursors.read(after, key)
            position = "after null" if value is None else "after"
            arguments |= {"after_value": value, "after_id": id_}
        shape = Shape(tuple(filters), by, order, position)
        rows = await self.connection.many(*call(query.statement(shape), arguments))
        total = None
        if with_total:
            count = query.statement(Shape(tuple(filters)))
            total = (await self.connection.one(*call(count, arguments)))["total"]
        next_cursor = None
        if len(rows) > limit:
            rows.pop()
            next_cursor = cursors.write(rows[-1][by], rows[-1]["id"])
        return Page(tuple(await self.load_all(rows)), next_cursor, total)


def call(statement: Statement, arguments: Mapping[str, object]) -> Iterable[Any]:
    """The statement and, in the order of its parameters, its arguments."""
    return (statement, *(arguments[param.name] for param in statement.params))
