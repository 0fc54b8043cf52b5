"""The order in which tables are emptied, whatever refers to what."""

from __future__ import annotations

import random

import pytest

from ventros.ops.tenant_tables import Reference, Table, in_order


def table(number: int) -> Table:
    return Table(
        oid=number,
        schema="public",
        relation=f"t{number}",
        erasable=True,
        plain=True,
        hides=False,
        keeps=False,
        guards={},
    )


def groups(number: int, *edges: tuple[int, int]) -> list[set[int]]:
    """In their order, of tables 0 to ``number`` - 1."""
    references = [
        Reference(child=child, columns=("x",), parent=parent, table=f"public.t{parent}")
        for child, parent in edges
    ]
    ordered = in_order([table(oid) for oid in range(number)], references)
    return [{one.oid for one in group} for group in ordered]


@pytest.mark.parametrize(
    ("edges", "expected"),
    [
        ([(0, 1), (1, 2)], [{0}, {1}, {2}]),
        ([(2, 1), (1, 0)], [{2}, {1}, {0}]),
        ([(0, 0), (0, 1), (1, 2)], [{0}, {1}, {2}]),
        ([(0, 1), (1, 0), (1, 2)], [{0, 1}, {2}]),
        ([(2, 1), (1, 0), (0, 2)], [{0, 1, 2}]),
        ([(0, 1), (1, 2), (2, 9)], [{0}, {1}, {2}]),
    ],
    ids=["chain", "backwards", "itself", "ring with a tail", "ring", "to what has no tenant"],
)
def test_what_refers_comes_first(edges: list[tuple[int, int]], expected: list[set[int]]) -> None:
    assert groups(3, *edges) == expected


def test_any_references_have_an_order() -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    drawn = random.Random(seed)
    for _ in range(200):
        edges = [(drawn.randrange(12), drawn.randrange(12)) for _ in range(drawn.randrange(25))]
        ordered = groups(12, *edges)
        at = {oid: place for place, group in enumerate(ordered) for oid in group}
        assert sorted(oid for group in ordered for oid in group) == list(range(12))
        assert all(at[child] <= at[parent] for child, parent in edges)
        reachable = {oid: {oid} for oid in range(12)}
        for _ in range(12):
            for child, parent in edges:
                reachable[child] |= reachable[parent]
        for group in ordered:  # no two that are no ring are deleted at once
            assert all(group <= reachable[oid] for oid in group)
