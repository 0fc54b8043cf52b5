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
    messages = [event for event in stream if event["event"] != "message.ack"]
    deliveries = Counter((message["session"], message["payload"]["id"]) for message in messages)
    assert len(deliveries) == 1000
    twins = sum(times - 1 for times in deliveries.values())
    assert 25 <= twins <= 75
    assert len({message["id"] for message in messages}) < len(messages), "some twins have the same event id"
    times = [message["payload"]["timestamp"] for message in messages]
    assert times != sorted(times)
    assert any(event["event"] == "message.ack" for event in stream)
    assert {event["session"] for event in stream} == set(SESSIONS)


def test_it_begins_with_a_burst_of_one_phone() -> None:
    burst = [event for event in events() if event["payload"].get("body") in bodies(BURST)]
    assert len({event["payload"]["from"] for event in burst}) == 1


def bodies(count: int) -> set[str]:
    return {f"message {number}" for number in range(count)}
