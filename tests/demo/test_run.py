"""The demonstration fails when the library did not keep what it promised."""

from __future__ import annotations

from collections import Counter
from typing import Any

import attrs
import pytest

from ventros.demo.run import Arm, find_faults
from ventros.demo.stream import Stream
from ventros.ingest.tally import Tally

STREAM = Stream(lines=(), distinct_messages=10)
FAULTLESS = Arm(
    tally=Tally(messages_offered=12, stored=Counter(message=10), duplicates=2, outbox_events=30, seconds=2.0),
    lost_updates=0,
    message_rows=10,
    event_rows=30,
    mark_rows=30,
    redelivered=0,
    lag_events=4,
    lag_seconds=0.1,
    latencies=(),
)


def test_a_run_that_kept_all_has_no_fault() -> None:
    assert find_faults(FAULTLESS, STREAM) == []


@pytest.mark.parametrize(
    ("arm", "tally", "message"),
    [
        ({"lost_updates": 1}, {}, "1 updates were lost"),
        ({"message_rows": 9}, {}, "9 are stored"),
        ({"message_rows": 11}, {}, "11 are stored"),
        ({}, {"stored": Counter(message=11)}, "11 acknowledged"),
        ({"event_rows": 29, "mark_rows": 29}, {}, "30 events were acknowledged, 29 are in the outbox"),
        ({"mark_rows": 29}, {}, "30 events are in the outbox, 29 took effect"),
        ({"redelivered": 1}, {}, "1 events were delivered again"),
        ({}, {"rejected": Counter(why=1)}, "1 events were rejected"),
    ],
)
def test_each_broken_promise_is_a_fault(arm: dict[str, Any], tally: dict[str, Any], message: str) -> None:
    broken = attrs.evolve(FAULTLESS, tally=attrs.evolve(FAULTLESS.tally, **tally), **arm)
    (fault,) = find_faults(broken, STREAM)
    assert message in fault


def test_percentiles_are_in_milliseconds() -> None:
    arm = attrs.evolve(FAULTLESS, latencies=tuple(number / 1000 for number in range(1, 101)))
    assert arm.latency_ms(50) == pytest.approx(50.5)
    assert arm.latency_ms(99) == pytest.approx(99.01)
    assert attrs.evolve(FAULTLESS, latencies=(0.25,)).latency_ms(99) == 250
    assert FAULTLESS.messages_per_second == 6
