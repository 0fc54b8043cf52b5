"""Puts the SQL of a shape together, as the statements of sql/ are written: one clause a line."""

from __future__ import annotations

import itertools
import re
import textwrap

from pypika.queries import QueryBuilder

from ventros.kernel.lists.conditions import Binds
from ventros.kernel.statements.catalogue import Table
from ventros.kernel.statements.definition import Rows, Statement

_CLAUSE = re.compile(r" (?=(?:FROM|WHERE|AND|ORDER BY|LIMIT) )")


def render(
    query: QueryBuilder, binds: Binds, table: Table, *, name: str, why: str, rows: Rows, returns: str
) -> Statement:
    """The statement of ``query``: as those of sql/ are, one clause a line, its name at the end.

    It is committed in ``shapes/`` of the folder that holds the statements of ``table``.
    """
    columns, *clauses = _clauses(query.get_sql())
    text = "\n ".join((textwrap.fill(columns.replace('","', '", "'), 108), *clauses))
    return Statement(
        name=name,
        text=f"{text}\n/* {name} */",
        why=why,
        params=tuple(binds.params),
        rows=rows,
        returns=returns,
        path=table.catalogue.folder / "shapes" / f"{table.name}.sql",
        line=1,
        schema=table.catalogue.schema,
        in_catalogue=True,
    )


def _clauses(text: str) -> list[str]:
    """A line each; what stands in parentheses stays on one. No text has parentheses in quotes."""
    cuts = [
        at
        for at in (match.start() for match in _CLAUSE.finditer(text))
        if text.count("(", 0, at) == text.count(")", 0, at)
    ]
    return [text[start:end].strip() for start, end in itertools.pairwise([0, *cuts, len(text)])]
