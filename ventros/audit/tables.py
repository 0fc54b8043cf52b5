"""What the tables are, as a schema.sql says it, so that a statement can be read without a server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
from pglast import ast
from pglast.enums import AlterTableType, ConstrType, ObjectType
from pglast.parser import ParseError
from pglast.stream import RawStream
from pglast.visitors import Visitor

from ventros.audit.parsing import parse
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements.definition import SCOPES


@attrs.frozen
class ForeignKey:
    """``pairs`` are its columns, each with the one of ``parent`` that it refers to.

    ``cascades``: a row goes with the row that it refers to.
    """

    name: str
    parent: str
    pairs: tuple[tuple[str, str], ...]
    cascades: bool = False


@attrs.frozen
class Policy:
    """``command`` is all, select, insert, update or delete; an expression that is left out is empty."""

    name: str
    command: str
    permissive: bool
    using: str
    check: str


@attrs.frozen
class Table:
    """``name`` has the schema in front outside of ``public``, as a statement and the server write it.

    ``columns`` has their names, ``definitions`` their types and constraints, as ``integer NOT NULL DEFAULT
    1``. ``functions`` are those that the defaults of its columns call. ``commented`` holds the columns with a
    comment, and ``""`` when the table has one. ``triggers`` are as CREATE TRIGGER says them. ``checked`` are
    the columns that its CHECKs name, and those that are generated.
    """

    name: str
    columns: tuple[str, ...]
    functions: frozenset[str]
    definitions: dict[str, str] = attrs.field(factory=dict)
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    row_security: frozenset[str] = frozenset()
    policies: tuple[Policy, ...] = ()
    triggers: dict[str, str] = attrs.field(factory=dict)
    commented: frozenset[str] = frozenset()
    checked: frozenset[str] = frozenset()

    @property
    def of_tenant(self) -> bool:
        return self.scope == "tenant_id"

    @property
    def scope(self) -> str:
        """The column that says whose a row is; ``id`` of the users themselves, and "" where there is none."""
        found = next((column for column in SCOPES if column in self.columns), "")
        return found or ("id" if any("ventros_user()" in policy.using for policy in self.policies) else "")

    @property
    def versioned(self) -> bool:
        return "version" in self.columns


def read_tables(path: Path) -> dict[str, Table]:
    """By name. Raises ConfigurationError when the file is not there or is no SQL."""
    script = _script(path)
    tables = {
        table.name: table
        for table in (_table(statement) for statement in script if isinstance(statement, ast.CreateStmt))
    }
    for statement in script:
        for name, change in _changes(statement):
            if name in tables:
                tables[name] = attrs.evolve(tables[name], **change(tables[name]))
    return tables


def read_indexes(path: Path) -> list[str]:
    """The names of what it makes by CREATE INDEX, as those of tables. Raises as :func:`read_tables` does."""
    made = (statement for statement in _script(path) if isinstance(statement, ast.IndexStmt))
    tables = ((qualified(statement.relation), statement.idxname) for statement in made)
    return [f"{table.rpartition('.')[0]}.{index}".removeprefix(".") for table, index in tables]


def _script(path: Path) -> tuple[ast.Node, ...]:
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, ParseError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}; `ventros sync` writes it") from error


def qualified(relation: ast.RangeVar) -> str:
    """Its name, with the schema in front outside of ``public``."""
    schema = relation.schemaname
    return relation.relname if schema in {None, "public"} else f"{schema}.{relation.relname}"


def _table(statement: ast.CreateStmt) -> Table:
    columns = [element for element in statement.tableElts or () if isinstance(element, ast.ColumnDef)]
    constraints = [element for element in statement.tableElts or () if isinstance(element, ast.Constraint)]
    defaults = [
        constraint.raw_expr
        for column in columns
        for constraint in column.constraints or ()
        if constraint.contype is ConstrType.CONSTR_DEFAULT
    ]
    table = Table(
        name=qualified(statement.relation),
        columns=tuple(column.colname for column in columns),
        functions=frozenset(name for default in defaults for name in functions(default)),
        definitions={column.colname: _definition(column) for column in columns},
        checked=frozenset(
            column.colname
            for column in columns
            for constraint in column.constraints or ()
            if constraint.contype is ConstrType.CONSTR_GENERATED
        ),
    )
    for constraint in constraints:
        table = attrs.evolve(table, **_with_constraint(table, constraint))
    return table


def _definition(column: ast.ColumnDef) -> str:
    """Its type and constraints, in the same order however they are written."""
    parts = [RawStream()(column.typeName)]
    kinds = {constraint.contype: constraint for constraint in column.constraints or ()}
    if ConstrType.CONSTR_NOTNULL in kinds or ConstrType.CONSTR_PRIMARY in kinds:
        parts.append("NOT NULL")
    if default := kinds.get(ConstrType.CONSTR_DEFAULT):
        parts.append(f"DEFAULT {RawStream()(default.raw_expr)}")
    return " ".join(parts)


def _with_constraint(table: Table, constraint: ast.Constraint) -> dict[str, Any]:
    if constraint.contype is ConstrType.CONSTR_PRIMARY:
        return {"primary_key": _names(constraint.keys)}
    if constraint.contype is ConstrType.CONSTR_FOREIGN:
        pairs = tuple(zip(_names(constraint.fk_attrs), _names(constraint.pk_attrs), strict=False))
        cascades = constraint.fk_del_action == "c"
        key = ForeignKey(str(constraint.conname), qualified(constraint.pktable), pairs, cascades)
        return {"foreign_keys": (*table.foreign_keys, key)}
    if constraint.contype is ConstrType.CONSTR_CHECK:
        return {"checked": table.checked | _columns(constraint.raw_expr)}
    return {}


def _changes(statement: ast.Node) -> Iterator[tuple[str, Any]]:
    """The tables that a statement changes, each with what makes the new fields of the old table."""
    if isinstance(statement, ast.AlterTableStmt) and statement.objtype is ObjectType.OBJECT_TABLE:
        for command in statement.cmds:
            if isinstance(command.def_, ast.Constraint):
                yield qualified(statement.relation), _adding(command.def_)
            elif command.subtype in _SECURITY:
                yield qualified(statement.relation), _securing(_SECURITY[command.subtype])
    elif isinstance(statement, ast.CreatePolicyStmt):
        policy = Policy(
            name=statement.policy_name,
            command=statement.cmd_name,
            permissive=bool(statement.permissive),
            using=RawStream()(statement.qual) if statement.qual else "",
            check=RawStream()(statement.with_check) if statement.with_check else "",
        )
        yield qualified(statement.table), lambda table: {"policies": (*table.policies, policy)}
    elif isinstance(statement, ast.CreateTrigStmt):
        text = RawStream()(statement)
        yield (
            qualified(statement.relation),
            lambda table: {"triggers": {**table.triggers, statement.trigname: text}},
        )
    elif isinstance(statement, ast.CommentStmt) and statement.comment:
        yield from _commented(statement)


_SECURITY = {
    AlterTableType.AT_EnableRowSecurity: "ENABLE",
    AlterTableType.AT_ForceRowSecurity: "FORCE",
}


def _adding(constraint: ast.Constraint) -> Any:
    return lambda table: _with_constraint(table, constraint)


def _securing(word: str) -> Any:
    return lambda table: {"row_security": table.row_security | {word}}


def _commented(statement: ast.CommentStmt) -> Iterator[tuple[str, Any]]:
    if statement.objtype not in {ObjectType.OBJECT_TABLE, ObjectType.OBJECT_COLUMN}:
        return
    names = [part.sval for part in statement.object]
    column = names.pop() if statement.objtype is ObjectType.OBJECT_COLUMN else ""
    name = ".".join(names[1:] if names[0] == "public" else names)
    yield name, lambda table: {"commented": table.commented | {column}}


def _names(nodes: Iterable[ast.String] | None) -> tuple[str, ...]:
    return tuple(node.sval for node in nodes or ())


def functions(node: ast.Node) -> set[str]:
    """The names of all that ``node`` calls, without their schema."""
    calls = _Calls()
    calls(node)
    return calls.names


def _columns(node: ast.Node) -> set[str]:
    """The names of all columns that ``node`` names."""
    named = _Columns()
    named(node)
    return named.names


class _Columns(Visitor):  # type: ignore[misc]  # pglast is untyped
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_ColumnRef(self, _ancestors: object, node: ast.ColumnRef) -> None:  # noqa: N802 - pglast's name
        self.names.update(part.sval for part in node.fields if isinstance(part, ast.String))


class _Calls(Visitor):  # type: ignore[misc]  # pglast is untyped
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_FuncCall(self, _ancestors: object, node: ast.FuncCall) -> None:  # noqa: N802 - pglast's name
        self.names.add(node.funcname[-1].sval)
