"""Domain events: what an aggregate says has happened, and the envelope that persistence puts it in."""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import attrs

from ventros.kernel.ids import new_id


@attrs.frozen(kw_only=True)
class DomainEvent:
    """A fact. A subclass names it, ``<aggregate>.<fact>``, and adds the fields of its payload.

    ``occurred_at`` is when it took place: the time that the command was given, one value for all that it
    did, unless the command found out about something earlier.
    """

    event_name: ClassVar[str]
    event_version: ClassVar[str] = "v1"

    occurred_at: datetime
    event_id: UUID = attrs.field(factory=new_id)

    def payload(self) -> dict[str, Any]:
        """The fields that the subclass added, by name."""
        kind: Any = type(self)
        return {field: getattr(self, field) for field in _payload_fields(kind)}


@functools.cache
def _payload_fields(event: type[DomainEvent]) -> tuple[str, ...]:
    envelope = {field.name for field in attrs.fields(DomainEvent)}
    return tuple(field.name for field in attrs.fields(event) if field.name not in envelope)


@attrs.frozen(kw_only=True)
class Envelope:
    """An event as the outbox keeps it; only persistence can fill it, so nothing in it can be forgotten.

    ``aggregate_version`` is the version that the event's change led to, None for an entity without
    versions; ``sequence`` numbers the events of one aggregate version from 1.
    """

    event_id: UUID
    event_name: str
    event_version: str
    occurred_at: datetime
    aggregate_type: str
    aggregate_id: UUID
    aggregate_version: int | None
    sequence: int
    payload: dict[str, Any]


def envelopes(
    events: tuple[DomainEvent, ...], aggregate_type: str, aggregate_id: UUID, aggregate_version: int | None
) -> list[Envelope]:
    """``events`` of one aggregate, in their order, in envelopes."""
    return [
        Envelope(
            event_id=event.event_id,
            event_name=event.event_name,
            event_version=event.event_version,
            occurred_at=event.occurred_at,
            aggregate_type=aggregate_type,
            aggregate_id=aggregate_id,
            aggregate_version=aggregate_version,
            sequence=sequence,
            payload=event.payload(),
        )
        for sequence, event in enumerate(events, start=1)
    ]
