"""Domain events: what an aggregate says has happened, and the envelope that persistence puts it in."""

from __future__ import annotations

import functools
from datetime import datetime
from typing import Any, ClassVar, Protocol, Self
from uuid import UUID

import attrs

from ventros.kernel.ids import new_id


class Identified(Protocol):
    """An aggregate, or an entity in one."""

    @property
    def id(self) -> UUID:
        """Of the row."""


@attrs.frozen(kw_only=True)
class DomainEvent:
    """A fact. A subclass names it, ``<aggregate>.<fact>``, and adds the fields of its payload.

    ``occurred_at`` is when it took place: the time that the command was given, one value for all that it
    did, unless the command found out about something earlier. It, and every field that is declared by
    :func:`from_aggregate` or :func:`from_occurrence`, is filled when an aggregate records the event; before
    that it has no value.
    """

    event_name: ClassVar[str]
    event_version: ClassVar[str] = "v1"

    occurred_at: datetime = attrs.field(init=False)
    aggregate_id: UUID = attrs.field(init=False)
    event_id: UUID = attrs.field(factory=new_id)

    def recorded(self, aggregate: Identified, occurred_at: datetime) -> Self:
        """The event, complete: what ``aggregate`` and the time tell of it is filled in."""
        kind: Any = type(self)
        assign = object.__setattr__  # frozen for everybody but who makes it
        assign(self, "occurred_at", occurred_at)
        assign(self, "aggregate_id", aggregate.id)
        for field, source in _recorded_fields(kind):
            assign(self, field, occurred_at if source is None else getattr(aggregate, source))
        return self

    def payload(self) -> dict[str, Any]:
        """The fields that the subclass added, by name."""
        kind: Any = type(self)
        return {field: getattr(self, field) for field in _payload_fields(kind)}


def from_aggregate(source: str) -> Any:
    """A field of an event that repeats the field ``source`` of the aggregate that records it."""
    return attrs.field(init=False, metadata={_SOURCE: source})


def from_occurrence() -> Any:
    """A field of an event that repeats ``occurred_at`` under the name that its readers know."""
    return attrs.field(init=False, metadata={_SOURCE: None})


_SOURCE = "ventros.source"


@functools.cache
def _recorded_fields(event: type[DomainEvent]) -> tuple[tuple[str, str | None], ...]:
    return tuple(
        (field.name, field.metadata[_SOURCE]) for field in attrs.fields(event) if _SOURCE in field.metadata
    )


@functools.cache
def _payload_fields(event: type[DomainEvent]) -> tuple[str, ...]:
    envelope = {field.name for field in attrs.fields(DomainEvent)}
    return tuple(field.name for field in attrs.fields(event) if field.name not in envelope)


@attrs.frozen(kw_only=True)
class Envelope:
    """An event as the outbox keeps it; only persistence can fill it, so nothing in it can be forgotten.

    ``aggregate_version`` is the version that the event's change led to, None for an entity without
    versions; ``sequence`` numbers the events of one aggregate version from 1, and ``last_of_version`` is the
    greatest of them. ``tenant_id`` is whose the aggregate is, None for the tenant of the unit of work.
    """

    event_id: UUID
    event_name: str
    event_version: str
    occurred_at: datetime
    aggregate_type: str
    aggregate_id: UUID
    aggregate_version: int | None
    sequence: int
    last_of_version: bool = True
    payload: dict[str, Any]
    tenant_id: str | None = None


def envelopes(
    events: tuple[DomainEvent, ...],
    aggregate_type: str,
    aggregate_id: UUID,
    aggregate_version: int | None,
    *,
    more: bool = False,
    tenant_id: str | None = None,
) -> list[Envelope]:
    """``events`` of one aggregate, in their order, in envelopes; ``more`` of the version are to follow."""
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
            last_of_version=sequence == len(events) and not more,
            payload=event.payload(),
            tenant_id=tenant_id,
        )
        for sequence, event in enumerate(events, start=1)
    ]
