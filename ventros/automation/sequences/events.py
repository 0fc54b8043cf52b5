"""What can happen to a sequence."""

from __future__ import annotations

from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class SequenceCreated(DomainEvent):
    event_name = "sequence.created"

    sequence_id: UUID
    tenant_id: str
    name: str


@attrs.frozen(kw_only=True)
class SequenceUpdated(DomainEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "sequence.updated"

    sequence_id: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class SequenceActivated(DomainEvent):
    event_name = "sequence.activated"

    sequence_id: UUID


@attrs.frozen(kw_only=True)
class SequencePaused(DomainEvent):
    event_name = "sequence.paused"

    sequence_id: UUID


@attrs.frozen(kw_only=True)
class SequenceResumed(DomainEvent):
    event_name = "sequence.resumed"

    sequence_id: UUID


@attrs.frozen(kw_only=True)
class SequenceArchived(DomainEvent):
    event_name = "sequence.archived"

    sequence_id: UUID


@attrs.frozen(kw_only=True)
class SequenceStepAdded(DomainEvent):
    """``order`` is the step's position."""

    event_name = "sequence.step_added"

    sequence_id: UUID
    step_id: UUID
    order: int
