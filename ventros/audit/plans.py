"""Asks a server how it plans a statement, for any arguments or for some, and which id its statistics use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, LiteralString

import psycopg

from ventros import administration
from ventros.kernel.errors import ConfigurationError, DatabaseError
from ventros.kernel.statements import Column, Statement

MODES = ("generic", "custom")
"""What a server may plan for: any arguments, as after the first few executions, or those that are given."""

USER = "00000000-0000-7000-8000-000000000000"
"""For whom is planned what belongs to users; there is none of that id."""

FORBIDDEN = "42501"
"""The SQLSTATE of what a role may not do: EXPLAIN asks for the privileges of execution."""

Tree = dict[str, Any]
"""A node of a plan as EXPLAIN (FORMAT JSON) gives it."""

_CHOSEN = {
    ("tenant_id", "text"): "current_setting('app.tenant_id')",
    ("user_id", "uuid"): "current_setting('app.user_id')",
    ("status", "text"): "'read'",  # with a status that is none, messages.advance_delivery does nothing
    ("status", "text[]"): "array['read']",
}
"""Arguments by name and type that are not the sample of their type."""

_BECOMING: LiteralString = """
SELECT current_setting('role'), pg_has_role(session_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = %s
"""


@contextmanager
def planning(connection: psycopg.Connection, tenant: str = "audit") -> Iterator[None]:
    """Inside: plans for any arguments, and a tenant and a user, for whom the planner asks.

    Nothing is executed. What the server refuses leaves nothing behind: the next question can be asked.
    """
    # psycopg prepares what is sent often, and when anything is rolled back deallocates all, ours included.
    connection.prepare_threshold = None
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        connection.execute(
            "SELECT set_config('app.tenant_id', %s, true), set_config('app.user_id', %s, true)",
            [tenant, USER],
        )
        yield


def plan(connection: psycopg.Connection, statement: Statement) -> str:
    """As EXPLAIN prints it. Within :func:`planning`; raises DatabaseError."""
    return "\n".join(line for (line,) in _explain(connection, statement, "COSTS"))


def indexes(connection: psycopg.Connection, statement: Statement) -> list[str]:
    """Those that the plan uses, in the order of the plan. Within :func:`planning`; raises DatabaseError."""
    ((document,),) = _explain(connection, statement, "FORMAT JSON")
    return list(dict.fromkeys(_index_names(document[0]["Plan"])))


def trees(
    connection: psycopg.Connection, statement: Statement, *, as_its_role: bool = True
) -> dict[str, Tree]:
    """The plan in each of the MODES, for made-up arguments of the tenant. Within :func:`planning`.

    The generic plan is given them too: it then shows which partitions it would leave out. One of the relay's
    or the scheduler's is planned under their policies, where who is logged in may become that role. Raises
    DatabaseError.
    """
    with _role_of(statement, connection) if as_its_role else nullcontext():
        return _trees(connection, statement)


def plannable(connection: psycopg.Connection, statements: Iterable[Statement]) -> list[Statement]:
    """Those that who is logged in may execute: of the app's and of roles that it may become, whose policies
    are others. Within :func:`planning`.
    """
    return [
        one
        for one in statements
        if (one.role == "app" or _becoming(connection, one)[1]) and _is_allowed(connection, one)
    ]


def _is_allowed(connection: psycopg.Connection, statement: Statement) -> bool:
    """The auditor, say, plans no statement that writes or reads a secret."""
    with _role_of(statement, connection):
        try:
            _explain(connection, statement, "COSTS false")
        except DatabaseError as error:
            if error.sqlstate != FORBIDDEN:
                raise
            return False
    return True


def _becoming(connection: psycopg.Connection, statement: Statement) -> tuple[str, bool]:
    """The present role, and whether that of the statement may be taken on."""
    before, may = connection.execute(_BECOMING, [f"ventros_{statement.role}"]).fetchone() or ("", False)
    return before, may


@contextmanager
def _role_of(statement: Statement, connection: psycopg.Connection) -> Iterator[None]:
    before, may = _becoming(connection, statement)
    if statement.role == "app" or not may:
        yield
        return
    become: LiteralString = "SELECT set_config('role', %s, true)"
    connection.execute(become, [f"ventros_{statement.role}"])
    yield  # an error takes back what was set, with the transaction of planning()
    connection.execute(become, [before])


def _trees(connection: psycopg.Connection, statement: Statement) -> dict[str, Tree]:
    plans = {}
    types = _types(statement)
    arguments = [sample(param) for param in statement.params]
    for mode in reversed(MODES):  # what is planned afterwards is generic, as planning() says
        connection.execute("SELECT set_config('plan_cache_mode', %s, true)", [f"force_{mode}_plan"])
        ((document,),) = _explain(
            connection, statement, "COSTS false, VERBOSE, FORMAT JSON", types=types, arguments=arguments
        )
        plans[mode] = _plain(document[0]["Plan"])
    return plans


def _plain(node: Tree, alias: str = "") -> Tree:
    """Without what VERBOSE, which names the schemas, puts in front of a node's own columns."""
    alias = node.get("Alias", alias)
    plain = dict(node, Plans=[_plain(child, alias) for child in node.get("Plans", ())])
    for condition in {"Index Cond", "Filter"} & node.keys():
        plain[condition] = re.sub(rf"\b{re.escape(alias)}\.", "", node[condition])
    return plain


def _types(statement: Statement) -> str:
    """Of the parameters, as PREPARE takes them."""
    return f"({', '.join(param.type for param in statement.params)})" if statement.params else ""


def sample(param: Column) -> str:
    """A made-up argument, as an SQL expression."""
    chosen = _CHOSEN.get((param.name, param.type))
    return f"{chosen}::{param.type}" if chosen else param.known.sample


def query_ids(connection: psycopg.Connection, statement: Statement) -> set[int]:
    """What pg_stat_statements calls it on this very server, until its tables are made anew.

    There may be two: what is prepared is analysed again, now with the types of its parameters known, once a
    table was analysed or altered; and that tree can be another. Within :func:`planning`. Raises
    DatabaseError, and ConfigurationError when the server computes no ids.
    """
    ids = set()
    for types in dict.fromkeys(("", _types(statement))):
        ((document,),) = _explain(connection, statement, "VERBOSE, FORMAT JSON", types=types)
        if "Query Identifier" not in document[0]:
            raise ConfigurationError(
                "the server computes no query ids: put pg_stat_statements into its shared_preload_libraries"
            )
        ids.add(int(document[0]["Query Identifier"]))
    return ids


def _explain(
    connection: psycopg.Connection,
    statement: Statement,
    options: str,
    *,
    types: str = "",
    arguments: list[str] | None = None,
) -> list[tuple[Any, ...]]:
    # PREPARE and not EXPLAIN (GENERIC_PLAN), which PostgreSQL 15 does not have. Values do not matter to a
    # generic plan. psycopg takes bytes as they are, and the text is one of sql/.
    values = ", ".join(arguments or ["NULL"] * len(statement.params))
    parameters = f"({values})" if values else ""
    try:
        with connection.transaction():
            connection.execute(f"PREPARE ventros_audit{types} AS {statement.text}".encode())
            text = f"EXPLAIN ({options}) EXECUTE ventros_audit{parameters}".encode()
            rows = connection.execute(text).fetchall()
            connection.execute("DEALLOCATE ventros_audit")
    except psycopg.Error as error:
        if not connection.broken:
            connection.execute("DEALLOCATE ALL")  # a savepoint does not undo PREPARE
        message = administration.message(error)
        raise DatabaseError(f"{statement.name}: {message}", sqlstate=error.sqlstate) from error
    return rows


def relation(node: Tree) -> str:
    """The table that a node of :func:`trees` reads, with its schema outside of ``public``; "" for none."""
    schema, name = node.get("Schema", "public"), node.get("Relation Name", "")
    return name if schema == "public" or not name else f"{schema}.{name}"


def _index_names(node: Tree) -> Iterator[str]:
    if "Index Name" in node:
        yield node["Index Name"]
    yield from node.get("Conflict Arbiter Indexes", ())
    for child in node.get("Plans", ()):
        yield from _index_names(child)
