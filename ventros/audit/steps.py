"""A question about a table that is too long to be read at once is asked in steps, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import LiteralString

import psycopg

ROWS = 50_000
"""Of the history, in one step."""

Bounds = dict[str, str]
"""Settings by name."""
Tell = Callable[[str], None]

_BOUNDED: LiteralString = (
    "SELECT set_config('lock_timeout', '2s', true), set_config('app.tenant_id', '', true)"
)
# The key some rows further on. Of an aggregate all rows are in one step, for its id is what a step ends with.
_NEXT: LiteralString = """
SELECT concat_ws(' ', tenant_id, aggregate_table, aggregate_id)
  FROM public.aggregate_history
 WHERE (tenant_id, aggregate_table, aggregate_id)
       > (split_part(%(after)s, ' ', 1), split_part(%(after)s, ' ', 2), split_part(%(after)s, ' ', 3)::uuid)
 ORDER BY tenant_id, aggregate_table, aggregate_id
OFFSET %(rows)s LIMIT 1
"""
_ALL: LiteralString = """
SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'public.aggregate_history'::regclass
"""
_BEGINNING = "  00000000-0000-0000-0000-000000000000"


def steps(connection: psycopg.Connection, check: str, tell: Tell, rows: int = ROWS) -> Iterator[Bounds]:
    """The bounds of each step of the history's question, in order; the last is open at its end.

    ``tell`` is given a line about each, if there are several. Where the server refuses to say where a step
    ends, there is one, and the question itself is told why.
    """
    bounds: Bounds = {}
    for number in range(1, 1_000_000):
        end = _next(connection, bounds.get("ventros.after", _BEGINNING), rows)
        if end is None:
            yield bounds
            return
        if number == 1:
            ((total,),) = connection.execute(_ALL).fetchall()
        tell(f"{check}: step {number}, of some {total // rows + 1}, up to {' '.join(end.split())}")
        yield bounds | {"ventros.upto": end}
        bounds = {"ventros.after": end}


def _next(connection: psycopg.Connection, after: str, rows: int) -> str | None:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(_BOUNDED)
            found = connection.execute(_NEXT, {"after": after, "rows": rows}).fetchone()
    except psycopg.Error:
        return None
    return found[0] if found else None
