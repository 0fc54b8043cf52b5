"""The checker of histories knows each anomaly when it sees it, and sees none where there is none."""

from __future__ import annotations

import pytest

from tests.support.elle import Transaction, anomalies


def done(reads: str = "", appends: str = "", *, committed: bool = True) -> Transaction:
    """``x12 y`` are the reads of x as (1, 2) and of y as (); ``x3`` is the append of 3 to x."""
    return Transaction(
        "committed" if committed else "rolled back",
        {word[0]: tuple(word[1:]) for word in reads.split()},
        {word[0]: word[1] for word in appends.split()},
    )


@pytest.mark.parametrize(
    ("history", "final", "expected"),
    [
        ([done("x", "x1"), done("x1", "x2"), done("x12")], "x12", {}),
        ([done("x", "x1"), done("x", "x2")], "x2", {"lost": 1}),
        ([done("", "x1", committed=False), done("x1")], "x", {"dirty": 1, "order": 1}),
        ([done("", "x1"), done("", "x2"), done("x2")], "x12", {"order": 1}),
        ([done("", "x1 y2"), done("", "x3 y4")], "x13 y42", {"G0": 1}),
        ([done("y2", "x1"), done("x1", "y2")], "x1 y2", {"G1c": 1}),
        ([done("x y1"), done("x y", "x1 y1")], "x1 y1", {"G-single": 1}),
        ([done("x y", "x1"), done("x y", "y1")], "x1 y1", {"G2": 1}),
    ],
)
def test_each_anomaly_is_known(history: list[Transaction], final: str, expected: dict[str, int]) -> None:
    lists = {word[0]: tuple(word[1:]) for word in final.split()}
    found = anomalies(history, lists)
    assert {name: found[name] for name in expected} == expected
    assert bool(found) == bool(expected)
