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
        Row(each.name, TOP + at * ROW + ROW // 2, bool(each.parent), each.versioned)
        for at, each in enumerate(ordered)
    ]
    places = {row.name: row.y for row in rows}
    dots: dict[str, dict[str, int]] = {}
    for each in ordered:
        for target in {reference.target for reference in each.references} - {each.parent}:
            dots.setdefault(target, {})[each.name] = places[each.name]
    targets = sorted((target for target in dots if target in places), key=places.__getitem__)
    step = (WIDTH - LANES_FROM - 8) / max(len(targets), 1)
    lanes = [
        Lane(target, LANES_FROM + (at + 0.5) * step, places[target], list(dots[target].items()), at % COLOURS)
        for at, target in enumerate(targets)
    ]
    return Diagram(rows, lanes, WIDTH, TOP + len(rows) * ROW + TOP)


def order(tables: Iterable[Table]) -> list[Table]:
    """What is referred to first, as far as there is no circle; parts right after their aggregate; what has to
    do with no other last.
    """
    known = {each.name: each for each in tables}
    groups: dict[str, list[Table]] = {}
    for each in sorted(known.values(), key=lambda table: bool(table.parent)):
        groups.setdefault(_head(each, known), []).append(each)
    needs = {
        head: {
            _head(known[reference.target], known)
            for table in group
            for reference in table.references
            if reference.target in known
        }
        - {head}
        for head, group in groups.items()
    }
    joined = {head for head, others in needs.items() if others}.union(*needs.values())
    ranked = sorted(needs, key=lambda head: (head not in joined, not groups[head][0].versioned, head))
    return [table for head in _sorted({head: needs[head] for head in ranked}) for table in groups[head]]


def _head(table: Table, known: Mapping[str, Table]) -> str:
    """The aggregate that the table is or is a part of, through other parts if need be."""
    passed = [table.name]
    while (parent := known[passed[-1]].parent) in known and parent not in passed:
        passed.append(parent)
    return passed[-1]


def _sorted(needs: Mapping[str, set[str]]) -> Iterator[str]:
    left = dict(needs)
    while left:
        free = (name for name in left if not needs[name] & left.keys())
        name = next(free, next(iter(left)))
        del left[name]
        yield name
