"""The timing: arms in turn, round after round, so that what drifts on the machine drifts for all of them."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import attrs

from bench.intervals import percentile

T = TypeVar("T")
Operation = Callable[[int], Awaitable[object]]
"""Does its work once, as the worker of that number, from 0."""


@attrs.frozen
class Slot:
    """One arm in one round: seconds of each operation, of all of them, and of processor time spent here."""

    latencies: tuple[float, ...]
    wall: float
    cpu: float

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.wall

    @property
    def median(self) -> float:
        return percentile(self.latencies, 50)

    @property
    def cpu_each(self) -> float:
        """Seconds of this process's processor time, user and system, for one operation."""
        return self.cpu / len(self.latencies)


def in_turn(arms: Sequence[T], rounds: int) -> Iterator[tuple[int, T]]:
    """A B C A B C; round 0 comes before the others and is for warming up."""
    for number in range(rounds + 1):
        for arm in arms:
            yield number, arm


async def run_slot(operation: Operation, *, workers: int, count: int) -> Slot:
    """``count`` operations, dealt to ``workers`` tasks, after one of each worker that does not count."""
    await asyncio.gather(*(operation(worker) for worker in range(workers)))
    latencies: list[float] = []
    gc.collect()
    cpu, start = time.process_time(), time.perf_counter()
    if workers == 1:
        await _work(operation, 0, count, latencies)
    else:
        share, rest = divmod(count, workers)
        async with asyncio.TaskGroup() as group:
            for worker in range(workers):
                group.create_task(_work(operation, worker, share + (worker < rest), latencies))
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    return Slot(tuple(latencies), wall, cpu)


async def _work(operation: Operation, worker: int, count: int, latencies: list[float]) -> None:
    clock = time.perf_counter
    for _ in range(count):
        start = clock()
        await operation(worker)
        latencies.append(clock() - start)


def latency_ms(slots: Iterable[Slot]) -> dict[str, float]:
    """Percentiles over all operations of the slots."""
    seconds = [latency for slot in slots for latency in slot.latencies]
    return {f"p{percent}": round(1000 * percentile(seconds, percent), 4) for percent in (50, 95, 99)}
