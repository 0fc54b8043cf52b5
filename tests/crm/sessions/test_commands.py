"""The commands of a session: what each changes, tells and refuses, without a database."""

from __future__ import annotations

import copy
import inspect
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.sessions import (
    ANN,
    BEN,
    CAT,
    CONTACT,
    LATER,
    MINUTE,
    PIPELINE,
    make_ended,
    make_session,
    the_event,
)
from ventros.crm.sessions.aggregate import AssignmentSource, EndReason, Sentiment, Session, SessionStatus
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation, ValidationError


def obey(session: Session, command: str, arguments: dict[str, Any], now: datetime = LATER) -> Session:
    changed: Session = getattr(session, command)(**arguments, now=now)
    return changed


SUMMARY: dict[str, Any] = {
    "summary": "She wants a blue one.",
    "sentiment": Sentiment.MIXED,
    "sentiment_score": -0.25,
    "topics": ["colour", "price"],
    "next_steps": ["call"],
}
SUMMARIZED: dict[str, Any] = {**SUMMARY, "topics": ("colour", "price"), "next_steps": ("call",)}


def assigned(agent: UUID, source: str, **payload: Any) -> dict[str, Any]:
    return {
        "agent_id": agent,
        "assigned_at": LATER,
        "source": source,
        "assigned_by_agent_id": None,
        "previous_agent_id": None,
        "reassignment_reason": None,
        "assignment_strategy": None,
        "reassignment_count": 0,
        **payload,
    }


# fields (None: ended), command, its arguments, what it changes, its event, and the payload but for session_id
COMMANDS: list[tuple[dict[str, Any] | None, str, dict[str, Any], dict[str, Any], str, dict[str, Any]]] = [
    (
        {},
        "record_message",
        {"from_contact": True},
        {
            "message_count": 1,
            "messages_from_contact": 1,
            "first_contact_message_at": LATER,
            "last_activity_at": LATER,
        },
        "session.message_recorded",
        {"from_contact": True, "recorded_at": LATER},
    ),
    (
        {},
        "record_message",
        {"from_contact": False},
        {
            "message_count": 1,
            "messages_from_agent": 1,
            "first_agent_response_at": LATER,
            "last_activity_at": LATER,
        },
        "session.message_recorded",
        {"from_contact": False, "recorded_at": LATER},
    ),
    (
        {},
        "assign_agent",
        {"agent_id": ANN},
        {"agent_ids": (ANN,)},
        "session.agent_assigned",
        assigned(ANN, "system"),
    ),
    (
        {"agent_ids": (ANN, BEN), "agent_transfers": 4},
        "assign_agent",
        {
            "agent_id": CAT,
            "source": AssignmentSource.MANUAL,
            "assigned_by": ANN,
            "strategy": "least_sessions",
            "reason": "holiday",
        },
        {"agent_ids": (ANN, BEN, CAT), "agent_transfers": 5},
        "session.agent_assigned",
        assigned(
            CAT,
            "manual",
            assigned_by_agent_id=ANN,
            previous_agent_id=BEN,
            assignment_strategy="least_sessions",
            reassignment_reason="holiday",
            reassignment_count=5,
        ),
    ),
    (
        {},
        "assign_agent",
        {"agent_id": ANN, "source": AssignmentSource.AUTOMATIC, "strategy": "round_robin"},
        {"agent_ids": (ANN,)},
        "session.agent_assigned",
        assigned(ANN, "automatic", assignment_strategy="round_robin"),
    ),
    (
        {"agent_ids": (ANN,)},
        "assign_agent",
        {
            "agent_id": BEN,
            "source": AssignmentSource.REASSIGNMENT_MANUAL,
            "assigned_by": CAT,
            "reason": "asked for",
        },
        {"agent_ids": (ANN, BEN), "agent_transfers": 1},
        "session.agent_assigned",
        assigned(
            BEN,
            "reassignment_manual",
            assigned_by_agent_id=CAT,
            previous_agent_id=ANN,
            reassignment_reason="asked for",
            reassignment_count=1,
        ),
    ),
    *(
        (
            {"agent_ids": (ANN,)},
            "assign_agent",
            {"agent_id": BEN, "source": source, "strategy": "round_robin", "reason": "rule 1"},
            {"agent_ids": (ANN, BEN), "agent_transfers": 1},
            "session.agent_assigned",
            assigned(
                BEN,
                source.value,
                previous_agent_id=ANN,
                reassignment_reason="rule 1",
                assignment_strategy="round_robin",
                reassignment_count=1,
            ),
        )
        for source in (
            AssignmentSource.REASSIGNMENT_INACTIVITY,
            AssignmentSource.REASSIGNMENT_NO_RESPONSE,
            AssignmentSource.REASSIGNMENT_WORKLOAD,
        )
    ),
    (
        {
            "message_count": 5,
            "messages_from_contact": 3,
            "messages_from_agent": 2,
            "first_contact_message_at": NOW + 2 * MINUTE,
            "first_agent_response_at": NOW + MINUTE,
            "last_activity_at": NOW + 9 * MINUTE,
        },
        "end",
        {"reason": EndReason.CONTACT_REQUEST},
        {
            "status": SessionStatus.ENDED,
            "ended_at": LATER,
            "end_reason": EndReason.CONTACT_REQUEST,
            "duration_seconds": 600,
        },
        "session.ended",
        {
            "contact_id": CONTACT,
            "tenant_id": "acme",
            "channel_type_id": 1,
            "pipeline_id": PIPELINE,
            "started_at": NOW,
            "ended_at": LATER,
            "reason": "contact_request",
            "duration": 600,
            "metrics": {
                "total_messages": 5,
                "inbound_messages": 3,
                "outbound_messages": 2,
                "first_message_at": NOW + MINUTE,
                "last_message_at": NOW + 9 * MINUTE,
            },
        },
    ),
    (None, "resolve", {}, {"resolved": True}, "session.resolved", {"resolved_at": LATER}),
    ({}, "escalate", {}, {"escalated": True}, "session.escalated", {"escalated_at": LATER}),
    (None, "escalate", {}, {"escalated": True}, "session.escalated", {"escalated_at": LATER}),
    (
        None,
        "set_summary",
        SUMMARY,
        SUMMARIZED,
        "session.summarized",
        {
            "summary": "She wants a blue one.",
            "sentiment": "mixed",
            "sentiment_score": -0.25,
            "generated_at": LATER,
        },
    ),
    (
        None,
        "set_summary",
        {"summary": "?", "sentiment": None, "sentiment_score": None, "topics": (), "next_steps": ()},
        {"summary": "?"},
        "session.summarized",
        {"summary": "?", "sentiment": None, "sentiment_score": None, "generated_at": LATER},
    ),
    (
        {},
        "move_to_contact",
        {"contact_id": ANN},
        {"contact_id": ANN},
        "session.contact_changed",
        {"previous_contact_id": CONTACT, "contact_id": ANN, "changed_at": LATER},
    ),
    (
        None,
        "move_to_contact",
        {"contact_id": ANN},
        {"contact_id": ANN},
        "session.contact_changed",
        {"previous_contact_id": CONTACT, "contact_id": ANN, "changed_at": LATER},
    ),
]


@pytest.mark.parametrize(("fields", "command", "arguments", "effect", "event_name", "payload"), COMMANDS)
def test_a_command_changes_what_it_says_and_tells_of_it(
    fields: dict[str, Any] | None,
    command: str,
    arguments: dict[str, Any],
    effect: dict[str, Any],
    event_name: str,
    payload: dict[str, Any],
) -> None:
    before = make_ended(version=7) if fields is None else make_session(**fields, version=7)
    kept = copy.deepcopy(attrs.astuple(before, recurse=False))
    after = obey(before, command, arguments)
    event = the_event(after)
    assert after == attrs.evolve(before, **effect, updated_at=LATER, domain_events=(event,))
    assert attrs.astuple(before, recurse=False) == kept, "the instance that was changed stays as it was"
    assert (event.event_name, event.event_version, event.occurred_at) == (event_name, "v1", LATER)
    assert event.payload() == {"session_id": before.id, **payload}
    assert event.event_id.int != 0


def test_every_command_is_in_the_table() -> None:
    commands = {
        name
        for name, method in inspect.getmembers(Session, inspect.isfunction)
        if not (name.startswith("_") or hasattr(AggregateRoot, name))
        and "now" in inspect.signature(method).parameters
    }
    of_several = {"absorb", "consolidate_into"}  # in test_consolidation.py
    assert commands - {"check_timeout"} - of_several == {command for _, command, *_ in COMMANDS}


@pytest.mark.parametrize(
    ("session", "command", "arguments"),
    [
        (make_session(agent_ids=(ANN, BEN)), "assign_agent", {"agent_id": BEN}),
        (
            make_session(agent_ids=(ANN, BEN)),
            "assign_agent",
            {
                "agent_id": BEN,
                "source": AssignmentSource.REASSIGNMENT_MANUAL,
                "assigned_by": ANN,
                "reason": "again",
            },
        ),
        (make_ended(resolved=True), "resolve", {}),
        (make_ended(escalated=True), "escalate", {}),
        (make_ended(**SUMMARIZED), "set_summary", SUMMARY),
        (make_session(last_activity_at=LATER - 30 * MINUTE), "check_timeout", {}),
        (make_ended(), "check_timeout", {}),
        (make_ended(), "move_to_contact", {"contact_id": CONTACT}),
    ],
)
def test_a_command_that_changes_nothing_returns_the_same_instance(
    session: Session, command: str, arguments: dict[str, Any]
) -> None:
    assert obey(session, command, arguments) is session
    assert session.domain_events == ()


@pytest.mark.parametrize(
    ("session", "command", "arguments"),
    [
        (make_ended(), "record_message", {"from_contact": True}),
        (make_ended(), "record_message", {"from_contact": False}),
        (make_ended(), "assign_agent", {"agent_id": ANN}),
        (make_ended(agent_ids=(ANN,)), "assign_agent", {"agent_id": ANN}),
        (make_ended(), "assign_agent", {"agent_id": ANN, "source": AssignmentSource.AUTOMATIC}),
        (make_ended(), "end", {"reason": EndReason.MANUAL_CLOSE}),
        (make_session(), "resolve", {}),
        (make_session(), "set_summary", SUMMARY),
    ],
)
def test_a_command_needs_the_right_state(session: Session, command: str, arguments: dict[str, Any]) -> None:
    kept = copy.deepcopy(attrs.astuple(session, recurse=False))
    with pytest.raises(InvariantViolation, match=str(session.id)):
        obey(session, command, arguments)
    assert attrs.astuple(session, recurse=False) == kept


@pytest.mark.parametrize(
    ("session", "command", "arguments", "field"),
    [
        (make_session(), "assign_agent", {"agent_id": UUID(int=0)}, "agent_id"),
        (make_session(), "assign_agent", {"agent_id": ANN, "source": "horoscope"}, "source"),
        (make_session(), "end", {"reason": "transferred"}, "reason"),
        (make_session(), "end", {"reason": "agent_closed"}, "reason"),
        (make_ended(), "set_summary", {**SUMMARY, "sentiment": "bored"}, "sentiment"),
    ],
)
def test_a_bad_argument_is_refused(
    session: Session, command: str, arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        obey(session, command, arguments)
    assert raised.value.field == field
