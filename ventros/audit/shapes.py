"""The texts that are not in a file, because filters put them together: every list's, rendered to be read."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import textwrap
from collections.abc import Iterable
from typing import Any

import ventros
from ventros.kernel.finder import Listing
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
def listings() -> dict[str, Listing[Any, Any]]:
    """By table: found by importing each slice's module that is called finder."""
    by_table = {}
    for module in pkgutil.walk_packages(ventros.__path__, "ventros."):
        if module.name.count(".") == 3 and module.name.endswith(".finder"):
            listing = importlib.import_module(module.name).LISTING
            by_table[listing.table] = listing
    return by_table


def statements(listing: Listing[Any, Any]) -> list[Statement]:
    """Those from which any other of the table is put together."""
    return [*map(listing.statement, listing.shapes()), *listing.further()]


def page(listing: Listing[Any, Any]) -> str:
    """What ``sql/shapes/<table>.sql`` holds: the texts as the server gets them, with headers as in sql/."""
    module = listing.filter.__module__.replace(".", "/") + ".py"
    head = HEAD.format(table=listing.table, module=module)
    if any(listing.further()):
        head += FURTHER
    return "\n".join((head, *map(with_header, statements(listing))))


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
