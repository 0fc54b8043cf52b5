"""What the tables are, as a schema.sql says it, so that a statement can be read without a server."""

from __future__ import annotations

from pathlib import Path

import attrs
from pglast import ast, parse_sql
from pglast.enums import ConstrType
from pglast.parser import ParseError
from pglast.visitors import Visitor

from ventros.kernel.errors import ConfigurationError


@attrs.frozen
class Table:
    """``name`` has the schema in front outside of ``public``, as a statement and the server write it.

    ``functions`` are those that the defaults of its columns call.
    """

    name: str
    columns: tuple[str, ...]
    functions: frozenset[str]

    @property
    def of_tenant(self) -> bool:
        return "tenant_id" in self.columns

    @property
    def versioned(self) -> bool:
        return "version" in self.columns


def read_tables(path: Path) -> dict[str, Table]:
    """By name. Raises ConfigurationError when the file is not there or is no SQL."""
    try:
        script = parse_sql(path.read_text(encoding="utf-8"))
    except (OSError, ParseError) as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error}; `ventros sync` writes it"
        ) from error
    creations = [parsed.stmt for parsed in script if isinstance(parsed.stmt, ast.CreateStmt)]
    return {table.name: table for table in map(_table, creations)}


def qualified(relation: ast.RangeVar) -> str:
    """Its name, with the schema in front outside of ``public``."""
    schema = relation.schemaname
    return relation.relname if schema in {None, "public"} else f"{schema}.{relation.relname}"


def _table(statement: ast.CreateStmt) -> Table:
    columns = [element for element in statement.tableElts if isinstance(element, ast.ColumnDef)]
    defaults = [
        constraint.raw_expr
        for column in columns
        for constraint in column.constraints or ()
        if constraint.contype is ConstrType.CONSTR_DEFAULT
    ]
    return Table(
        name=qualified(statement.relation),
        columns=tuple(column.colname for column in columns),
        functions=frozenset(name for default in defaults for name in functions(default)),
    )


def functions(node: ast.Node) -> set[str]:
    """The names of all that ``node`` calls, without their schema."""
    calls = _Calls()
    calls(node)
    return calls.names


class _Calls(Visitor):  # type: ignore[misc]  # pglast is untyped
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_FuncCall(self, _ancestors: object, node: ast.FuncCall) -> None:  # noqa: N802 - pglast's name
        self.names.add(node.funcname[-1].sval)
