"""Draws what refers to what, narrow enough for a phone: a row to a table, a line down from each that is
referred to, and a dot on it in the row of each that refers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from ventros.audit.page.database import Table

WIDTH = 380
"""Units, about the pixels of a phone, so that text is as large there as the page's."""
ROW = 24
TOP = 8
LANES_FROM = 208
COLOURS = 8
"""How many classes ``c0`` … the style sheet has."""


@attrs.frozen
class Row:
    """``part``: of the aggregate above it; ``versioned``: an aggregate itself."""

    name: str
    y: int
    part: bool
    versioned: bool


@attrs.frozen
class Lane:
    """``dots`` are the rows that refer to ``target``, which is at ``y``, by name and y."""

    target: str
    x: float
    y: int
    dots: list[tuple[str, int]]
    colour: int

    @property
    def top(self) -> int:
        return min(self.y, *(y for _, y in self.dots))

    @property
    def bottom(self) -> int:
        return max(self.y, *(y for _, y in self.dots))


@attrs.frozen
class Diagram:
    rows: list[Row]
    lanes: list[Lane]
    width: int
    height: int
    lanes_from: int = LANES_FROM


def diagram(tables: Iterable[Table]) -> Diagram:
    """A part follows its aggregate, indented, and has no line to it."""
    ordered = order(tables)
    rows = [
        Row(table.name, TOP + number * ROW + ROW // 2, bool(table.parent), table.versioned)
        for number, table in enumerate(ordered)
    ]
    places = {row.name: row.y for row in rows}
    dots: dict[str, dict[str, int]] = {}
    for table in ordered:
        for target in {reference.target for reference in table.references} - {table.parent}:
            dots.setdefault(target, {})[table.name] = places[table.name]
    targets = sorted((target for target in dots if target in places), key=places.__getitem__)
    step = (WIDTH - LANES_FROM - 8) / max(len(targets), 1)
    lanes = [
        Lane(
            target,
            LANES_FROM + (number + 0.5) * step,
            places[target],
            list(dots[target].items()),
            number % COLOURS,
        )
        for number, target in enumerate(targets)
    ]
    return Diagram(rows, lanes, WIDTH, TOP + len(rows) * ROW + TOP)


def order(tables: Iterable[Table]) -> list[Table]:
    """What is referred to first, as far as there is no circle; parts right after their aggregate; what has to
    do with no other last.
    """
    by_name = {table.name: table for table in tables}
    groups: dict[str, list[Table]] = {}
    for table in sorted(by_name.values(), key=lambda table: bool(table.parent)):
        groups.setdefault(_root_of(table, by_name), []).append(table)
    needs = {
        head: {
            _root_of(by_name[reference.target], by_name)
            for table in group
            for reference in table.references
            if reference.target in by_name
        }
        - {head}
        for head, group in groups.items()
    }
    joined = {head for head, others in needs.items() if others}.union(*needs.values())
    ranked = sorted(needs, key=lambda head: (head not in joined, not groups[head][0].versioned, head))
    return [table for head in _topological({head: needs[head] for head in ranked}) for table in groups[head]]


def _root_of(table: Table, by_name: Mapping[str, Table]) -> str:
    """The aggregate that the table is or is a part of, through other parts if need be."""
    ancestry = [table.name]
    while (parent := by_name[ancestry[-1]].parent) in by_name and parent not in ancestry:
        ancestry.append(parent)
    return ancestry[-1]


def _topological(needs: Mapping[str, set[str]]) -> Iterator[str]:
    remaining = dict(needs)
    while remaining:
        ready = (name for name in remaining if not needs[name] & remaining.keys())
        name = next(ready, next(iter(remaining)))
        del remaining[name]
        yield name
