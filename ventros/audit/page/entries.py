"""What the page says of each statement: its text, its plan on that very server, and what it cost there."""

from __future__ import annotations

import re
from datetime import datetime

import attrs
import psycopg
from markupsafe import Markup
from pglast.parser import scan

from ventros.audit.library import Library
from ventros.audit.plans import indexes, plan, planning
from ventros.audit.reading import Reading
from ventros.audit.shapes import with_header
from ventros.audit.statistics import Entry, Identify, Reconciliation, entries, reconcile, since
from ventros.kernel.errors import ConfigurationError, DatabaseError, VentrosError
from ventros.kernel.statements import Statement

KEYWORD, PARAMETER = Markup("<b>{}</b>"), Markup("<var>{}</var>")


@attrs.frozen
class Costs:
    """What ``role`` executed, and the texts of ``others`` that are no statements; else ``missing`` says why
    that is not known.
    """

    role: str
    reconciliation: Reconciliation | None = None
    others: list[Entry] = attrs.Factory(list)
    since: datetime | None = None
    evictions: int = 0
    missing: str = ""


@attrs.frozen
class Plan:
    """``text`` as EXPLAIN prints it, or ``fault``: why there is none. ``ids``: see plans.query_ids."""

    text: str = ""
    indexes: list[str] = attrs.Factory(list)
    ids: list[int] = attrs.Factory(list)
    fault: str = ""


@attrs.frozen(eq=False)
class Item:
    """One statement; ``committed`` is false for a list's text that was only seen on the server."""

    statement: Statement
    reading: Reading
    place: str
    plan: Plan
    cost: Entry | None
    committed: bool

    @property
    def name(self) -> str:
        return self.statement.name

    @property
    def anchor(self) -> str:
        """An id in HTML, which has no spaces."""
        return anchor(self.name)

    @property
    def group(self) -> str:
        """The table whose file it stands in."""
        return self.name.partition("(")[0].rpartition(".")[0]

    @property
    def shape(self) -> bool:
        return self.statement.path.parent.name == "shapes"

    @property
    def written(self) -> dict[str, str]:
        """By table, how."""
        kinds_by_table: dict[str, list[str]] = {}
        for write in self.reading.writes:
            kinds_by_table.setdefault(write.target.table, []).append(write.kind)
        return {table: " or ".join(dict.fromkeys(kinds)) for table, kinds in kinds_by_table.items()}

    @property
    def only_read(self) -> list[str]:
        return [table for table in self.reading.tables if table not in self.written]


def anchor(name: str) -> str:
    return re.sub(r"[^\w.]+", "-", name)


def costs(connection: psycopg.Connection, library: Library, role: str, identify: Identify) -> Costs:
    """Of ``role`` on this database. What is not to be had is said in ``missing``, and raises nothing."""
    try:
        counted = reconcile(connection, library, entries(connection, role), identify)
        everybody = reconcile(connection, library, entries(connection, None), identify)
        start, evictions = since(connection)
    except VentrosError as error:
        return Costs(role, missing=str(error))
    own = {entry.query_id for entry in counted.unknown}
    others = [entry for entry in everybody.unknown if entry.query_id not in own]
    return Costs(role, counted, others, start, evictions)


def items(connection: psycopg.Connection, library: Library, costs: Costs, identify: Identify) -> list[Item]:
    """Each statement, each committed shape, and what else was executed of the lists."""
    executed = costs.reconciliation.known if costs.reconciliation else []
    counted = {statement.name: entry for statement, entry in executed}
    committed = {statement.name: statement for statement in library.statements}
    others = [statement for statement, _ in executed if statement.name not in committed]
    with planning(connection):
        return [
            Item(
                statement=statement,
                reading=library.read(statement),
                place=_place(statement),
                plan=_plan(connection, statement, identify),
                cost=counted.get(statement.name),
                committed=statement.name in committed,
            )
            for statement in (*committed.values(), *others)
        ]


def highlight(text: str) -> Markup:
    """Keywords and parameters set off, as PostgreSQL's own scanner finds them; all else escaped."""
    parts, position = [], 0
    for token in scan(text):
        word = text[token.start : token.end + 1]
        # In sql/ keywords are written large; a column may have the name of one.
        keyword = token.kind != "NO_KEYWORD" and word.isupper()
        if keyword or token.name == "PARAM":
            parts += [text[position : token.start], (KEYWORD if keyword else PARAMETER).format(word)]
            position = token.end + 1
    return Markup("").join([*parts, text[position:]])


def _plan(connection: psycopg.Connection, statement: Statement, identify: Identify) -> Plan:
    try:
        text, used = plan(connection, statement), indexes(connection, statement)
    except DatabaseError as error:
        return Plan(fault=str(error).removeprefix(f"{statement.name}: "))
    try:
        ids = sorted(identify.ask(statement))
    except ConfigurationError:  # this server computes none
        ids = []
    return Plan(text, used, ids)


def _place(statement: Statement) -> str:
    """File and line. A shape does not know its line; one that is not committed has none."""
    path, line = statement.path, statement.line
    if path.parent.name != "shapes":
        return f"{path.name}:{line}"
    text = path.read_text(encoding="utf-8")
    offset = text.find(with_header(statement))
    return (
        f"shapes/{path.name}:{text.count(chr(10), 0, offset) + 1}" if offset >= 0 else f"shapes/{path.name}"
    )
