"""A question about tables that are too long to be read at once is asked in steps, one after the other."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, LiteralString

import psycopg
from psycopg import sql

from ventros.kernel.errors import ConfigurationError

if TYPE_CHECKING:
    from ventros.audit.checks import Question

ROWS = 50_000
"""Of the table that is walked along, in one step."""

Bounds = dict[str, str]
"""Settings by name."""
Tell = Callable[[str], None]

_BOUNDED: LiteralString = (
    "SELECT set_config('lock_timeout', '2s', true), set_config('app.tenant_id', '', true)"
)
# The key some rows further on. Of an aggregate all rows are in one step, for its id is what a step ends with.
_NEXT: LiteralString = """
SELECT concat_ws(' ', {key}) FROM public.{table} WHERE ({key}) > ({after}) ORDER BY {key} OFFSET %s LIMIT 1
"""
_ALL: LiteralString = (
    "SELECT greatest(reltuples, 0)::bigint FROM pg_class WHERE oid = 'public.{table}'::regclass"
)
# A row is some 100 bytes at the least.
_SIZES: LiteralString = """
SELECT coalesce(greatest(reltuples, pg_relation_size(oid) / 100) > %(rows)s, false)
  FROM unnest(%(tables)s::text[]) WITH ORDINALITY AS part (name, place)
  LEFT JOIN pg_class ON pg_class.oid = to_regclass(part.name)
 ORDER BY place
"""
_BEGINNING = "00000000-0000-0000-0000-000000000000"
_WALK = re.compile(r"(\w+) \((\w+(?:, \w+)*)\)")


def steps(
    connection: psycopg.Connection, question: Question, tell: Tell, rows: int = ROWS
) -> Iterator[Bounds]:
    """The bounds of each step of the question, in order; one without any, if it is asked as a whole.

    ``tell`` is given a line about each, if there are several.
    """
    if question.parts:
        yield from _parts(connection, question, tell, rows)
    elif walk := question.header.get("walk"):
        yield from _ranges(connection, question.name, _Walk(walk), tell, rows)
    else:
        yield {}


def _parts(connection: psycopg.Connection, question: Question, tell: Tell, rows: int) -> Iterator[Bounds]:
    """Each of a large table by itself, those of small ones together; in their order."""
    large = _large(connection, [part.rpartition(".")[0] or part for part in question.parts], rows)
    ends = [
        number
        for number, is_large in enumerate(large, 1)
        if is_large or number == len(large) or large[number]
    ]
    for number, (after, upto) in enumerate(itertools.pairwise([0, *ends]), 1):
        if len(ends) > 1:
            tell(f"{question.name}: step {number} of {len(ends)}, up to {question.parts[upto - 1]}")
        yield {"ventros.after": str(after), "ventros.upto": str(upto)}


def _large(connection: psycopg.Connection, tables: list[str], rows: int) -> list[bool]:
    """Whether each has more than some ``rows``, by its statistics or, without any, by its pages.

    To count those the server waits for who has locked a table: where it does not say in time, none is.
    """
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(_BOUNDED)
            found = connection.execute(_SIZES, {"tables": tables, "rows": rows}).fetchall()
    except psycopg.Error:
        return [False] * len(tables)
    return [is_large for (is_large,) in found]


def _ranges(
    connection: psycopg.Connection, check: str, walk: _Walk, tell: Tell, rows: int
) -> Iterator[Bounds]:
    """By ranges of the key; the last is open at its end.

    Where the server refuses to say where a step ends, there is one, and the question itself is told why.
    """
    bounds: Bounds = {}
    for number in range(1, 1_000_000):
        end = walk.next(connection, bounds.get("ventros.after"), rows)
        if end is None:
            yield bounds
            return
        if number == 1:
            total = walk.rows(connection)
        tell(f"{check}: step {number}, of some {total // rows + 1}, up to {' '.join(end.split())}")
        yield bounds | {"ventros.upto": end}
        bounds = {"ventros.after": end}


class _Walk:
    """Along a key of a table, ``table (column, column)``, which ends with the id of an aggregate."""

    def __init__(self, text: str) -> None:
        match = _WALK.fullmatch(text)
        if match is None:
            raise ConfigurationError(f"walk is a table with the columns of its key, not {text}")
        columns = match[2].split(", ")
        after = [sql.Placeholder()] * (len(columns) - 1)
        self._beginning = [*([""] * len(after)), _BEGINNING]
        self._all = sql.SQL(_ALL).format(table=sql.Identifier(match[1]))
        self._next = sql.SQL(_NEXT).format(
            key=sql.SQL(", ").join(map(sql.Identifier, columns)),
            table=sql.Identifier(match[1]),
            after=sql.SQL(", ").join([*after, sql.SQL("%s::uuid")]),
        )

    def next(self, connection: psycopg.Connection, after: str | None, rows: int) -> str | None:
        begins = self._beginning if after is None else after.split(" ")
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(_BOUNDED)
                found = connection.execute(self._next, [*begins, rows]).fetchone()
        except psycopg.Error:
            return None
        return found[0] if found else None

    def rows(self, connection: psycopg.Connection) -> int:
        """As the statistics have it."""
        ((total,),) = connection.execute(self._all).fetchall()
        return int(total)
