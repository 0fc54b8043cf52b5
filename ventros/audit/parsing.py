"""SQL as PostgreSQL's own parser reads it."""

from __future__ import annotations

import functools

from pglast import ast, parse_sql


@functools.lru_cache(maxsize=1024)  # it takes longer than to ask a small database
def parse(text: str) -> tuple[ast.Node, ...]:
    """Its statements, which nobody may change. Raises pglast's ParseError."""
    return tuple(parsed.stmt for parsed in parse_sql(text))
