"""Finds the statements again in pg_stat_statements, and what else a role has executed."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime
from typing import Any, LiteralString

import attrs
import psycopg
from psycopg import sql

from ventros import administration
from ventros.audit.library import Library
from ventros.audit.plans import FORBIDDEN, planning, query_ids
from ventros.audit.session import QUESTIONS, is_command
from ventros.kernel.errors import ConfigurationError, DatabaseError, UnknownStatement
from ventros.kernel.statements import Statement

_NAME = re.compile(r"/\* (\w+\.[^*]+) \*/\s*$")
_VIEW: LiteralString = """
SELECT n.nspname, current_setting('is_superuser') = 'on' OR pg_has_role('pg_read_all_stats', 'USAGE')
  FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
 WHERE e.extname = 'pg_stat_statements'
"""
_ENTRIES: LiteralString = """
SELECT s.queryid, min(s.query), sum(s.calls)::bigint, sum(s.total_exec_time) / sum(s.calls),
       sum(s.rows)::bigint, sum(s.shared_blks_hit)::bigint, sum(s.wal_bytes)::bigint, max(s.max_exec_time),
       sqrt(greatest(sum(s.calls * (s.stddev_exec_time ^ 2 + s.mean_exec_time ^ 2)) / sum(s.calls)
                     - (sum(s.total_exec_time) / sum(s.calls)) ^ 2, 0))
  FROM {} AS s
  JOIN pg_roles AS r ON r.oid = s.userid
 WHERE (%(role)s::text IS NULL OR r.rolname = %(role)s)
   AND (%(everywhere)s OR s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()))
 GROUP BY s.queryid
 ORDER BY sum(s.total_exec_time) DESC
"""
# Of the server, and of the role or the database alone.
_NOT_TRACKED: LiteralString = """
SELECT current_setting('pg_stat_statements.track') = 'none' OR EXISTS (
           SELECT FROM pg_db_role_setting
            WHERE setrole IN (0, coalesce(to_regrole(quote_ident(%(role)s)), 0))
              AND setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
              AND 'pg_stat_statements.track=none' = ANY (setconfig))
"""
_SINCE: LiteralString = "SELECT stats_reset, dealloc FROM {}"


@attrs.frozen
class Entry:
    """What the server counted of one query id; milliseconds are of the execution of one call.

    ``spread_ms`` is their standard deviation: many times the mean, if few calls are slow.
    """

    query_id: int
    text: str
    calls: int
    mean_ms: float
    rows: int
    shared_hits: int
    wal_bytes: int
    max_ms: float
    spread_ms: float

    def merge(self, other: Entry) -> Entry:
        """Both together, as one of the same text."""
        calls = self.calls + other.calls
        mean = (self.mean_ms * self.calls + other.mean_ms * other.calls) / calls
        squares = sum(one.calls * (one.spread_ms**2 + one.mean_ms**2) for one in (self, other)) / calls
        return attrs.evolve(
            self,
            calls=calls,
            mean_ms=mean,
            max_ms=max(self.max_ms, other.max_ms),
            spread_ms=max(squares - mean**2, 0) ** 0.5,
            rows=self.rows + other.rows,
            shared_hits=self.shared_hits + other.shared_hits,
            wal_bytes=self.wal_bytes + other.wal_bytes,
        )


@attrs.frozen
class Reconciliation:
    """What was executed: ``known`` by statement, the most time first, and ``unknown``; and what never was.

    ``by_name`` are those that are known by the name in their texts alone: see :class:`Identify`.
    """

    known: list[tuple[Statement, Entry]]
    unknown: list[Entry]
    never_ran: list[Statement]
    by_name: frozenset[str] = frozenset()


def entries(connection: psycopg.Connection, role: str | None, *, everywhere: bool = False) -> list[Entry]:
    """Of ``role``, else of all; of this database, or ``everywhere`` on the server.

    Raises ConfigurationError when we are ``role`` ourselves, when there is none of that name, when this
    database has no pg_stat_statements or counts nothing, when it does not show it all to us, or when nothing
    was counted on it: that would look like a clean bill.
    """
    if role == connection.info.user:
        raise ConfigurationError(f"log in as another than {role}: what is asked here would be counted as its")
    if role and connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        raise ConfigurationError(f"there is no role {role}: name the one that services log in as")
    rows = _query(connection, "pg_stat_statements", _ENTRIES, {"role": role, "everywhere": everywhere})
    if not everywhere:
        if connection.execute(_NOT_TRACKED, {"role": role}).fetchone() != (False,):
            raise ConfigurationError(
                "nothing is counted, for pg_stat_statements.track is none: ALTER SYSTEM SET "
                "pg_stat_statements.track = top; SELECT pg_reload_conf(); or RESET it for role and database"
            )
        if not rows:
            start, _ = since(connection)
            raise ConfigurationError(
                f"nothing of {role or 'this database'} was counted since {start:%Y-%m-%d %H:%M:%S %Z}, "
                "when the statistics began: ask again when it has worked"
            )
    return [Entry(*row) for row in rows]


def since(connection: psycopg.Connection) -> tuple[datetime, int]:
    """When the server began to count, and how often it gave up the least used entries for others since then:
    if ever, what seems never to have run may have. Raises as :func:`entries` does.
    """
    ((start, evictions),) = _query(connection, "pg_stat_statements_info", _SINCE)
    return start, evictions


def _query(
    connection: psycopg.Connection, view: str, text: LiteralString, values: dict[str, object] | None = None
) -> list[tuple[Any, ...]]:
    """The rows of ``text``, which reads ``view``."""
    extension = connection.execute(_VIEW).fetchone()
    if extension is None:
        raise ConfigurationError(
            "this database has no pg_stat_statements: CREATE EXTENSION pg_stat_statements"
        )
    schema, allowed = extension
    if not allowed:
        raise ConfigurationError("others' texts are not shown to this role: GRANT pg_read_all_stats TO it")
    try:
        return connection.execute(sql.SQL(text).format(sql.Identifier(schema, view)), values).fetchall()
    except psycopg.Error as error:
        raise DatabaseError(administration.message(error), sqlstate=error.sqlstate) from error


def reconcile(
    connection: psycopg.Connection,
    library: Library,
    executed: list[Entry],
    identify: Identify | None = None,
) -> Reconciliation:
    """Tell of each what it is, by the statements of ``library``.

    ``connection`` leads to a database with the tables that were used.

    ``identify`` of an earlier call knows what it was told, if the tables are still the same.
    """
    by_name: dict[str, tuple[Statement, Entry]] = {}
    unknown = []
    with planning(connection):
        identify = identify or Identify(connection, library)
        for entry in executed:
            statement = identify(entry)
            if statement:
                _, before = by_name.get(statement.name, (statement, None))
                by_name[statement.name] = statement, before.merge(entry) if before else entry
            elif not is_command(entry.text):
                unknown.append(entry)
    known = [(statement, entry) for statement, entry in by_name.values() if statement not in QUESTIONS]
    return Reconciliation(
        known,
        unknown,
        never_ran=[statement for statement in library.written.values() if statement.name not in by_name],
        by_name=identify.forbidden & by_name.keys(),
    )


class Identify:
    """The statement that an entry is of. The name at its end says where to look first, and proves nothing.

    But where the role that is logged in may not execute a statement the server tells it no id of it, and the
    name has to do: ``forbidden`` are those.
    """

    def __init__(self, connection: psycopg.Connection, library: Library) -> None:
        self.connection = connection
        self.library = library
        self.by_query_id: dict[int, Statement] = {}
        self.ids: dict[str, set[int]] = {}
        self.forbidden: frozenset[str] = frozenset()
        self.unasked = iter((*QUESTIONS, *library.statements))

    def __call__(self, entry: Entry) -> Statement | None:
        if is_command(entry.text):
            return None
        if entry.query_id not in self.by_query_id and (match := _NAME.search(entry.text)):
            with suppress(UnknownStatement):
                named = self.library.find(match[1])
                self.ask(named)
                if named.name in self.forbidden:
                    self.by_query_id[entry.query_id] = named
        while entry.query_id not in self.by_query_id and (statement := next(self.unasked, None)):
            self.ask(statement)
        return self.by_query_id.get(entry.query_id)

    def ask(self, statement: Statement) -> set[int]:
        """The server for its ids, once: see :func:`ventros.audit.plans.query_ids`."""
        if statement.name not in self.ids:
            self.ids[statement.name] = self._ids(statement)
            self.by_query_id |= dict.fromkeys(self.ids[statement.name], statement)
        return self.ids[statement.name]

    def _ids(self, statement: Statement) -> set[int]:
        try:
            return query_ids(self.connection, statement)
        except DatabaseError as error:
            if error.sqlstate != FORBIDDEN:
                raise
            self.forbidden |= {statement.name}
            return set()
