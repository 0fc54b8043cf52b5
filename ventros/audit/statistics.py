"""Finds the statements again in pg_stat_statements, and what else a role has executed."""

from __future__ import annotations

import re
from typing import LiteralString

import attrs
import psycopg
from psycopg import sql

from ventros import administration
from ventros.audit.catalogue import every, shape_named
from ventros.audit.plans import planning, query_id
from ventros.audit.session import QUESTIONS, is_command
from ventros.kernel.errors import ConfigurationError, DatabaseError
from ventros.kernel.statements import Statement

_NAME = re.compile(r"/\* (\w+\.[^*]+) \*/\s*$")
_VIEW: LiteralString = """
SELECT n.nspname, current_setting('is_superuser') = 'on' OR pg_has_role('pg_read_all_stats', 'USAGE')
  FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
 WHERE e.extname = 'pg_stat_statements'
"""
_ENTRIES: LiteralString = """
SELECT s.queryid, min(s.query), sum(s.calls)::bigint, sum(s.total_exec_time) / sum(s.calls),
       sum(s.rows)::bigint, sum(s.shared_blks_hit)::bigint, sum(s.wal_bytes)::bigint
  FROM {} AS s
  JOIN pg_roles AS r ON r.oid = s.userid
 WHERE (%(role)s::text IS NULL OR r.rolname = %(role)s)
   AND (%(everywhere)s OR s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()))
 GROUP BY s.queryid
 ORDER BY sum(s.total_exec_time) DESC
"""


@attrs.frozen
class Entry:
    """What the server counted of one query id; ``mean_ms`` is a call's execution, in milliseconds."""

    query_id: int
    text: str
    calls: int
    mean_ms: float
    rows: int
    shared_hits: int
    wal_bytes: int


@attrs.frozen
class Account:
    """What was executed: ``known`` by statement, the most time first, ``unknown``, and what ``never`` was."""

    known: list[tuple[Statement, Entry]]
    unknown: list[Entry]
    never: list[Statement]


def entries(connection: psycopg.Connection, role: str | None, *, everywhere: bool = False) -> list[Entry]:
    """Of ``role``, else of all; of this database, or ``everywhere`` on the server.

    Raises ConfigurationError when we are ``role`` ourselves, when this database has no pg_stat_statements,
    or when it does not show it all to us.
    """
    if role == connection.info.user:
        raise ConfigurationError(f"log in as another than {role}: what is asked here would be counted as its")
    found = connection.execute(_VIEW).fetchone()
    if found is None:
        raise ConfigurationError(
            "this database has no pg_stat_statements: CREATE EXTENSION pg_stat_statements"
        )
    schema, allowed = found
    if not allowed:
        raise ConfigurationError("others' texts are not shown to this role: GRANT pg_read_all_stats TO it")
    view = sql.Identifier(schema, "pg_stat_statements")
    try:
        rows = connection.execute(
            sql.SQL(_ENTRIES).format(view), {"role": role, "everywhere": everywhere}
        ).fetchall()
    except psycopg.Error as error:
        raise DatabaseError(administration.message(error), sqlstate=error.sqlstate) from error
    return [Entry(*row) for row in rows]


def account(connection: psycopg.Connection, executed: list[Entry]) -> Account:
    """Tell of each what it is; ``connection`` leads to a database with the tables that were used."""
    statements = every()
    with planning(connection):
        known = {query_id(connection, each): each for each in statements}
        questions = {query_id(connection, each) for each in QUESTIONS}
        for entry in executed:
            # A list's text that is not committed is rendered again from the name that it carries.
            if entry.query_id not in known and (shape := _shape(entry.text)):
                known[query_id(connection, shape)] = shape
    seen = {entry.query_id for entry in executed}
    return Account(
        known=[(known[each.query_id], each) for each in executed if each.query_id in known],
        unknown=[
            each
            for each in executed
            if each.query_id not in known and each.query_id not in questions and not is_command(each.text)
        ],
        never=[each for id_, each in known.items() if id_ not in seen and each.path.parent.name != "shapes"],
    )


def _shape(text: str) -> Statement | None:
    match = _NAME.search(text)
    return shape_named(match[1]) if match else None
