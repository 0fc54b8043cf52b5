"""The way to the server for who administers it: psycopg, errors without rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any, LiteralString

from ventros.kernel.connection.address import read_address
from ventros.kernel.errors import ConfigurationError

try:
    import psycopg
    from psycopg import conninfo
except ModuleNotFoundError as error:
    raise ConfigurationError(f"{error.name} is not installed: pip install 'ventros[migrate]'") from error

_NOT_OWNED: LiteralString = """
SELECT current_user, oid::regclass::text, pg_get_userbyid(relowner)
  FROM pg_class
 WHERE oid IN (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)
   AND NOT pg_has_role(relowner, 'USAGE')
 ORDER BY 2
 LIMIT 1
"""


def parameters(dsn: str, application_name: str = "ventros migrate") -> dict[str, Any]:
    """libpq's, by the address that the service reads from the same ``dsn``; what it says goes before ours."""
    # Keepalives are for connections that lie silent while an index takes its hour.
    ours = {"connect_timeout": "10", "keepalives_idle": "60", "application_name": application_name}
    return {**ours, **read_address(dsn).fields}


@contextmanager
def connect(parameters: dict[str, Any]) -> Iterator[psycopg.Connection]:
    """Autocommit: idle, it holds no snapshot that CREATE INDEX CONCURRENTLY would have to wait for."""
    try:
        connection = psycopg.connect(conninfo.make_conninfo(**parameters), autocommit=True)
    except psycopg.Error as error:
        raise ConfigurationError(f"the database cannot be reached: {message(error)}") from error
    with closing(connection):
        yield connection


def require_owner(connection: psycopg.Connection, tables: Iterable[str]) -> None:
    """Raises ConfigurationError unless the connection's role owns ``tables``, or is a member of who does.

    They are named as in SQL, with their schema if the search path does not lead to them.
    """
    for user, table, owner in connection.execute(_NOT_OWNED, [list(tables)]):
        raise ConfigurationError(f"{user} does not own {table}, {owner} does: give the DSN of {owner}")


def message(error: psycopg.Error) -> str:
    """The server's message and code, without its DETAIL, which quotes rows."""
    primary = error.diag.message_primary
    return f"{primary} [SQLSTATE {error.sqlstate}]" if primary else " ".join(str(error).split())
