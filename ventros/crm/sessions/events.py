"""What can happen to a session."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate, from_occurrence


@attrs.frozen(kw_only=True)
class SessionEvent(DomainEvent):
    """What every one of them says first."""

    session_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class SessionStarted(SessionEvent):
    event_name = "session.started"

    contact_id: UUID = from_aggregate("contact_id")
    tenant_id: str = from_aggregate("tenant_id")
    channel_type_id: int | None = from_aggregate("channel_type_id")
    started_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class SessionMessageRecorded(SessionEvent):
    event_name = "session.message_recorded"

    from_contact: bool
    recorded_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class SessionMessagesRecorded(SessionEvent):
    """How many of each side were counted at once; they were written from the one time to the other."""

    event_name = "session.messages_recorded"

    from_contact: int
    from_agent: int
    first_recorded_at: datetime
    last_recorded_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class SessionAgentAssigned(SessionEvent):
    """``previous_agent_id`` is the one who was current until then."""

    event_name = "session.agent_assigned"

    agent_id: UUID
    assigned_at: datetime = from_occurrence()
    source: str
    assigned_by_agent_id: UUID | None
    previous_agent_id: UUID | None = from_aggregate("current_agent")
    reassignment_reason: str | None
    assignment_strategy: str | None
    reassignment_count: int


@attrs.frozen(kw_only=True)
class SessionEnded(SessionEvent):
    """``duration`` is in whole seconds; ``metrics`` counts messages by side."""

    event_name = "session.ended"

    contact_id: UUID = from_aggregate("contact_id")
    tenant_id: str = from_aggregate("tenant_id")
    channel_type_id: int | None = from_aggregate("channel_type_id")
    pipeline_id: UUID | None = from_aggregate("pipeline_id")
    started_at: datetime = from_aggregate("started_at")
    ended_at: datetime = from_occurrence()
    reason: str
    duration: int
    metrics: dict[str, Any] = attrs.field(hash=False)


@attrs.frozen(kw_only=True)
class SessionContactChanged(SessionEvent):
    event_name = "session.contact_changed"

    previous_contact_id: UUID = from_aggregate("contact_id")
    contact_id: UUID
    changed_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class SessionResolved(SessionEvent):
    event_name = "session.resolved"

    resolved_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class SessionEscalated(SessionEvent):
    event_name = "session.escalated"

    escalated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class SessionSummarized(SessionEvent):
    event_name = "session.summarized"

    summary: str
    sentiment: str | None
    sentiment_score: float | None
    generated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class SessionConsolidated(SessionEvent):
    """The messages of ``absorbed_ids`` are its own now; so many of each side were moved."""

    event_name = "session.consolidated"

    contact_id: UUID = from_aggregate("contact_id")
    absorbed_ids: tuple[UUID, ...]
    from_contact: int
    from_agent: int
    consolidated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class SessionConsolidatedInto(SessionEvent):
    event_name = "session.consolidated_into"

    contact_id: UUID = from_aggregate("contact_id")
    surviving_session_id: UUID
    consolidated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class SessionDeleted(SessionEvent):
    event_name = "session.deleted"

    deleted_at: datetime = from_occurrence()
