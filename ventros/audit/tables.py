"""What the tables are, as sql/schema.sql says it, so that a statement can be read without a server."""

from __future__ import annotations

import functools

import attrs
from pglast import ast, parse_sql
from pglast.enums import ConstrType
from pglast.visitors import Visitor

from ventros.kernel.resources import directory


@attrs.frozen
class Table:
    """``functions`` are those that the defaults of its columns call."""

    name: str
    columns: tuple[str, ...]
    functions: frozenset[str]

    @property
    def of_tenant(self) -> bool:
        return "tenant_id" in self.columns

    @property
    def versioned(self) -> bool:
        return "version" in self.columns


@functools.cache
def tables() -> dict[str, Table]:
    """By name."""
    script = parse_sql((directory("sql") / "schema.sql").read_text(encoding="utf-8"))
    creations = [parsed.stmt for parsed in script if isinstance(parsed.stmt, ast.CreateStmt)]
    return {creation.relation.relname: _table(creation) for creation in creations}


def _table(statement: ast.CreateStmt) -> Table:
    columns = [element for element in statement.tableElts if isinstance(element, ast.ColumnDef)]
    defaults = [
        constraint.raw_expr
        for column in columns
        for constraint in column.constraints or ()
        if constraint.contype is ConstrType.CONSTR_DEFAULT
    ]
    return Table(
        name=statement.relation.relname,
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
