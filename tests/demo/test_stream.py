"""The demonstration's stream is the same for the same seed, and has all that it is said to have."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from ventros.demo.stream import BURST, make_stream

SESSIONS = ("one", "two")


def events(seed: int = 1) -> list[dict[str, Any]]:
    return [json.loads(line) for line in make_stream(SESSIONS, messages=1000, contacts=20, seed=seed).lines]


def test_the_same_seed_makes_the_same_stream() -> None:
    assert events() == events()
    assert events() != events(seed=2)


def test_what_it_holds() -> None:
    stream = events()
    messages = [each for each in stream if each["event"] != "message.ack"]
    deliveries = Counter((each["session"], each["payload"]["id"]) for each in messages)
    assert len(deliveries) == 1000
    twins = sum(times - 1 for times in deliveries.values())
    assert 25 <= twins <= 75
    assert len({each["id"] for each in messages}) < len(messages), "some twins have the same event id"
    times = [each["payload"]["timestamp"] for each in messages]
    assert times != sorted(times)
    assert any(each["event"] == "message.ack" for each in stream)
    assert {each["session"] for each in stream} == set(SESSIONS)


def test_it_begins_with_a_burst_of_one_phone() -> None:
    early = [each for each in events() if each["payload"].get("body") in bodies(BURST)]
    assert len({each["payload"]["from"] for each in early}) == 1


def bodies(count: int) -> set[str]:
    return {f"message {number}" for number in range(count)}
