"""The texts that are not in a file, because filters put them together: every list's, rendered to be read."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from ventros.kernel.errors import UnknownStatement
from ventros.kernel.lists import Direction, ListQuery, Shape
from ventros.kernel.statements import Statement

HEAD = """\
-- The list of {table}, rendered from {module}; not to be edited: ventros sql shapes {table}
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.
"""

FURTHER = """\
-- After the list's come the other texts that the module puts together, each part alone, and parts joined.
"""

_SHAPE = re.compile(
    r"(?:\w+\.)?\w+\.(?:page|count)\((?P<filters>[\w, ]*)\)"
    r"(?: by (?P<sort>\w+) (?P<direction>asc|desc)(?: (?P<position>after|after null))?)?"
)


def statements(list_query: ListQuery[Any, Any]) -> list[Statement]:
    """Those from which any other of the table is put together."""
    return [*map(list_query.statement, shapes(list_query)), *list_query.other_statements()]


def shapes(list_query: ListQuery[Any, Any]) -> Iterator[Shape]:
    """Each order and position, each filter alone, all filters at once, and the counts.

    Any other shape is put together from these: its WHERE is the conditions of its filters, each as it stands
    alone, in their order.
    """
    names = tuple(condition.name for condition in list_query.conditions)
    for sort in list_query.sorts:
        for direction in Direction:
            for position in positions(list_query, sort):
                yield Shape((), sort, direction, position)
    direction = list_query.sorts[list_query.default].direction
    for filters in (*((name,) for name in names), names):
        yield Shape(filters, list_query.default, direction)
    yield Shape(names, list_query.default, direction, "after")
    yield from (Shape(()), Shape(names))


def positions(list_query: ListQuery[Any, Any], sort: str) -> tuple[str, ...]:
    """Where a page of that order can start."""
    return ("", "after", "after null") if list_query.sorts[sort].nullable else ("", "after")


def statement_named(list_query: ListQuery[Any, Any], name: str) -> Statement:
    """The statement whose name that is, rendered from it again. Raises UnknownStatement."""
    match = _SHAPE.fullmatch(name)
    if match is None and list_query.other_statement_named is not None:
        return list_query.other_statement_named(name)
    if match is not None:
        filters = tuple(match["filters"].split(", ")) if match["filters"] else ()
        direction = Direction(match["direction"] or "asc")
        shape = Shape(filters, match["sort"], direction, match["position"] or "")
        known = tuple(condition.name for condition in list_query.conditions if condition.name in filters)
        sorted_so = shape.sort is None or (
            shape.sort in list_query.sorts and shape.position in positions(list_query, shape.sort)
        )
        if filters == known and sorted_so and shape.name(list_query.table) == name:
            return list_query.statement(shape)
    raise UnknownStatement(f"no list has a text of the name {name!r}")


def page(list_query: ListQuery[Any, Any]) -> str:
    """What ``sql/shapes/<table>.sql`` holds: the texts as the server gets them, with headers as in sql/."""
    module = list_query.filter.__module__.replace(".", "/") + ".py"
    head = HEAD.format(table=list_query.table, module=module)
    if any(list_query.other_statements()):
        head += FURTHER
    return "\n".join((head, *map(with_header, statements(list_query))))


def with_header(statement: Statement) -> str:
    """One statement with its header, in the format of sql/."""
    params = ", ".join(f"{param.name} {param.type}" for param in statement.params)
    header = {"name": statement.name, "why": statement.why, "params": params, "rows": statement.rows}
    lines: Iterable[str] = (
        line
        for key, value in {**header, "returns": statement.returns}.items()
        for line in textwrap.wrap(
            f"{key}: {value}", 108, initial_indent="-- ", subsequent_indent="--         "
        )
    )
    return "\n".join((*lines, f"{statement.text};", ""))
