"""Reads a statement as the server would: which columns it reads, writes and compares, which rows it locks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
from pglast import ast
from pglast.enums import A_Expr_Kind, BoolExprType, JoinType, SetOperation
from pglast.parser import ParseError

from ventros.audit.parsing import parse
from ventros.audit.tables import Table, qualified
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.statements import Statement

OF_TRANSACTION = {"tenant_id": "ventros_tenant", "user_id": "ventros_user", "id": "ventros_user"}
"""By the column that says whose a row is, the function that returns whose the transaction is."""


@attrs.frozen(eq=False)
class Source:
    """One entry of a FROM, or what is written to; ``table`` is "" for a function, a subquery or a CTE."""

    name: str
    table: str
    columns: frozenset[str]


@attrs.frozen
class Term:
    """A side of ``=``: a column of a source, or without one the parameter ``$n`` or one OF_TRANSACTION."""

    source: Source | None
    name: str


@attrs.frozen(eq=False)
class Write:
    """An INSERT, UPDATE or DELETE, anywhere in the statement; ``assigned`` is the right side of each SET."""

    kind: str
    target: Source
    columns: tuple[str, ...] = ()
    assigned: dict[str, ast.Node] = attrs.Factory(dict)
    conditional: bool = True

    def steps(self, column: str) -> bool:
        """Whether the column's new value is made of its old one, and not the old one in one case."""
        value = self.assigned[column]
        return not isinstance(value, ast.CaseExpr | ast.ColumnRef) and _names(value, self.target.name, column)


@attrs.frozen(eq=False)
class Lock:
    """A SELECT ... FOR UPDATE or FOR SHARE."""

    sources: tuple[Source, ...]
    ordered: bool


@attrs.define(eq=False)
class Reading:
    """``equalities``: from the left term follows a bound on the right one, whatever the joins."""

    kind: str
    sources: list[Source] = attrs.Factory(list)
    writes: list[Write] = attrs.Factory(list)
    locks: list[Lock] = attrs.Factory(list)
    equalities: list[tuple[Term, Term]] = attrs.Factory(list)
    selected: set[tuple[str, str]] = attrs.Factory(set)
    functions: set[str] = attrs.Factory(set)
    star: bool = False

    @property
    def tables(self) -> list[str]:
        """Those that are written to first; none twice."""
        named = [write.target.table for write in self.writes] + [source.table for source in self.sources]
        return list(dict.fromkeys(name for name in named if name))

    def bound(self, column: str, terms: Iterable[Term]) -> set[Source]:
        """The sources whose ``column`` equals, be it through other columns, one of ``terms``."""
        known = set(terms)
        while added := {right for left, right in self.equalities if left in known} - known:
            known |= added
        return {term.source for term in known if term.source and term.name == column}


def read(statement: Statement, tables: Mapping[str, Table]) -> Reading:
    """Raises ConfigurationError for a text that cannot be read or names none of ``tables``."""
    try:
        queries = parse(statement.text)
    except ParseError as error:
        raise ConfigurationError(f"{statement.name}: {error}") from error
    kinds = [type(query).__name__.removesuffix("Stmt").upper() for query in queries]
    if len(kinds) != 1 or kinds[0] not in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
        raise ConfigurationError(f"{statement.name}: {kinds} is not one SELECT, INSERT, UPDATE or DELETE")
    reader = _Reader(statement.name, Reading(kinds[0]), tables)
    reader.query(queries[0], _Scope())
    return reader.reading


@attrs.frozen
class _Scope:
    """What names mean at one level of a query; ``outputs`` are names that its own SELECT list gives."""

    sources: tuple[Source, ...] = ()
    ctes: tuple[Source, ...] = ()
    outputs: frozenset[str] = frozenset()
    outer: _Scope | None = None

    def within(self, *sources: Source) -> _Scope:
        return _Scope(sources, self.ctes, outer=self)

    def along(self, *sources: Source) -> _Scope:
        return attrs.evolve(self, sources=(*self.sources, *sources))


class _Reader:
    def __init__(self, name: str, reading: Reading, tables: Mapping[str, Table]) -> None:
        self.name = name
        self.reading = reading
        self.tables = tables

    def query(self, node: Any, outer: _Scope, into: Write | None = None) -> list[str]:
        """Read a whole query below ``outer``; returns the names of its columns."""
        scope = outer.within()
        for cte in node.withClause.ctes if node.withClause else ():
            if node.withClause.recursive:  # it reads itself, by the names of its columns
                named = frozenset(column.sval for column in cte.aliascolnames or ())
                scope = attrs.evolve(scope, ctes=(*scope.ctes, Source(cte.ctename, "", named)))
            source = Source(cte.ctename, "", frozenset(self.query(cte.ctequery, scope)))
            scope = attrs.evolve(scope, ctes=(*scope.ctes, source))
        if isinstance(node, ast.SelectStmt):
            return self.select(node, scope, into)
        if isinstance(node, ast.InsertStmt):
            return self.insert(node, scope)
        return self.change(node, scope)

    def select(self, node: ast.SelectStmt, scope: _Scope, into: Write | None) -> list[str]:
        if node.op is not SetOperation.SETOP_NONE:
            self.query(node.larg, scope, into)
            return self.query(node.rarg, scope, into)
        scope = self.join(node.fromClause, scope)
        self.condition(node.whereClause, scope, scope.sources)
        self.expression((node.valuesLists, node.targetList), scope)
        if into:
            for values in node.valuesLists or [[target.val for target in node.targetList or ()]]:
                self.bind_values(into, values, scope)
        outputs = [_output_name(target) for target in node.targetList or ()]
        with_outputs = attrs.evolve(scope, outputs=frozenset(outputs))
        clauses = (node.distinctClause, node.groupClause, node.havingClause, node.windowClause)
        self.expression((*clauses, node.sortClause, node.limitCount, node.limitOffset), with_outputs)
        for clause in node.lockingClause or ():
            chosen = [lock.relname for lock in clause.lockedRels or ()]
            locked = tuple(
                source for source in scope.sources if source.table and (not chosen or source.name in chosen)
            )
            self.reading.locks.append(Lock(locked, bool(node.sortClause)))
        return outputs

    def insert(self, node: ast.InsertStmt, scope: _Scope) -> list[str]:
        target = self.table_source(node.relation, scope)
        write = Write("INSERT", target, tuple(column.name for column in node.cols or ()))
        self.reading.writes.append(write)
        self.query(node.selectStmt, scope, write)
        scope = scope.within(target, Source("excluded", "", frozenset()))
        conflict = node.onConflictClause
        if conflict and conflict.infer:
            self.add_selected(
                target, *(column.name for column in conflict.infer.indexElems or () if column.name)
            )
            self.expression(conflict.infer.whereClause, scope)
        if conflict and conflict.targetList:
            self.reading.writes.append(self.assignment(target, conflict.targetList, scope))
            self.expression(conflict.whereClause, scope)
        return self.returning(node, scope)

    def bind_values(self, write: Write, values: Iterable[ast.Node], scope: _Scope) -> None:
        """Where each column's value comes from binds it."""
        for column, value in zip(write.columns, values, strict=False):
            if term := self.term(value, scope):
                self.reading.equalities.append((term, Term(write.target, column)))

    def change(self, node: ast.UpdateStmt | ast.DeleteStmt, scope: _Scope) -> list[str]:
        target = self.table_source(node.relation, scope)
        update = isinstance(node, ast.UpdateStmt)
        scope = self.join(node.fromClause if update else node.usingClause, scope.along(target))
        write = self.assignment(target, node.targetList, scope) if update else Write("DELETE", target)
        self.reading.writes.append(attrs.evolve(write, conditional=node.whereClause is not None))
        self.condition(node.whereClause, scope, scope.sources)
        return self.returning(node, scope)

    def assignment(self, target: Source, items: Iterable[ast.ResTarget], scope: _Scope) -> Write:
        assigned = {item.name: item.val for item in items}
        self.expression(tuple(assigned.values()), scope)
        return Write("UPDATE", target, tuple(assigned), assigned)

    def returning(self, node: Any, scope: _Scope) -> list[str]:
        clause = getattr(node, "returningClause", None)  # a plain list before pglast 8
        items = clause.exprs if clause else getattr(node, "returningList", None)
        self.expression(items, scope)
        return [_output_name(item) for item in items or ()]

    def join(self, nodes: Iterable[Any] | None, scope: _Scope) -> _Scope:
        """``scope`` with the sources of a FROM, each of which sees those before it."""
        for node in nodes or ():
            if isinstance(node, ast.JoinExpr):
                left = self.join([node.larg], scope)
                joined = self.join([node.rarg], left)
                # What an outer join compares binds the side that it fills with NULL, not the other.
                free = joined.sources[len(scope.sources) :]
                if node.jointype is JoinType.JOIN_LEFT:
                    free = joined.sources[len(left.sources) :]
                elif node.jointype is not JoinType.JOIN_INNER:
                    free = ()
                self.condition(node.quals, joined, free)
                scope = joined
            elif isinstance(node, ast.RangeVar):
                scope = scope.along(self.table_source(node, scope))
            else:
                scope = scope.along(self.derived_source(node, scope))
        return scope

    def table_source(self, node: ast.RangeVar, scope: _Scope) -> Source:
        name = node.alias.aliasname if node.alias else node.relname
        for cte in scope.ctes:
            if cte.name == node.relname and node.schemaname is None:
                return attrs.evolve(cte, name=name)
        table = qualified(node)
        if table not in self.tables:
            raise ConfigurationError(
                f"{self.name}: there is no table {table} in schema.sql; `ventros sync` writes it anew"
            )
        source = Source(name, table, frozenset(self.tables[table].columns))
        self.reading.sources.append(source)
        return source

    def derived_source(self, node: Any, scope: _Scope) -> Source:
        """A subquery or a function in FROM; the one column of a function is called as the function is."""
        name = node.alias.aliasname if node.alias else ""
        columns = [name]
        if isinstance(node, ast.RangeSubselect):
            columns = self.query(node.subquery, scope)
        else:
            self.expression(node.functions, scope)
        if node.alias and node.alias.colnames:
            columns = [column.sval for column in node.alias.colnames]
        return Source(name, "", frozenset(columns))

    def condition(self, node: Any, scope: _Scope, free: Iterable[Source]) -> None:
        """A WHERE or ON; what it demands of all rows binds the ``free`` sources."""
        self.expression(node, scope)
        for comparison in _conjuncts(node):
            if not (isinstance(comparison, ast.A_Expr) and comparison.kind is A_Expr_Kind.AEXPR_OP):
                continue
            if comparison.name[-1].sval == "=" and comparison.lexpr is not None:
                left, right = self.term(comparison.lexpr, scope), self.term(comparison.rexpr, scope)
                if left and right:
                    pairs = [(left, right), (right, left)]
                    self.reading.equalities += [pair for pair in pairs if pair[1].source in tuple(free)]

    def term(self, node: Any, scope: _Scope) -> Term | None:
        while isinstance(node, ast.TypeCast):
            node = node.arg
        if isinstance(node, ast.ParamRef):
            return Term(None, f"${node.number}")
        if isinstance(node, ast.FuncCall):
            function = node.funcname[-1].sval
            return Term(None, function) if function in OF_TRANSACTION.values() else None
        if isinstance(node, ast.ColumnRef) and isinstance(node.fields[-1], ast.String):
            source = self.resolve(node, scope)
            return Term(source, node.fields[-1].sval) if source else None
        return None

    def expression(self, node: Any, scope: _Scope) -> None:
        """Anything else: columns, functions and subqueries in it, at any depth."""
        if isinstance(node, tuple | list):
            for part in node:
                self.expression(part, scope)
        elif isinstance(node, ast.ColumnRef):
            if isinstance(node.fields[-1], ast.A_Star):
                self.reading.star = True
            elif source := self.resolve(node, scope):
                self.add_selected(source, node.fields[-1].sval)
        elif isinstance(node, ast.SubLink):
            self.expression(node.testexpr, scope)
            self.query(node.subselect, scope)
        elif isinstance(node, ast.Node):
            if isinstance(node, ast.FuncCall):
                self.reading.functions.add(node.funcname[-1].sval)
            for attribute in node:
                self.expression(getattr(node, attribute), scope)

    def add_selected(self, source: Source, *columns: str) -> None:
        if source.table:
            self.reading.selected.update((source.table, column) for column in columns)

    def resolve(self, node: ast.ColumnRef, scope: _Scope) -> Source | None:
        """The source of a column; None for a name that the SELECT list gives."""
        *qualifier, column = (field.sval for field in node.fields)
        level: _Scope | None = scope
        while level:
            for source in level.sources:
                if qualifier == [source.name] or (not qualifier and column in source.columns):
                    return source
            if not qualifier and column in level.outputs:
                return None
            level = level.outer
        raise ConfigurationError(f"{self.name}: of which table is {'.'.join([*qualifier, column])}?")


def _names(node: Any, table: str, column: str) -> bool:
    """Whether it names that column, at any depth but that of a subquery."""
    if isinstance(node, tuple | list):
        return any(_names(part, table, column) for part in node)
    if isinstance(node, ast.ColumnRef):
        return [getattr(field, "sval", "") for field in node.fields] in ([column], [table, column])
    if isinstance(node, ast.SubLink) or not isinstance(node, ast.Node):
        return False
    return any(_names(getattr(node, attribute), table, column) for attribute in node)


def _output_name(target: ast.ResTarget) -> str:
    if target.name:
        return str(target.name)
    value = target.val
    if isinstance(value, ast.ColumnRef) and isinstance(value.fields[-1], ast.String):
        return str(value.fields[-1].sval)
    return str(value.funcname[-1].sval) if isinstance(value, ast.FuncCall) else ""


def _conjuncts(node: Any) -> Iterator[Any]:
    if isinstance(node, ast.BoolExpr) and node.boolop is BoolExprType.AND_EXPR:
        for argument in node.args:
            yield from _conjuncts(argument)
    elif node is not None:
        yield node
