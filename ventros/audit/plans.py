"""Asks a server how it plans a statement for any arguments, and under which id its statistics count it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from ventros import administration
from ventros.kernel.errors import ConfigurationError, DatabaseError
from ventros.kernel.statements import Statement


@contextmanager
def planning(connection: psycopg.Connection) -> Iterator[None]:
    """Inside: plans for any arguments, and a tenant, which the planner asks for. Nothing is executed.

    What the server refuses leaves nothing behind: the next question can be asked.
    """
    # psycopg prepares what is sent often, and when anything is rolled back deallocates all, ours included.
    connection.prepare_threshold = None
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        connection.execute("SET LOCAL app.tenant_id = 'audit'")
        yield


def plan(connection: psycopg.Connection, statement: Statement) -> str:
    """As EXPLAIN prints it. Within :func:`planning`; raises DatabaseError."""
    return "\n".join(line for (line,) in _explained(connection, statement, "COSTS"))


def indexes(connection: psycopg.Connection, statement: Statement) -> list[str]:
    """Those that the plan uses, in the order of the plan. Within :func:`planning`; raises DatabaseError."""
    ((document,),) = _explained(connection, statement, "FORMAT JSON")
    return list(dict.fromkeys(_index_names(document[0]["Plan"])))


def query_ids(connection: psycopg.Connection, statement: Statement) -> set[int]:
    """What pg_stat_statements calls it on this very server, until its tables are made anew.

    There may be two: what is prepared is analysed again, now with the types of its parameters known, once a
    table was analysed or altered; and that tree can be another. Within :func:`planning`. Raises
    DatabaseError, and ConfigurationError when the server computes no ids.
    """
    types = f"({', '.join(param.type for param in statement.params)})" if statement.params else ""
    found = set()
    for known in dict.fromkeys(("", types)):
        ((document,),) = _explained(connection, statement, "VERBOSE, FORMAT JSON", types=known)
        if "Query Identifier" not in document[0]:
            raise ConfigurationError(
                "the server computes no query ids: put pg_stat_statements into its shared_preload_libraries"
            )
        found.add(int(document[0]["Query Identifier"]))
    return found


def _explained(
    connection: psycopg.Connection, statement: Statement, options: str, *, types: str = ""
) -> list[tuple[Any, ...]]:
    # PREPARE and not EXPLAIN (GENERIC_PLAN), which PostgreSQL 15 does not have. Values do not matter to a
    # generic plan. psycopg takes bytes as they are, and the text is one of sql/.
    arguments = f"({', '.join(['NULL'] * len(statement.params))})" if statement.params else ""
    try:
        with connection.transaction():
            connection.execute(f"PREPARE ventros_audit{types} AS {statement.text}".encode())
            text = f"EXPLAIN ({options}) EXECUTE ventros_audit{arguments}".encode()
            rows = connection.execute(text).fetchall()
            connection.execute("DEALLOCATE ventros_audit")
    except psycopg.Error as error:
        if not connection.broken:
            connection.execute("DEALLOCATE ALL")  # a savepoint does not undo PREPARE
        message = administration.message(error)
        raise DatabaseError(f"{statement.name}: {message}", sqlstate=error.sqlstate) from error
    return rows


def _index_names(node: dict[str, Any]) -> Iterator[str]:
    if "Index Name" in node:
        yield node["Index Name"]
    yield from node.get("Conflict Arbiter Indexes", ())
    for each in node.get("Plans", ()):
        yield from _index_names(each)
