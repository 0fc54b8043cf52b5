"""A deterministic stream of WAHA events with all that makes ingestion hard: twins, disorder and bursts."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime

import attrs

START = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
DUPLICATE_SHARE = 0.05
OWN_SHARE = 0.2
OUT_OF_ORDER_SHARE = 0.1
ACKED_SHARE = 0.5
BURST = 12
"""Messages in a row from one phone that nobody has seen before."""
SECONDS_BETWEEN = 2


@attrs.frozen
class Stream:
    """``lines`` as they arrive; ``distinct`` messages among them."""

    lines: tuple[bytes, ...]
    distinct: int


@attrs.frozen(kw_only=True)
class Item:
    """One message of the stream: written at ``at`` (Unix seconds), delivered at ``arrival``."""

    number: int
    session: str
    phone: str
    own: bool
    at: int
    arrival: float

    @property
    def message_id(self) -> str:
        return f"{str(self.own).lower()}_{self.phone}@c.us_{self.number:020X}"

    @property
    def parties(self) -> dict[str, object]:
        contact = f"{self.phone}@c.us"
        sender, recipient = (CHANNEL, contact) if self.own else (contact, CHANNEL)
        return {"from": sender, "to": recipient, "fromMe": self.own}


CHANNEL = "551130000000@c.us"


def make_stream(sessions: Sequence[str], *, messages: int, contacts: int, seed: int) -> Stream:
    """``messages`` distinct messages of ``contacts`` phones on each of ``sessions``' channels, turn about.

    The first phone of each channel appears in a burst; some phones write more than others; 5 % of the
    messages are delivered twice, half of these with the same event id; a tenth arrive early or late;
    half of our own get delivery reports.
    """
    chance = random.Random(seed)  # noqa: S311 - a reproducible stream, no secret
    arrivals: list[tuple[float, bytes]] = []
    for number in range(messages):
        burst = number < BURST * len(sessions)
        own = not burst and chance.random() < OWN_SHARE
        at = int(START.timestamp()) + number * SECONDS_BETWEEN
        item = Item(
            number=number,
            session=sessions[number // BURST % len(sessions)],
            phone=_phone(0 if burst else int(contacts * chance.random() ** 2)),
            own=own,
            at=at,
            arrival=at + (chance.uniform(-60, 60) if chance.random() < OUT_OF_ORDER_SHARE else 0),
        )
        arrivals.append((item.arrival, _message(item, event=number)))
        if chance.random() < DUPLICATE_SHARE:
            event = number if chance.random() < 0.5 else messages + number
            arrivals.append((item.arrival + chance.uniform(0, 3), _message(item, event=event)))
        if own and chance.random() < ACKED_SHARE:
            arrivals.extend((item.arrival + ack, _ack(item, ack)) for ack in (2, 3))
    arrivals.sort(key=lambda each: each[0])
    return Stream(tuple(line for _, line in arrivals), messages)


def _phone(contact: int) -> str:
    return f"5511{900000000 + contact:09d}"


def _message(item: Item, event: int) -> bytes:
    info = {"Type": "text", "PushName": None if item.own else f"Contact {item.phone[-4:]}"}
    return _line(
        {
            "id": f"evt_{event:026d}",
            "timestamp": item.at * 1000 + 250,
            "event": "message.any" if item.own else "message",
            "session": item.session,
            "payload": {
                "id": item.message_id,
                "timestamp": item.at,
                **item.parties,
                "body": f"message {item.number}",
                "hasMedia": False,
                "_data": {"Info": info},
            },
        }
    )


def _ack(item: Item, ack: int) -> bytes:
    return _line(
        {
            "id": f"evt_ack{ack}{item.number:022d}",
            "timestamp": (item.at + ack) * 1000,
            "event": "message.ack",
            "session": item.session,
            "payload": {"id": item.message_id, **item.parties, "ack": ack},
        }
    )


def _line(event: dict[str, object]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()
