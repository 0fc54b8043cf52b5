"""What can happen to a sequence."""

from __future__ import annotations

from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate


@attrs.frozen(kw_only=True)
class SequenceEvent(DomainEvent):
    """What every one of them says first."""

    sequence_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class SequenceCreated(SequenceEvent):
    event_name = "sequence.created"

    tenant_id: str = from_aggregate("tenant_id")
    name: str = from_aggregate("name")


@attrs.frozen(kw_only=True)
class SequenceUpdated(SequenceEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "sequence.updated"

    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class SequenceActivated(SequenceEvent):
    event_name = "sequence.activated"


@attrs.frozen(kw_only=True)
class SequencePaused(SequenceEvent):
    event_name = "sequence.paused"


@attrs.frozen(kw_only=True)
class SequenceResumed(SequenceEvent):
    event_name = "sequence.resumed"


@attrs.frozen(kw_only=True)
class SequenceArchived(SequenceEvent):
    event_name = "sequence.archived"


@attrs.frozen(kw_only=True)
class SequenceStepAdded(SequenceEvent):
    """``order`` is the step's position."""

    event_name = "sequence.step_added"

    step_id: UUID
    order: int
