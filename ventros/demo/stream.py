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


def make_stream(sessions: Sequence[str], *, messages: int, contacts: int, seed: int) -> Stream:
    """``messages`` distinct messages of ``contacts`` phones on each of ``sessions``' channels, turn about.

    The first phone of the stream appears in a burst; 5 % of the messages are delivered twice, half of
    these with the same event id; a tenth arrive early or late; half of our own get delivery reports.
    """
    chance = random.Random(seed)  # noqa: S311 - a reproducible stream, no secret
    lines: list[tuple[float, bytes]] = []
    for number in range(messages):
        session = sessions[number // BURST % len(sessions)]
        burst = number < BURST * len(sessions)
        phone = _phone(0 if burst or contacts == 1 else chance.randrange(contacts))
        own = not burst and chance.random() < OWN_SHARE
        at = START.timestamp() + number * SECONDS_BETWEEN
        arrival = at + (chance.uniform(-60, 60) if chance.random() < OUT_OF_ORDER_SHARE else 0)
        lines.append((arrival, _message(chance, number, session, phone, own, int(at))))
        if chance.random() < DUPLICATE_SHARE:
            twin = number if chance.random() < 0.5 else messages + number
            lines.append(
                (arrival + chance.uniform(0, 3), _message(chance, number, session, phone, own, int(at), twin))
            )
        if own and chance.random() < ACKED_SHARE:
            for ack in (2, 3):
                lines.append((arrival + ack, _ack(number, session, phone, ack, int(at) + ack)))
    lines.sort(key=lambda each: each[0])
    return Stream(tuple(line for _, line in lines), messages)


def _phone(contact: int) -> str:
    return f"5511{900000000 + contact:09d}"


def _message(
    chance: random.Random, number: int, session: str, phone: str, own: bool, at: int, event: int | None = None
) -> bytes:
    contact, channel = f"{phone}@c.us", "551130000000@c.us"
    return _line(
        {
            "id": f"evt_{number if event is None else event:026d}",
            "timestamp": at * 1000 + 250,
            "event": "message.any" if own else "message",
            "session": session,
            "payload": {
                "id": f"{str(own).lower()}_{contact}_{number:020X}",
                "timestamp": at,
                "from": channel if own else contact,
                "to": contact if own else channel,
                "fromMe": own,
                "body": f"message {number}",
                "hasMedia": False,
                "_data": {"Info": {"Type": "text", "PushName": None if own else f"Contact {phone[-4:]}"}},
            },
        }
    )


def _ack(number: int, session: str, phone: str, ack: int, at: int) -> bytes:
    contact = f"{phone}@c.us"
    return _line(
        {
            "id": f"evt_ack{ack}{number:022d}",
            "timestamp": at * 1000,
            "event": "message.ack",
            "session": session,
            "payload": {
                "id": f"true_{contact}_{number:020X}",
                "from": "551130000000@c.us",
                "to": contact,
                "fromMe": True,
                "ack": ack,
            },
        }
    )


def _line(event: dict[str, object]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()
