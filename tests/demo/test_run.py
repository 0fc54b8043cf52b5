"""The demonstration fails when the library did not keep what it promised."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from ventros.demo.run import Arm, faults
from ventros.demo.stream import Stream
from ventros.ingest.runner import Tally

STREAM = Stream(lines=(), distinct=10)
KEPT = Arm(
    tally=Tally(messages_offered=12, messages_stored=10, duplicates=2, events=30, seconds=2.0),
    lost_updates=0,
    message_rows=10,
    event_rows=30,
)


def test_a_run_that_kept_all_has_no_fault() -> None:
    assert faults(KEPT, STREAM) == []


@pytest.mark.parametrize(
    ("arm", "tally", "told"),
    [
        ({"lost_updates": 1}, {}, "1 updates were lost"),
        ({"message_rows": 9}, {}, "9 are stored"),
        ({"message_rows": 11}, {}, "11 are stored"),
        ({}, {"messages_stored": 11}, "11 acknowledged"),
        ({"event_rows": 29}, {}, "30 events were acknowledged, 29 are in the outbox"),
        ({}, {"rejected": 1}, "1 lines were rejected"),
    ],
)
def test_each_broken_promise_is_told(arm: dict[str, Any], tally: dict[str, Any], told: str) -> None:
    broken = attrs.evolve(KEPT, tally=attrs.evolve(KEPT.tally, **tally), **arm)
    (fault,) = faults(broken, STREAM)
    assert told in fault


def test_percentiles_are_in_milliseconds() -> None:
    arm = attrs.evolve(KEPT, tally=Tally(latencies=[number / 1000 for number in range(1, 101)]))
    assert arm.latency_ms(50) == pytest.approx(50.5)
    assert arm.latency_ms(99) == pytest.approx(99.01)
    assert attrs.evolve(KEPT, tally=Tally(latencies=[0.25])).latency_ms(99) == 250
    assert KEPT.messages_per_second == 6
