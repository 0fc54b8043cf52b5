"""Tells a table or a column that was renamed, so whose rows are there, from one that is gone."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

from ventros.audit.schema.lines import Line, Lines


@attrs.frozen
class Renamed:
    """``line`` is as it should be called, ``found`` as it is."""

    line: Line
    found: Line


def undo_renames(made: Lines, stored: Lines) -> tuple[Lines, list[Renamed]]:
    """``stored`` as it would be with the names that ``made`` has, and what was renamed.

    A table is known by its columns, a column by its definition, where no other is like it.
    """
    renamed = []
    for kind, like in (("table", _by_columns), ("column", _by_definition)):
        for one in _pairs(kind, like, made, stored):
            renamed.append(one)
            rename = _rename_table if kind == "table" else _rename_column
            stored = {line.key: line for line in (rename(line, one) for line in stored.values())}
    return stored, renamed


def _pairs(kind: str, like: Callable[[Line, Lines], object], made: Lines, stored: Lines) -> list[Renamed]:
    missing = [line for key, line in made.items() if line.kind == kind and key not in stored]
    extra = [line for key, line in stored.items() if line.kind == kind and key not in made]
    pairs = []
    for line in missing:
        twins = [other for other in missing if like(other, made) == like(line, made)]
        found = [other for other in extra if like(other, stored) == like(line, made)]
        if len(twins) == len(found) == 1:
            pairs.append(Renamed(line, found[0]))
    return pairs


def _by_columns(table: Line, lines: Lines) -> object:
    return {
        (line.name, line.definition)
        for line in lines.values()
        if line.kind == "column" and line.relation == table.relation
    }


def _by_definition(column: Line, _lines: Lines) -> object:
    return column.relation, column.definition


def _rename_table(line: Line, renamed: Renamed) -> Line:
    old, new = renamed.found.relation, renamed.line.relation
    return attrs.evolve(
        line,
        relation=new if line.relation == old else line.relation,
        definition=_replaced(line.definition, old, new),
    )


def _rename_column(line: Line, renamed: Renamed) -> Line:
    old, new = renamed.found, renamed.line
    if line == old:
        return new
    own = line.relation == old.relation
    head, mark, rest = line.definition.partition(f" REFERENCES {old.relation}(")
    return attrs.evolve(
        line,
        definition=(_replaced(head, old.name, new.name) if own else head)
        + mark
        + (_replaced(rest, old.name, new.name) if mark else rest),
    )


def _replaced(text: str, old: str, new: str) -> str:
    return re.sub(rf"""(?<![\w"']){re.escape(old)}(?![\w"'])""", lambda _match: new, text)
