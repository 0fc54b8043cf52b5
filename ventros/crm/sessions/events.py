"""What can happen to a session."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class SessionStarted(DomainEvent):
    event_name = "session.started"

    session_id: UUID
    contact_id: UUID
    tenant_id: str
    channel_type_id: int | None
    started_at: datetime


@attrs.frozen(kw_only=True)
class SessionMessageRecorded(DomainEvent):
    event_name = "session.message_recorded"

    session_id: UUID
    from_contact: bool
    recorded_at: datetime


@attrs.frozen(kw_only=True)
class SessionAgentAssigned(DomainEvent):
    event_name = "session.agent_assigned"

    session_id: UUID
    agent_id: UUID
    assigned_at: datetime
    source: str
    assigned_by_agent_id: UUID | None
    previous_agent_id: UUID | None
    reassignment_reason: str | None
    assignment_strategy: str | None
    reassignment_count: int


@attrs.frozen(kw_only=True)
class SessionEnded(DomainEvent):
    """``duration`` is in whole seconds; ``metrics`` counts messages by side."""

    event_name = "session.ended"

    session_id: UUID
    contact_id: UUID
    tenant_id: str
    channel_type_id: int | None
    pipeline_id: UUID | None
    started_at: datetime
    ended_at: datetime
    reason: str
    duration: int
    metrics: dict[str, Any] = attrs.field(hash=False)


@attrs.frozen(kw_only=True)
class SessionResolved(DomainEvent):
    event_name = "session.resolved"

    session_id: UUID
    resolved_at: datetime


@attrs.frozen(kw_only=True)
class SessionEscalated(DomainEvent):
    event_name = "session.escalated"

    session_id: UUID
    escalated_at: datetime


@attrs.frozen(kw_only=True)
class SessionSummarized(DomainEvent):
    event_name = "session.summarized"

    session_id: UUID
    summary: str
    sentiment: str | None
    sentiment_score: float | None
    generated_at: datetime
