"""Session: a bounded stretch of conversation with one contact over one type of channel."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.crm.sessions.consolidation import Counts, absorbed, left_behind
from ventros.crm.sessions.durations import whole_seconds
from ventros.crm.sessions.events import (
    SessionAgentAssigned,
    SessionConsolidated,
    SessionConsolidatedInto,
    SessionContactChanged,
    SessionDeleted,
    SessionEnded,
    SessionEscalated,
    SessionMessageRecorded,
    SessionMessagesRecorded,
    SessionResolved,
    SessionStarted,
    SessionSummarized,
)
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.json_values import json_object

DEFAULT_TIMEOUT = timedelta(minutes=30)
MAX_TIMEOUT = timedelta(days=36_500)
"""Also a CHECK of the table."""
SUMMARY_MIN_MESSAGES = 3


class SessionStatus(ValidatedEnum, field="status"):
    ACTIVE = "active"
    ENDED = "ended"


class EndReason(ValidatedEnum, field="reason"):
    INACTIVITY_TIMEOUT = "inactivity_timeout"
    MANUAL_CLOSE = "manual_close"
    CONTACT_REQUEST = "contact_request"
    AGENT_CLOSE = "agent_close"
    SYSTEM_CLOSE = "system_close"
    SAGA_ROLLBACK = "saga_rollback"


class Sentiment(ValidatedEnum, field="sentiment"):
    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"
    MIXED = "mixed"


class AssignmentSource(ValidatedEnum, field="source"):
    """Why an agent was assigned."""

    MANUAL = "manual"
    AUTOMATIC = "automatic"
    REASSIGNMENT_INACTIVITY = "reassignment_inactivity"
    REASSIGNMENT_NO_RESPONSE = "reassignment_no_response"
    REASSIGNMENT_WORKLOAD = "reassignment_workload"
    REASSIGNMENT_MANUAL = "reassignment_manual"
    SYSTEM = "system"


@attrs.frozen(kw_only=True, slots=False)
class Session(AggregateRoot):
    """Messages point at it; it counts them.

    Stricter than the older system: the last activity does not go back and no response time is negative
    when messages arrive out of order; response times stay None until the answer; a former agent who is
    assigned again becomes the current one, last in ``agent_ids``; a session that timed out ended when its
    timeout ran out, not when that was noticed; only an ended session is summarized.
    """

    resource = "session"
    created_event = SessionStarted

    tenant_id: str = attrs.field(validator=validators.tenant)
    contact_id: UUID = attrs.field(validator=validators.not_nil)
    channel_type_id: int | None = None
    pipeline_id: UUID | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_nil)
    )
    started_at: datetime = attrs.field(validator=validators.aware)
    ended_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    status: SessionStatus = SessionStatus.ACTIVE
    end_reason: EndReason | None = None
    timeout: timedelta = attrs.field(default=DEFAULT_TIMEOUT)
    last_activity_at: datetime = attrs.field(validator=validators.aware)
    message_count: int = 0
    messages_from_contact: int = 0
    messages_from_agent: int = 0
    duration_seconds: int = 0
    first_contact_message_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    first_agent_response_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    agent_response_time_seconds: int | None = None
    contact_wait_time_seconds: int | None = None
    agent_ids: tuple[UUID, ...] = attrs.field(default=(), validator=validators.ids)
    agent_transfers: int = 0
    summary: str | None = None
    sentiment: Sentiment | None = None
    sentiment_score: float | None = None
    topics: tuple[str, ...] = attrs.field(default=(), validator=validators.texts)
    next_steps: tuple[str, ...] = attrs.field(default=(), validator=validators.texts)
    outcome_tags: tuple[str, ...] = attrs.field(default=(), validator=validators.texts)
    key_entities: dict[str, Any] = json_object()
    resolved: bool = False
    escalated: bool = False
    converted: bool = False
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

    @timeout.validator
    def _check_timeout(self, _attribute: object, value: timedelta) -> None:
        if not timedelta(0) < value <= MAX_TIMEOUT:
            raise ValidationError("timeout must be above 0 and at most 36,500 days", field="timeout")

    @classmethod
    def start(
        cls,
        *,
        contact_id: UUID,
        tenant_id: str,
        now: datetime,
        channel_type_id: int | None = None,
        timeout: timedelta | None = None,
        pipeline_id: UUID | None = None,
    ) -> Self:
        """Active from ``now`` on, which for imported history is the time of its first message.

        A ``timeout`` that is None or not positive is 30 minutes. Raises ValidationError for nil ids.
        """
        session = cls(
            tenant_id=tenant_id,
            contact_id=contact_id,
            channel_type_id=channel_type_id,
            pipeline_id=pipeline_id,
            timeout=timeout if timeout and timeout > timedelta(0) else DEFAULT_TIMEOUT,
            started_at=now,
            last_activity_at=now,
            created_at=now,
            updated_at=now,
        )
        return session.record_creation(SessionStarted())

    @property
    def is_active(self) -> bool:
        return self.status is SessionStatus.ACTIVE

    @property
    def current_agent(self) -> UUID | None:
        """The one assigned last."""
        return self.agent_ids[-1] if self.agent_ids else None

    @property
    def has_assigned_agents(self) -> bool:
        return bool(self.agent_ids)

    @property
    def should_generate_summary(self) -> bool:
        """Ended, with at least three messages, and none yet."""
        return (
            self.status is SessionStatus.ENDED
            and self.message_count >= SUMMARY_MIN_MESSAGES
            and self.summary is None
        )

    def should_consolidate_with(self, other: Session, timeout: timedelta) -> bool:
        """Whether the later of the two began within ``timeout`` of the earlier one's last activity."""
        if (self.contact_id, self.tenant_id) != (other.contact_id, other.tenant_id):
            return False
        earlier, later = sorted((self, other), key=lambda session: session.last_activity_at)
        return later.started_at - earlier.last_activity_at <= timeout

    def has_timed_out(self, at: datetime) -> bool:
        """Whether ``at`` lies more than the timeout after the last activity."""
        return self.is_active and at - self.last_activity_at > self.timeout

    def record_message(self, *, from_contact: bool, now: datetime) -> Self:
        """Count one message, written at ``now``. Raises InvariantViolation when the session has ended."""
        self._require_active("record a message")
        changes = self._first_from_contact(now) if from_contact else self._first_from_agent(now)
        return self.record_change(
            now,
            SessionMessageRecorded(from_contact=from_contact),
            message_count=self.message_count + 1,
            messages_from_contact=self.messages_from_contact + from_contact,
            messages_from_agent=self.messages_from_agent + (not from_contact),
            last_activity_at=max(self.last_activity_at, now),
            **changes,
        )

    def record_messages(self, written: Sequence[tuple[datetime, bool]]) -> Self:
        """Count several, in their order, as :meth:`record_message` counts each; one event tells of them all.

        Of each is given when it was written, and whether the contact wrote it. Raises InvariantViolation when
        the session has ended.
        """
        self._require_active("record messages")
        if not written:
            return self
        session = self
        firsts: dict[str, Any] = {}
        for at, from_contact in written:
            first = session._first_from_contact(at) if from_contact else session._first_from_agent(at)
            if first:
                firsts |= first
                session = attrs.evolve(session, **first)
        times = [at for at, _ in written]
        inbound = sum(from_contact for _, from_contact in written)
        outbound = len(written) - inbound
        return self.record_change(
            max(times),
            SessionMessagesRecorded(from_contact=inbound, from_agent=outbound, first_recorded_at=min(times)),
            message_count=self.message_count + len(written),
            messages_from_contact=self.messages_from_contact + inbound,
            messages_from_agent=self.messages_from_agent + outbound,
            last_activity_at=max(self.last_activity_at, *times),
            **firsts,
        )

    def _first_from_contact(self, at: datetime) -> dict[str, Any]:
        if self.first_contact_message_at is not None:
            return {}
        waited = whole_seconds(self.first_agent_response_at, at)
        return {"first_contact_message_at": at, "contact_wait_time_seconds": waited}

    def _first_from_agent(self, at: datetime) -> dict[str, Any]:
        if self.first_agent_response_at is not None:
            return {}
        responded = whole_seconds(self.first_contact_message_at, at)
        return {"first_agent_response_at": at, "agent_response_time_seconds": responded}

    def assign_agent(
        self,
        agent_id: UUID,
        *,
        now: datetime,
        source: AssignmentSource = AssignmentSource.SYSTEM,
        assigned_by: UUID | None = None,
        strategy: str | None = None,
        reason: str | None = None,
    ) -> Self:
        """Make ``agent_id`` the current agent; the current one again is no change.

        Raises InvariantViolation when the session has ended, ValidationError for the nil id.
        """
        self._require_active("assign an agent")
        if agent_id.int == 0:
            raise ValidationError("agent_id must not be the nil UUID", field="agent_id")
        if agent_id == self.current_agent:
            return self
        transfers = self.agent_transfers + bool(self.agent_ids)
        assigned = SessionAgentAssigned(
            agent_id=agent_id,
            source=AssignmentSource(source).value,
            assigned_by_agent_id=assigned_by,
            reassignment_reason=reason,
            assignment_strategy=strategy,
            reassignment_count=transfers,
        )
        others = tuple(assigned_id for assigned_id in self.agent_ids if assigned_id != agent_id)
        return self.record_change(now, assigned, agent_ids=(*others, agent_id), agent_transfers=transfers)

    def check_timeout(self, *, now: datetime) -> Self:
        """Ended by inactivity, as of the moment its timeout ran out, if that lies before ``now``."""
        if not self.has_timed_out(now):
            return self
        return self.end(EndReason.INACTIVITY_TIMEOUT, now=self.last_activity_at + self.timeout)

    def end(self, reason: EndReason, *, now: datetime) -> Self:
        """Terminal; not before the last activity, though ``now`` be so.

        Raises InvariantViolation when it has ended, ValidationError for an unknown reason.
        """
        self._require_active("end")
        known = EndReason(reason)
        now = max(now, self.last_activity_at)
        first_of_each_side = (self.first_contact_message_at, self.first_agent_response_at)
        duration = whole_seconds(self.started_at, now) or 0
        ended = SessionEnded(
            reason=known.value,
            duration=duration,
            metrics={
                "total_messages": self.message_count,
                "inbound_messages": self.messages_from_contact,
                "outbound_messages": self.messages_from_agent,
                "first_message_at": min(filter(None, first_of_each_side), default=None),
                "last_message_at": self.last_activity_at if self.message_count else None,
            },
        )
        return self.record_change(
            now,
            ended,
            status=SessionStatus.ENDED,
            ended_at=now,
            end_reason=known,
            duration_seconds=duration,
        )

    def move_to_contact(self, contact_id: UUID, *, now: datetime) -> Self:
        """The contact was merged into another, whose session this is from now on, be it active or ended."""
        if contact_id == self.contact_id:
            return self
        return self.record_change(now, SessionContactChanged(contact_id=contact_id), contact_id=contact_id)

    def absorb(self, others: Sequence[Session], moved: Sequence[Counts], *, now: datetime) -> Self:
        """This one and ``others`` were one conversation, which is this session's from now on.

        The others began later and are given in that order; ``moved`` are the messages of each that are this
        one's now. Raises InvariantViolation unless all are of one contact and one type of channel, and have
        ended.
        """
        if not others:
            return self
        changes = absorbed((self, *others), moved)
        inbound, outbound = map(sum, zip(*moved, strict=True))
        ids = tuple(session.id for session in others)
        event = SessionConsolidated(absorbed_ids=ids, from_contact=inbound, from_agent=outbound)
        return self.record_change(now, event, **changes)

    def consolidate_into(self, survivor: Session, moved: Counts, *, now: datetime) -> Self:
        """Deleted, for ``survivor`` absorbed it; messages that were not moved, deleted ones, it still counts.

        Raises InvariantViolation while the session is active.
        """
        self._require_ended("consolidate")
        into = SessionConsolidatedInto(surviving_session_id=survivor.id)
        return self.record_change(now, into, SessionDeleted(), deleted_at=now, **left_behind(self, moved))

    def resolve(self, *, now: datetime) -> Self:
        """Raises InvariantViolation while the session is active."""
        self._require_ended("resolve")
        if self.resolved:
            return self
        return self.record_change(now, SessionResolved(), resolved=True)

    def escalate(self, *, now: datetime) -> Self:
        if self.escalated:
            return self
        return self.record_change(now, SessionEscalated(), escalated=True)

    def set_summary(
        self,
        summary: str,
        *,
        sentiment: Sentiment | None,
        sentiment_score: float | None,
        topics: Iterable[str],
        next_steps: Iterable[str],
        now: datetime,
    ) -> Self:
        """Raises InvariantViolation while the session is active, ValidationError for an unknown sentiment."""
        self._require_ended("summarize")
        known = None if sentiment is None else Sentiment(sentiment)
        changes: dict[str, Any] = {
            "summary": summary,
            "sentiment": known,
            "sentiment_score": sentiment_score,
            "topics": tuple(topics),
            "next_steps": tuple(next_steps),
        }
        if all(getattr(self, field) == value for field, value in changes.items()):
            return self
        summarized = SessionSummarized(
            summary=summary, sentiment=known.value if known else None, sentiment_score=sentiment_score
        )
        return self.record_change(now, summarized, **changes)

    def _require_active(self, command: str) -> None:
        if not self.is_active:
            raise InvariantViolation(f"cannot {command}: session {self.id} has ended")

    def _require_ended(self, command: str) -> None:
        if self.is_active:
            raise InvariantViolation(f"cannot {command}: session {self.id} is still active")
