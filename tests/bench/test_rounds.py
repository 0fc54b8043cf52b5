"""Arms take turns, workers share the work, and processor time is not the time that was waited."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from bench.keys import Keys, deal, row_id
from bench.rounds import in_turn, latency_ms, run_slot


def test_arms_take_turns() -> None:
    assert "".join(arm for _, arm in in_turn("ABC", 2)) == "ABCABCABC"
    assert [number for number, _ in in_turn("AB", 1)] == [0, 0, 1, 1]


@pytest.mark.parametrize("workers", [1, 3])
async def test_workers_share_the_work_and_warm_up_apart_from_it(workers: int) -> None:
    calls = [0] * workers

    async def operation(worker: int) -> None:
        calls[worker] += 1
        await asyncio.sleep(0)

    slot = await run_slot(operation, workers=workers, count=7)
    assert len(slot.latencies) == 7
    assert sum(calls) == 7 + workers
    assert max(calls) - min(calls) <= 1
    assert slot.per_second == pytest.approx(7 / slot.wall)


async def test_waiting_is_no_processor_time() -> None:
    async def wait(_worker: int) -> None:
        await asyncio.sleep(0.05)

    slot = await run_slot(wait, workers=1, count=4)
    assert slot.wall >= 0.2 > slot.cpu
    assert latency_ms([slot])["p50"] >= 50


def test_no_two_workers_have_a_row_in_common() -> None:
    shares = deal(3_000, 3, 4, seed=1)
    bounds = [keys.bounds for share in shares for keys in share]
    assert all(last < first for (_, last), (first, _) in itertools.pairwise(bounds))
    assert bounds[-1][1] == 3_000


def test_the_seed_chooses_the_rows() -> None:
    drawn = [[Keys(1, 500, seed).draw() for _ in range(5)] for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert row_id(1) not in {Keys(1, 500, 1).draw() for _ in range(50)}
