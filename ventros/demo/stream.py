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
    """``lines`` as they arrive; among them ``distinct_messages``, a number."""

    lines: tuple[bytes, ...]
    distinct_messages: int


@attrs.frozen(kw_only=True)
class StreamMessage:
    """One message of the stream, ``from_me`` when it is the channel's own; times in Unix seconds."""

    number: int
    session: str
    phone: str
    from_me: bool
    written_at: int
    arrives_at: float

    @property
    def message_id(self) -> str:
        return f"{str(self.from_me).lower()}_{self.phone}@c.us_{self.number:020X}"

    @property
    def parties(self) -> dict[str, object]:
        contact = f"{self.phone}@c.us"
        sender, recipient = (CHANNEL, contact) if self.from_me else (contact, CHANNEL)
        return {"from": sender, "to": recipient, "fromMe": self.from_me}


CHANNEL = "551130000000@c.us"


def make_stream(sessions: Sequence[str], *, messages: int, contacts: int, seed: int) -> Stream:
    """``messages`` distinct messages of ``contacts`` phones on each of ``sessions``' channels, turn about.

    The first phone of each channel appears in a burst; some phones write more than others; 5 % of the
    messages are delivered twice, half of these with the same event id; a tenth arrive early or late;
    half of our own get delivery reports.
    """
    rng = random.Random(seed)  # noqa: S311 - a reproducible stream, no secret
    arrivals: list[tuple[float, bytes]] = []
    for number in range(messages):
        in_burst = number < BURST * len(sessions)
        from_me = not in_burst and rng.random() < OWN_SHARE
        written_at = int(START.timestamp()) + number * SECONDS_BETWEEN
        message = StreamMessage(
            number=number,
            session=sessions[number // BURST % len(sessions)],
            phone=_phone(0 if in_burst else int(contacts * rng.random() ** 2)),
            from_me=from_me,
            written_at=written_at,
            arrives_at=written_at + (rng.uniform(-60, 60) if rng.random() < OUT_OF_ORDER_SHARE else 0),
        )
        arrivals.append((message.arrives_at, _message_line(message, event_number=number)))
        if rng.random() < DUPLICATE_SHARE:
            event_number = number if rng.random() < 0.5 else messages + number
            twin_line = _message_line(message, event_number=event_number)
            arrivals.append((message.arrives_at + rng.uniform(0, 3), twin_line))
        if from_me and rng.random() < ACKED_SHARE:
            arrivals.extend((message.arrives_at + ack, _ack_line(message, ack)) for ack in (2, 3))
    arrivals.sort(key=lambda arrival: arrival[0])
    return Stream(tuple(line for _, line in arrivals), messages)


def _phone(contact: int) -> str:
    return f"5511{900000000 + contact:09d}"


def _message_line(message: StreamMessage, event_number: int) -> bytes:
    info = {"Type": "text", "PushName": None if message.from_me else f"Contact {message.phone[-4:]}"}
    return _line(
        {
            "id": f"evt_{event_number:026d}",
            "timestamp": message.written_at * 1000 + 250,
            "event": "message.any" if message.from_me else "message",
            "session": message.session,
            "payload": {
                "id": message.message_id,
                "timestamp": message.written_at,
                **message.parties,
                "body": f"message {message.number}",
                "hasMedia": False,
                "_data": {"Info": info},
            },
        }
    )


def _ack_line(message: StreamMessage, ack: int) -> bytes:
    return _line(
        {
            "id": f"evt_ack{ack}{message.number:022d}",
            "timestamp": (message.written_at + ack) * 1000,
            "event": "message.ack",
            "session": message.session,
            "payload": {"id": message.message_id, **message.parties, "ack": ack},
        }
    )


def _line(event: dict[str, object]) -> bytes:
    return json.dumps(event, separators=(",", ":")).encode()
