"""The whole of a database as text, to see whether anything changed."""

from __future__ import annotations

import psycopg
from psycopg import sql


def snapshot(superuser: psycopg.Connection) -> dict[str, list[str]]:
    """Every row of every table of the schema, by table."""
    tables = [row[0] for row in superuser.execute(TABLES)]
    return {table: _rows(superuser, table) for table in tables}


def _rows(superuser: psycopg.Connection, table: str) -> list[str]:
    query = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1").format(sql.Identifier(table))
    return [row[0] for row in superuser.execute(query)]


TABLES = """
SELECT tablename FROM pg_tables
 WHERE schemaname = 'public' AND tablename NOT LIKE '%migrations%' ORDER BY 1
"""
