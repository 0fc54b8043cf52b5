"""The composite locking indexes, (id, version), for whoever wants them back: made, dropped and listed.

Why they are not shipped: ``docs/architecture/decisions/002-locking-indexes.md``. Their definitions stand in
the migration that drops them, and in its rollback, alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import LiteralString

import attrs
import psycopg
from psycopg import sql

from ventros import administration
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.resources import directory

_MIGRATION = "0060.drop-locking-indexes.rollback.sql"
_DEFINITION = re.compile(r"^CREATE INDEX CONCURRENTLY IF NOT EXISTS (\w+) ON (\w+) .*;$", re.MULTILINE)
_STATE: LiteralString = """
SELECT relname, indisvalid, pg_relation_size(indexrelid)
  FROM pg_index JOIN pg_class AS c ON c.oid = indexrelid
 WHERE c.relnamespace = 'public'::regnamespace AND relname = ANY (%s)
"""
_VERSIONED: LiteralString = """
SELECT FROM pg_class AS c
 WHERE relnamespace = 'public'::regnamespace AND relname = ANY (%s)
   AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'version' AND NOT attisdropped)
"""


@attrs.frozen
class Index:
    """``state`` is valid, invalid (an interrupted CREATE left it behind) or missing."""

    name: str
    table: str
    state: str
    bytes: int = 0


def definitions() -> dict[str, tuple[str, str]]:
    """Table and CREATE INDEX CONCURRENTLY by the index's name, in the order in which they are made."""
    text = (directory("migrations") / _MIGRATION).read_text(encoding="utf-8")
    return {match[1]: (match[2], match[0]) for match in _DEFINITION.finditer(text)}


def create(dsn: str, report: Callable[[str], None] = lambda _line: None) -> None:
    """Make those that are missing, and anew those that are invalid.

    CONCURRENTLY, so writers go on, and each waits for the transactions that were open before it. What is
    interrupted may be run again. Raises ConfigurationError when the tables are not there or not the caller's,
    or the server refuses.
    """
    with _owner_connection(dsn) as connection:
        for index in _read_indexes(connection):
            if index.state == "invalid":
                _drop(connection, index)
            if index.state != "valid":
                connection.execute(definitions()[index.name][1].encode())
                report(f"created {index.name}")


def drop(dsn: str, report: Callable[[str], None] = lambda _line: None) -> None:
    """Drop those that are there. Raises as :func:`create`."""
    with _owner_connection(dsn) as connection:
        for index in _read_indexes(connection):
            if index.state != "missing":
                _drop(connection, index)
                report(f"dropped {index.name}")


def status(dsn: str) -> list[Index]:
    """All fifteen. Raises ConfigurationError when the database cannot be reached or is not migrated."""
    with administration.connect(administration.parameters(dsn)) as connection:
        _check_migrated(connection)
        return _read_indexes(connection)


def _read_indexes(connection: psycopg.Connection) -> list[Index]:
    stored = {name: state for name, *state in connection.execute(_STATE, [list(definitions())])}
    indexes = []
    for name, (table, _text) in definitions().items():
        valid, size = stored.get(name, (None, 0))
        state = "missing" if valid is None else "valid" if valid else "invalid"
        indexes.append(Index(name, table, state, size))
    return indexes


def _drop(connection: psycopg.Connection, index: Index) -> None:
    text: LiteralString = "DROP INDEX CONCURRENTLY IF EXISTS {}"
    connection.execute(sql.SQL(text).format(sql.Identifier("public", index.name)))


@contextmanager
def _owner_connection(dsn: str) -> Iterator[psycopg.Connection]:
    with administration.connect(administration.parameters(dsn)) as connection:
        _check_migrated(connection)
        administration.require_owner(connection, _tables())
        try:
            connection.execute("SET statement_timeout = 0")
            connection.execute("SET lock_timeout = 0")  # there are always transactions to wait for
            yield connection
        except psycopg.Error as error:
            raise ConfigurationError(
                f"the server refused: {administration.message(error)}; what was done stays, run it again"
            ) from error


def _check_migrated(connection: psycopg.Connection) -> None:
    if len(connection.execute(_VERSIONED, [_tables()]).fetchall()) < len(_tables()):
        raise ConfigurationError("the aggregate tables have no versions yet: run ventros migrate first")


def _tables() -> list[str]:
    return [table for table, _text in definitions().values()]
