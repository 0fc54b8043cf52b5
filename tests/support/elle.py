"""Finds the anomalies in a history of transactions over lists, from what their clients saw alone.

After Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental Observations" (VLDB 2020):
every append is of a value of its own, so a list read tells in which order its values were written. From that
order follow the dependencies between transactions: ww (wrote before), wr (read what the other wrote), rw
(read what the other overwrote). A cycle among them is an anomaly, named after Adya's thesis by its edges.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import attrs

Key = Any
Edges = defaultdict[int, set[int]]


@attrs.frozen
class Transaction:
    """What one client saw and did; ``reads`` are made before its own appends, one append to a key at most."""

    outcome: Literal["committed", "rolled back"]
    reads: dict[Key, tuple[str, ...]] = attrs.field(factory=dict)
    appends: dict[Key, str] = attrs.field(factory=dict)


def anomalies(history: Sequence[Transaction], final: dict[Key, tuple[str, ...]]) -> Counter[str]:
    """How many of each kind; ``final`` is what the lists hold in the end. Empty when there are none.

    lost: an acknowledged append is not there; dirty: an append that was rolled back was seen; order: a read
    that is no beginning of the final list; G0, G1c, G-single, G2: cycles of ww alone, of ww and wr, with one
    rw, with more.
    """
    counts: Counter[str] = Counter()
    writer = {
        (key, value): number
        for number, transaction in enumerate(history)
        for key, value in transaction.appends.items()
    }
    committed = {number for number, transaction in enumerate(history) if transaction.outcome == "committed"}
    for (key, value), number in writer.items():
        counts["lost"] += number in committed and value not in final[key]
    for key, values in [
        *final.items(),
        *(read for transaction in history for read in transaction.reads.items()),
    ]:
        counts["dirty"] += any(writer[key, value] not in committed for value in values)
        counts["order"] += values != final[key][: len(values)]
    counts.update(_cycles(*_dependencies(history, final, writer, committed)))
    return +counts


def _dependencies(
    history: Sequence[Transaction],
    final: dict[Key, tuple[str, ...]],
    writer: dict[tuple[Key, str], int],
    committed: set[int],
) -> tuple[Edges, Edges, Edges]:
    ww, wr, rw = Edges(set), Edges(set), Edges(set)
    for key, values in final.items():
        writers = [writer[key, value] for value in values]
        for first, second in itertools.pairwise(writers):
            _add(ww, first, second)
    for number in committed:
        for key, seen in history[number].reads.items():
            if seen:
                _add(wr, writer[key, seen[-1]], number)
            if len(seen) < len(final[key]):
                _add(rw, number, writer[key, final[key][len(seen)]])
    return ww, wr, rw


def _add(edges: Edges, first: int, second: int) -> None:
    if first != second:
        edges[first].add(second)


def _cycles(ww: Edges, wr: Edges, rw: Edges) -> Counter[str]:
    """G0, G1c and G2 by strongly connected component, G-single by rw edge; a G2 has none of the others."""
    counts: Counter[str] = Counter()
    counts["G0"] = len(_components([ww]))
    counts["G1c"] = len(_components([ww, wr])) - counts["G0"]
    for component in _components([ww, wr, rw]):
        single = sum(
            first in _reachable(second, [ww, wr], component.__contains__)
            for first in component
            for second in rw[first] & component
        )
        counts["G-single"] += single
        if not single and not any(component >= other for other in _components([ww, wr])):
            counts["G2"] += 1
    return counts


def _reachable(start: int, graphs: Sequence[Edges], allowed: Callable[[int], bool]) -> set[int]:
    seen, todo = {start}, [start]
    while todo:
        at = todo.pop()
        new = {node for graph in graphs for node in graph[at] if allowed(node)} - seen
        seen |= new
        todo += new
    return seen


def _components(graphs: Sequence[Edges]) -> list[set[int]]:
    """The strongly connected ones of more than one transaction (Kosaraju's algorithm)."""
    backwards: Edges = defaultdict(set)
    for graph in graphs:
        for first, seconds in list(graph.items()):
            for second in seconds:
                backwards[second].add(first)
    nodes = sorted({*backwards, *(node for graph in graphs for node in graph)})
    placed: set[int] = set()
    components = []
    for root in reversed(_postorder(nodes, graphs)):
        if root in placed:
            continue
        component = _reachable(root, [backwards], lambda node, placed=placed: node not in placed)  # type: ignore[misc]
        placed |= component
        if len(component) > 1:
            components.append(component)
    return components


def _postorder(nodes: Iterable[int], graphs: Sequence[Edges]) -> list[int]:
    order: list[int] = []
    seen: set[int] = set()
    for start in nodes:
        todo = [(start, False)]
        while todo:
            at, left = todo.pop()
            if left:
                order.append(at)
            elif at not in seen:
                seen.add(at)
                todo.append((at, True))
                todo += [(node, False) for graph in graphs for node in graph[at] if node not in seen]
    return order
