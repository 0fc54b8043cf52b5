"""Which rows an arm works on: its own, so that no arm waits for another or makes its versions stale."""

from __future__ import annotations

import hashlib
import random
from uuid import UUID

HELD = 8
"""Rows that each worker keeps in memory, to save them one by one without loading."""

BATCH = 100
"""Further ones that a worker saves all at once, in arms that do so."""


def row_id(number: int) -> UUID:
    """The id of the row of that number, from 1; the same as ``bench_id`` in populate.sql."""
    digest = hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()
    return UUID(f"{1760000000000 + number:012x}70008{digest[:15]}")


class Keys:
    """Rows ``first`` to ``last`` of one worker: the first are kept in memory, others are drawn."""

    def __init__(self, first: int, last: int, seed: int, *, batch: bool = False) -> None:
        self.held = [row_id(first + at) for at in range(HELD)]
        self.batch = [row_id(first + HELD + at) for at in range(BATCH if batch else 0)]
        self._drawn = range(first + len(self.held) + len(self.batch), last + 1)
        self._generator = random.Random(f"{seed}/{first}")  # noqa: S311 - a choice of rows
        self._turn = 0

    def next_held(self) -> UUID:
        self._turn += 1
        return self.held[self._turn % HELD]

    def number(self) -> int:
        return self._generator.choice(self._drawn)

    def draw(self) -> UUID:
        return row_id(self.number())

    @property
    def bounds(self) -> tuple[int, int]:
        """The first and the last number that are drawn."""
        return self._drawn[0], self._drawn[-1]


def deal(rows: int, shares: int, workers: int, seed: int, *, batch: bool = False) -> list[list[Keys]]:
    """Equal parts of the rows: a list of ``shares`` arms with the keys of each of their workers."""
    size = rows // (shares * workers)
    parts = [Keys(at * size + 1, (at + 1) * size, seed, batch=batch) for at in range(shares * workers)]
    return [parts[at * workers : (at + 1) * workers] for at in range(shares)]
