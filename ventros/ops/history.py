"""The history of the aggregates, which a database records or not: switched on and off by its owner.

What is recorded, and how it is proven: ``docs/history.md``,
``migrations/kernel/0005.create-aggregate-history.sql`` and ``sql/ops/history.sql``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import LiteralString

import attrs
import psycopg
from psycopg import sql

from ventros import administration
from ventros.kernel.application import Application
from ventros.kernel.errors import ConfigurationError

_OWN: LiteralString = "aggregate_history"
_BOUNDS: LiteralString = "SET LOCAL lock_timeout = '5s'; SET LOCAL statement_timeout = 0"
_ATTACH: LiteralString = """
CREATE OR REPLACE TRIGGER history AFTER INSERT OR UPDATE OR DELETE ON {table}
   FOR EACH ROW EXECUTE FUNCTION ventros_record_history({secrets})
"""
_DETACH: LiteralString = "DROP TRIGGER IF EXISTS history ON {table}"
# Those of which the history does not know the present version: never seen, or moved on unseen.
_BASELINE: LiteralString = """
INSERT INTO aggregate_history
       (tenant_id, aggregate_table, aggregate_id, aggregate_version, kind, recorded_at, role, after)
SELECT tenant_id, {name}, id, version, 'baseline', clock_timestamp(), session_user, after
  FROM (SELECT ventros_tenant_of(document) AS tenant_id, stored.id, stored.version,
               document AS after
          FROM {table} AS stored, ventros_history_row(stored, ARRAY[{secrets}]::text[]) AS document) AS found
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
                      AND ventros_tenant_of(to_jsonb(stored)) = head.tenant_id)
"""
_HIDDEN: LiteralString = """
SELECT name FROM unnest(%s::text[]) AS name WHERE row_security_active(to_regclass(name)) ORDER BY name
"""
_RECORDED: LiteralString = """
SELECT name FROM unnest(%s::text[]) AS name
  JOIN pg_trigger ON tgrelid = to_regclass(name) AND tgname = 'history' AND tgenabled IN ('O', 'A')
 ORDER BY name
"""
_SIZE: LiteralString = """
SELECT greatest(reltuples, 0)::bigint, pg_total_relation_size(oid)
  FROM pg_class WHERE oid = 'public.aggregate_history'::regclass
"""


@attrs.frozen(kw_only=True)
class Status:
    """``recorded`` and ``not_recorded`` are tables; ``rows`` is the server's estimate, for all there is."""

    recorded: tuple[str, ...]
    not_recorded: tuple[str, ...]
    rows: int
    bytes: int


@attrs.frozen
class _Recorded:
    """A table as the history names it, and its columns that hold secrets, which are masked."""

    name: str
    path: tuple[str, str]
    secrets: tuple[str, ...]

    def fill(self, text: LiteralString) -> sql.Composed:
        return sql.SQL(text).format(
            table=sql.Identifier(*self.path),
            name=sql.Literal(self.name),
            secrets=sql.SQL(", ").join(map(sql.Literal, self.secrets)),
        )


def enable(dsn: str, application: Application) -> int:
    """Record from now on; how many baselines were written, one for each aggregate whose present version the
    history does not know, removed ones included.

    Of the application and of all that it stands on. To be run by the owner of the tables. All or nothing;
    writers wait until the baselines are written, and readers too unless a superuser does it: to see every
    tenant's rows, the owner suspends FORCE ROW LEVEL SECURITY within its transaction. May be run again.
    Raises ConfigurationError when the database is not migrated, or not the caller's, or in use for longer
    than 5 seconds.
    """
    tables = _tables(application)
    with _transaction(dsn, tables) as connection:
        paths = {table.name: table.path for table in tables} | {_OWN: ("public", _OWN)}
        hidden = [paths[name] for (name,) in connection.execute(_HIDDEN, [list(paths)])]
        mode = sql.SQL("ACCESS EXCLUSIVE" if hidden else "SHARE ROW EXCLUSIVE")
        lock: LiteralString = "LOCK TABLE {} IN {} MODE"
        names = sql.SQL(", ").join(sql.Identifier(*table.path) for table in tables)
        connection.execute(sql.SQL(lock).format(names, mode))
        for path in hidden:
            force: LiteralString = "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY"
            connection.execute(sql.SQL(force).format(sql.Identifier(*path)))
        written = 0
        for table in tables:
            connection.execute(table.fill(_ATTACH))
            for text in (_BASELINE, _REMOVED):
                written += connection.execute(table.fill(text)).rowcount
        for path in hidden:
            unforce: LiteralString = "ALTER TABLE {} FORCE ROW LEVEL SECURITY"
            connection.execute(sql.SQL(unforce).format(sql.Identifier(*path)))
    return written


def disable(dsn: str, application: Application) -> None:
    """Record no more, and keep what is recorded. Raises as :func:`enable`."""
    tables = _tables(application)
    with _transaction(dsn, tables) as connection:
        for table in tables:
            connection.execute(table.fill(_DETACH))


def status(dsn: str, application: Application) -> Status:
    """Whose history is recorded, and how much there is. Raises ConfigurationError as :func:`enable`."""
    names = [table.name for table in _tables(application)]
    with administration.connect(administration.parameters(dsn)) as connection:
        _check_migrated(connection, names)
        recorded = tuple(name for (name,) in connection.execute(_RECORDED, [names]))
        rows, size = connection.execute(_SIZE).fetchall()[0]
    missing = tuple(name for name in names if name not in recorded)
    return Status(recorded=recorded, not_recorded=missing, rows=rows, bytes=size)


def _tables(application: Application) -> list[_Recorded]:
    """The aggregates' tables, in the order in which they are locked."""
    secrets = application.secret_columns()
    return [
        _Recorded(name=table.qualified_name, path=table.path, secrets=secrets.get(table.qualified_name, ()))
        for table in application.versioned()
    ]


@contextmanager
def _transaction(dsn: str, tables: list[_Recorded]) -> Iterator[psycopg.Connection]:
    names = [table.name for table in tables]
    with administration.connect(administration.parameters(dsn)) as connection:
        _check_migrated(connection, names)
        administration.require_owner(connection, names)
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


def _check_migrated(connection: psycopg.Connection, names: list[str]) -> None:
    missing: LiteralString = "SELECT name FROM unnest(%s::text[]) AS name WHERE to_regclass(name) IS NULL"
    for (name,) in connection.execute(missing, [[_OWN, *names]]):
        raise ConfigurationError(f"the database has no table {name}: run ventros migrate first")
