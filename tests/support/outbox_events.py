"""Events as the log gives them out, made by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ventros.kernel.ids import new_id
from ventros.kernel.outbox.event import OutboxEvent, Position

CONTACT = UUID("0190d7a0-0000-7000-8000-0000000000c0")


def outbox_event(number: int = 1, **changed: Any) -> OutboxEvent:
    """A contact's event of version ``number``, of tenant "acme"."""
    fields: dict[str, Any] = {
        "position": Position(700 + number, number),
        "tenant_id": "acme",
        "event_id": new_id(),
        "event_name": "contact.created",
        "event_version": "v1",
        "occurred_at": datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC),
        "aggregate_type": "contact",
        "aggregate_id": CONTACT,
        "aggregate_version": number,
        "sequence": 1,
        "last_of_version": True,
        "correlation_id": None,
        "causation_id": None,
        "payload": {"name": "Ana", "tags": ["vip"]},
    }
    return OutboxEvent(**(fields | changed))
