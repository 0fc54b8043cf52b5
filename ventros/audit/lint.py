"""The rules that every statement keeps, checked on its syntax tree; no server is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import attrs
from pglast.stream import RawStream

from ventros.audit.library import Library
from ventros.audit.reading import OF_TRANSACTION, Reading, Source, Term, Write
from ventros.audit.standards import standard_faults
from ventros.audit.tables import Table
from ventros.kernel.statements import Statement

NON_VOLATILE = frozenset(
    {
        *(
            "abs",
            "array_dims",
            "array_position",
            "count",
            "current_setting",
            "bool_or",
            "jsonb_hash",
            "max",
            "now",
            "pg_backend_pid",
        ),
        *("array_agg", "avg", "lead", "min", "percentile_disc"),
        *("pg_current_xact_id", "split_part", "sum", "unnest", "ventros_tenant", "ventros_user"),
        *("pg_get_userbyid", "pg_prepared_xact", "pg_stat_get_activity"),
        *("pg_control_system", "pg_current_snapshot", "pg_snapshot_xmin", "pg_snapshot_xmax"),
        *("ventros_not_added", "ventros_not_saved"),  # which only raise
    }
)
"""What statements and defaults may call: nothing whose value changes within a statement."""


@attrs.frozen
class Fault:
    """A rule that a statement or a table breaks, of that ``name``, and where it stands."""

    path: Path
    line: int
    name: str
    rule: str
    text: str

    def __str__(self) -> str:
        place = f"{self.path.parent.name}/{self.path.name}:{self.line}"
        return f"{place}: {self.name}: {self.text} [{self.rule}]"


def lint(library: Library, statements: Iterable[Statement]) -> list[Fault]:
    """In the order of the statements, which are for the tables of ``library``."""
    return [
        Fault(statement.path, statement.line, statement.name, rule, text)
        for statement in statements
        for rule, text in _faults(library, statement)
    ]


def owners(statement: Statement, scope: str = "tenant_id") -> list[Term]:
    """What stands for tenant or user in its text: the parameters of that name, and the transaction's own."""
    positions = [position for position, param in enumerate(statement.params, 1) if param.name == scope]
    return [*(Term(None, f"${position}") for position in positions), Term(None, OF_TRANSACTION[scope])]


def _faults(library: Library, statement: Statement) -> Iterator[tuple[str, str]]:
    reading, tables = library.read(statement), library.tables
    if reading.star:
        yield "star", "takes every column, whatever columns there will be: name them"
    for write in reading.writes:
        yield from _write_faults(write, reading, tables)
    updated = {column for write in reading.writes if write.kind == "UPDATE" for column in write.assigned}
    for column in statement.changes:
        if column not in updated:
            yield "changes", f"says that it changes {column}, which it does not set"
    if statement.role == "app" and not statement.tenant:
        for source in reading.sources:
            scope = (
                tables[source.table].scope if source.table else next(iter({"tenant_id"} & source.columns), "")
            )
            if scope and source not in reading.bound(scope, owners(statement, scope)):
                whose = "tenant" if scope == "tenant_id" else "user"
                yield "tenant", f"does not compare {scope} of {_source_name(source)} with the {whose}"
    if (table := tables.get(statement.qualified_table)) and table.versioned:
        yield from standard_faults(statement, table)
    parameters = [Term(None, f"${position}") for position in range(1, len(statement.params) + 1)]
    for lock in reading.locks:
        sources_by_id = reading.bound("id", parameters)
        if not lock.ordered and not sources_by_id.issuperset(lock.sources):
            yield "lock order", "locks rows in no order, so two may wait for each other: ORDER BY the key"
    called = reading.functions.union(*(tables[table].functions for table in reading.tables))
    for function in sorted(called - NON_VOLATILE):
        yield "volatile", f"calls {function}(), directly or as a default, which is not known to be steady"


def _write_faults(write: Write, reading: Reading, tables: Mapping[str, Table]) -> Iterator[tuple[str, str]]:
    if not write.conditional:
        yield "where", f"{write.kind} of the whole of {write.target.table}: it has no WHERE"
    if not tables[write.target.table].versioned:
        return
    if write.kind == "INSERT":
        if "version" in write.columns:
            yield "version set", "gives a new row its version: the default, 1, is the only right one"
        return
    compared = {right for left, right in reading.equalities if left.source is None}
    if Term(write.target, "version") not in compared:
        yield "version compared", f"{write.kind} of {write.target.table} without version = $n in its WHERE"
    if write.kind == "UPDATE":
        if "version" not in write.assigned:
            yield "version stepped", f"UPDATE of {write.target.table} without version = version + 1"
        elif not _steps(write):
            yield "version set", "sets the version to something else than version + 1"


def _steps(write: Write) -> bool:
    """Whether the version is set to ``version + 1``, word for word, the row's own."""
    text = RawStream()(write.assigned["version"])
    return text in {"version + 1", f"{write.target.name}.version + 1"}


def _source_name(source: Source) -> str:
    return source.table if source.name == source.table else f"{source.table} ({source.name})"
