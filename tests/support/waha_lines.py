"""Lines of a file of WAHA events, numbered, on the channel of a seed; and what became of their messages."""

from __future__ import annotations

import json
from typing import Any

import psycopg

from ventros.demo.seed import Seed


def message_line(seed: Seed, number: int, **changes: Any) -> bytes:
    payload = {
        "id": f"m{number}",
        "timestamp": 1767600000 + number,
        "from": "5511999990000@c.us",
        "to": "551130000000@c.us",
        "fromMe": False,
        "body": f"message {number}",
        "_data": {"Info": {"Type": "text", "PushName": "Ada"}},
    }
    payload.update(changes.pop("payload", {}))
    event = {
        "id": f"evt_{number}",
        "timestamp": (1767600000 + number) * 1000,
        "event": "message",
        "session": seed.session,
        "payload": payload,
    }
    return json.dumps({**event, **changes}).encode() + b"\n"


def ack_line(seed: Seed, number: int, *, message: int, ack: int) -> bytes:
    payload = {
        "id": f"m{message}",
        "fromMe": True,
        "from": "551130000000@c.us",
        "to": "5511999990000@c.us",
        "ack": ack,
    }
    return message_line(seed, number, event="message.ack", payload=payload)


def own_message_line(seed: Seed, number: int) -> bytes:
    parties = {"fromMe": True, "from": "551130000000@c.us", "to": "5511999990000@c.us"}
    return message_line(seed, number, event="message.any", payload=parties)


def message_statuses(superuser: psycopg.Connection) -> dict[str, str]:
    """By channel message id."""
    rows = superuser.execute("SELECT channel_message_id, status FROM messages").fetchall()
    return dict(rows)
