"""The texts that are not in a file, because filters put them together: every list's, rendered to be read."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import textwrap
from collections.abc import Iterable
from typing import Any

import ventros
from ventros.kernel.lists import ListQuery
from ventros.kernel.statements import Statement

HEAD = """\
-- The list of {table}, rendered from {module}; not to be edited: ventros sql shapes {table}
-- Each order and start of a page, each filter alone, all of them at once, and the counts. Any other text
-- of this list is the conditions of its filters, each as it stands alone here, in this order.
"""


FURTHER = """\
-- After the list's come the other texts that the module puts together, each part alone, and parts joined.
"""


@functools.cache
def list_queries() -> dict[str, ListQuery[Any, Any]]:
    """By table: found by importing each slice's module that is called list_query."""
    by_table = {}
    for module in pkgutil.walk_packages(ventros.__path__, "ventros."):
        if module.name.count(".") == 3 and module.name.endswith(".list_query"):
            list_query = importlib.import_module(module.name).LIST_QUERY
            by_table[list_query.table] = list_query
    return by_table


def statements(list_query: ListQuery[Any, Any]) -> list[Statement]:
    """Those from which any other of the table is put together."""
    return [*map(list_query.statement, list_query.shapes()), *list_query.other_statements()]


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
