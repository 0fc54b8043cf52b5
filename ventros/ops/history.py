"""The history of the aggregates, which a database records or not: switched on and off by its owner.

What is recorded, and how it is proven: ``docs/history.md``, ``migrations/0080.create-aggregate-history.sql``
and ``sql/ops/history.sql``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import attrs
import psycopg
from psycopg import sql

from ventros import administration
from ventros.kernel.errors import ConfigurationError
from ventros.unit_of_work import CRM

TABLES = tuple(sorted(table.name for table in CRM.versioned()))
"""The aggregate tables, in the order in which they are locked."""

_BOUNDS: LiteralString = "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0"
_ATTACH: LiteralString = """
CREATE OR REPLACE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON {table}
   FOR EACH ROW EXECUTE FUNCTION ventros_record_history()
"""
_DETACH: LiteralString = "DROP TRIGGER IF EXISTS history ON {table}"
# Those of which the history does not know the present version: never seen, or moved on unseen.
_BASELINE: LiteralString = """
INSERT INTO aggregate_history
       (tenant_id, aggregate_table, aggregate_id, aggregate_version, kind, recorded_at, role, after)
SELECT tenant_id, {name}, id, version, 'baseline', clock_timestamp(), session_user, after
  FROM (SELECT coalesce(document ->> 'tenant_id', '') AS tenant_id, stored.id, stored.version,
               document AS after
          FROM {table} AS stored, ventros_history_row(stored) AS document) AS found
 WHERE NOT EXISTS (SELECT FROM aggregate_history AS known
                    WHERE known.tenant_id = found.tenant_id AND known.aggregate_table = {name}
                      AND known.aggregate_id = found.id AND known.aggregate_version >= found.version)
"""
# Those that it believes to be there and that were removed unseen: a baseline of nothing.
_REMOVED: LiteralString = """
INSERT INTO aggregate_history
       (tenant_id, aggregate_table, aggregate_id, aggregate_version, kind, recorded_at, role)
SELECT tenant_id, aggregate_table, aggregate_id, aggregate_version + 1, 'baseline', clock_timestamp(),
       session_user
  FROM (SELECT DISTINCT ON (tenant_id, aggregate_id) *
          FROM aggregate_history
         WHERE aggregate_table = {name}
         ORDER BY tenant_id, aggregate_id, aggregate_version DESC) AS head
 WHERE after IS NOT NULL
   AND NOT EXISTS (SELECT FROM {table} AS stored
                    WHERE stored.id = head.aggregate_id
                      AND coalesce(to_jsonb(stored) ->> 'tenant_id', '') = head.tenant_id)
"""
_HIDDEN: LiteralString = """
SELECT relname FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%s) AND row_security_active(oid)
 ORDER BY relname
"""
_RECORDED: LiteralString = """
SELECT c.relname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
 WHERE t.tgname = 'history' AND t.tgenabled IN ('O', 'A') AND NOT t.tgisinternal
   AND c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%s)
 ORDER BY c.relname
"""
_SIZE: LiteralString = """
SELECT greatest(reltuples, 0)::bigint, pg_total_relation_size(oid)
  FROM pg_class WHERE oid = 'public.aggregate_history'::regclass
"""


@attrs.frozen(kw_only=True)
class Status:
    """``recorded`` and ``not_recorded`` are tables; ``rows`` is the server's estimate."""

    recorded: tuple[str, ...]
    rows: int
    bytes: int

    @property
    def not_recorded(self) -> tuple[str, ...]:
        return tuple(table for table in TABLES if table not in self.recorded)


def enable(dsn: str) -> int:
    """Record from now on; how many baselines were written, one for each aggregate whose present version the
    history does not know, removed ones included.

    To be run by the owner of the tables. All or nothing; writers wait until the baselines are written, and
    readers too unless a superuser does it: to see every tenant's rows, the owner suspends FORCE ROW LEVEL
    SECURITY within its transaction. May be run again. Raises ConfigurationError when the database is not
    migrated, or not the caller's, or in use for longer than 5 seconds.
    """
    with _transaction(dsn) as connection:
        hidden = [name for (name,) in connection.execute(_HIDDEN, [[*TABLES, "aggregate_history"]])]
        mode = sql.SQL("ACCESS EXCLUSIVE" if hidden else "SHARE ROW EXCLUSIVE")
        lock: LiteralString = "LOCK TABLE {} IN {} MODE"
        connection.execute(sql.SQL(lock).format(sql.SQL(", ").join(map(sql.Identifier, TABLES)), mode))
        for name in hidden:
            _execute_on(connection, "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY", name)
        written = 0
        for name in TABLES:
            _execute_on(connection, _ATTACH, name)
            written += _execute_on(connection, _BASELINE, name) + _execute_on(connection, _REMOVED, name)
        for name in hidden:
            _execute_on(connection, "ALTER TABLE {table} FORCE ROW LEVEL SECURITY", name)
    return written


def disable(dsn: str) -> None:
    """Record no more, and keep what is recorded. Raises as :func:`enable`."""
    with _transaction(dsn) as connection:
        for name in TABLES:
            _execute_on(connection, _DETACH, name)


def status(dsn: str) -> Status:
    """Whose history is recorded, and how much there is. Raises ConfigurationError as :func:`enable`."""
    with administration.connect(administration.parameters(dsn)) as connection:
        _check_migrated(connection)
        recorded = tuple(name for (name,) in connection.execute(_RECORDED, [list(TABLES)]))
        rows, size = connection.execute(_SIZE).fetchall()[0]
    return Status(recorded=recorded, rows=rows, bytes=size)


@contextmanager
def _transaction(dsn: str) -> Iterator[psycopg.Connection]:
    with administration.connect(administration.parameters(dsn)) as connection:
        _check_migrated(connection)
        administration.require_owner(connection, TABLES)
        try:
            with connection.transaction():
                connection.execute(_BOUNDS)
                yield connection
        except psycopg.errors.LockNotAvailable as error:
            raise ConfigurationError(
                "the tables were in use for longer than 5 seconds, so nothing was changed: try again"
            ) from error
        except psycopg.Error as error:
            raise ConfigurationError(
                f"the server refused, so nothing was changed: {administration.message(error)}"
            ) from error


def _check_migrated(connection: psycopg.Connection) -> None:
    if connection.execute("SELECT to_regclass('public.aggregate_history')").fetchone() == (None,):
        raise ConfigurationError("the database has no table aggregate_history: run ventros migrate first")


def _execute_on(connection: psycopg.Connection, text: LiteralString, name: str) -> int:
    """How many rows ``text`` wrote, of the table ``name``."""
    cursor = connection.execute(sql.SQL(text).format(table=sql.Identifier(name), name=sql.Literal(name)))
    return max(cursor.rowcount, 0)
