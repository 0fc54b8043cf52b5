"""The rules of a session from its creation to its end, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

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
    SECOND,
    make_ended,
    make_session,
    the_event,
)
from ventros.crm.sessions.aggregate import AssignmentSource, EndReason, Sentiment, Session, SessionStatus
from ventros.kernel.errors import InvariantViolation, ValidationError

# Creation


def test_a_new_session_has_the_defaults_and_one_event() -> None:
    session = Session.start(contact_id=CONTACT, tenant_id="acme", now=NOW)
    assert session.id.int != 0
    assert session == Session(
        id=session.id,
        version=1,
        tenant_id="acme",
        contact_id=CONTACT,
        channel_type_id=None,
        pipeline_id=None,
        started_at=NOW,
        ended_at=None,
        status=SessionStatus.ACTIVE,
        end_reason=None,
        timeout=timedelta(minutes=30),
        last_activity_at=NOW,
        message_count=0,
        messages_from_contact=0,
        messages_from_agent=0,
        duration_seconds=0,
        first_contact_message_at=None,
        first_agent_response_at=None,
        agent_response_time_seconds=None,
        contact_wait_time_seconds=None,
        agent_ids=(),
        agent_transfers=0,
        summary=None,
        sentiment=None,
        sentiment_score=None,
        topics=(),
        next_steps=(),
        outcome_tags=(),
        key_entities={},
        resolved=False,
        escalated=False,
        converted=False,
        created_at=NOW,
        updated_at=NOW,
        deleted_at=None,
        domain_events=session.domain_events,
    )
    started = the_event(session)
    assert (started.event_name, started.event_version, started.occurred_at) == ("session.started", "v1", NOW)
    assert started.payload() == {
        "session_id": session.id,
        "contact_id": CONTACT,
        "tenant_id": "acme",
        "channel_type_id": None,
        "started_at": NOW,
    }


def test_a_session_starts_when_it_is_told_to_and_says_so() -> None:
    """Imported history is long past, and the older system's event told the time of the import."""
    past = datetime(2019, 5, 6, tzinfo=UTC)
    session = Session.start(
        contact_id=CONTACT, tenant_id="acme", channel_type_id=5, pipeline_id=PIPELINE, now=past
    )
    assert session.started_at == session.last_activity_at == past
    assert (session.channel_type_id, session.pipeline_id) == (5, PIPELINE)
    payload = the_event(session).payload()
    assert (payload["started_at"], payload["channel_type_id"]) == (past, 5)


@pytest.mark.parametrize(
    ("given_timeout", "timeout"),
    [
        (None, 30 * MINUTE),
        (timedelta(0), 30 * MINUTE),
        (-SECOND, 30 * MINUTE),
        (SECOND, SECOND),
        (timedelta(days=2), timedelta(days=2)),
    ],
)
def test_a_timeout_that_is_none_means_thirty_minutes(
    given_timeout: timedelta | None, timeout: timedelta
) -> None:
    session = Session.start(contact_id=CONTACT, tenant_id="acme", timeout=given_timeout, now=NOW)
    assert session.timeout == timeout


@pytest.mark.parametrize(
    ("argument", "value", "field"),
    [
        ("contact_id", UUID(int=0), "contact_id"),
        ("tenant_id", "", "tenant_id"),
        ("pipeline_id", UUID(int=0), "pipeline_id"),
        ("now", datetime(2026, 1, 2), "created_at"),  # noqa: DTZ001 - naive on purpose
    ],
)
def test_a_faulty_argument_is_named(argument: str, value: Any, field: str) -> None:
    arguments = {"contact_id": CONTACT, "tenant_id": "acme", "now": NOW, argument: value}
    with pytest.raises(ValidationError) as raised:
        Session.start(**arguments)
    assert raised.value.field == field


def test_the_words_that_are_stored() -> None:
    words = {kind: " ".join(kind) for kind in (SessionStatus, EndReason, Sentiment, AssignmentSource)}
    assert words == {
        SessionStatus: "active ended",
        EndReason: "inactivity_timeout manual_close contact_request agent_close system_close saga_rollback",
        Sentiment: "positive neutral negative mixed",
        AssignmentSource: (
            "manual automatic reassignment_inactivity reassignment_no_response reassignment_workload "
            "reassignment_manual system"
        ),
    }


def test_a_session_cannot_be_changed_in_place() -> None:
    session = make_session()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        session.message_count = 1  # type: ignore[misc]


# Agents


def test_a_former_agent_who_is_assigned_again_is_the_current_one() -> None:
    session = make_session()
    assignments = []
    for agent in (ANN, BEN, ANN):
        session = session.assign_agent(agent, now=LATER)
        payload = session.domain_events[-1].payload()
        assignments.append((payload["previous_agent_id"], payload["agent_id"], payload["reassignment_count"]))
    assert session.current_agent == ANN
    assert session.agent_ids == (BEN, ANN)
    assert session.agent_transfers == 2
    assert assignments == [(None, ANN, 0), (ANN, BEN, 1), (BEN, ANN, 2)]


def test_the_current_agent_is_the_last_one() -> None:
    assert make_session().current_agent is None
    assert make_session(agent_ids=(BEN, CAT, ANN)).current_agent == ANN
    assert (make_session().has_assigned_agents, make_session(agent_ids=(ANN,)).has_assigned_agents) == (
        False,
        True,
    )


def test_a_reassignment_is_a_transfer() -> None:
    session = make_session().assign_agent(ANN, now=LATER)
    assert session.agent_transfers == 0
    assert session.assign_agent(BEN, now=LATER).agent_transfers == 1


# Its end


@pytest.mark.parametrize("reason", list(EndReason))
def test_a_session_ends_once_for_a_reason_that_is_known(reason: EndReason) -> None:
    ended = make_session().end(reason, now=LATER)
    assert (ended.is_active, ended.end_reason, ended.ended_at) == (False, reason, LATER)
    assert make_session().end(reason.value, now=LATER).end_reason is reason  # type: ignore[arg-type]
    with pytest.raises(InvariantViolation):
        ended.end(reason, now=LATER)


def test_a_session_without_messages_ends_with_empty_metrics() -> None:
    metrics = the_event(make_session().end(EndReason.MANUAL_CLOSE, now=LATER)).payload()["metrics"]
    assert metrics == {
        "total_messages": 0,
        "inbound_messages": 0,
        "outbound_messages": 0,
        "first_message_at": None,
        "last_message_at": None,
    }


@pytest.mark.parametrize(
    ("after", "seconds"),
    [(-MINUTE, 0), (timedelta(0), 0), (timedelta(seconds=1, microseconds=999_999), 1), (LATER - NOW, 600)],
)
def test_the_duration_is_in_whole_seconds_and_not_negative(after: timedelta, seconds: int) -> None:
    ended = make_session().end(EndReason.MANUAL_CLOSE, now=NOW + after)
    assert ended.duration_seconds == seconds
    assert the_event(ended).payload()["duration"] == seconds


def test_a_session_times_out_after_more_than_its_timeout_without_activity() -> None:
    session = make_session(timeout=5 * MINUTE, last_activity_at=NOW + MINUTE)
    just = NOW + 6 * MINUTE
    assert not session.has_timed_out(just)
    assert session.check_timeout(now=just) is session
    assert session.has_timed_out(just + timedelta(microseconds=1))
    assert not make_ended().has_timed_out(NOW + timedelta(days=9))


def test_a_session_that_timed_out_ended_when_its_timeout_ran_out() -> None:
    """Noticed a day later, it did not last a day."""
    session = make_session(timeout=5 * MINUTE, last_activity_at=NOW + MINUTE)
    ended = session.check_timeout(now=NOW + timedelta(days=1))
    assert (ended.status, ended.end_reason) == (SessionStatus.ENDED, EndReason.INACTIVITY_TIMEOUT)
    assert ended.ended_at == NOW + 6 * MINUTE
    assert ended.duration_seconds == 360
    event = the_event(ended)
    assert (event.event_name, event.occurred_at) == ("session.ended", NOW + 6 * MINUTE)
    assert event.payload()["ended_at"] == NOW + 6 * MINUTE
    assert session.is_active


# Afterwards


def test_a_summary_keeps_no_hold_of_the_callers_lists() -> None:
    topics, steps = ["colour"], ["call"]
    session = make_ended().set_summary(
        "?", sentiment=None, sentiment_score=None, topics=topics, next_steps=steps, now=LATER
    )
    topics.append("price")
    steps.clear()
    assert (session.topics, session.next_steps) == (("colour",), ("call",))


def test_nobody_else_holds_a_part_of_the_entities() -> None:
    entities = {"colours": ["blue"]}
    session = make_session(key_entities=entities)
    entities["colours"].append("red")
    session.escalate(now=LATER).key_entities["colours"].append("green")
    assert session.key_entities == {"colours": ["blue"]}


def test_a_session_can_be_hashed() -> None:
    session = make_session(key_entities={"colours": ["blue"]}).end(EndReason.MANUAL_CLOSE, now=LATER)
    assert {session, attrs.evolve(session)} == {session}


@pytest.mark.parametrize(
    ("session", "expected"),
    [
        (make_ended(message_count=3), True),
        (make_ended(message_count=2), False),
        (make_ended(message_count=3, summary="there"), False),
        (make_session(message_count=3), False),
    ],
)
def test_a_summary_is_wanted_of_an_ended_session_with_three_messages(
    session: Session, expected: bool
) -> None:
    assert session.should_generate_summary is expected


FIRST = make_session(last_activity_at=NOW + MINUTE)


def following(gap: timedelta, **fields: Any) -> Session:
    start = FIRST.last_activity_at + gap
    return make_session(**{"started_at": start, "last_activity_at": start + MINUTE, **fields})


@pytest.mark.parametrize(
    ("other", "together"),
    [
        (following(5 * MINUTE), True),
        (following(5 * MINUTE + SECOND), False),
        (following(-30 * SECOND), True),
        (following(MINUTE, contact_id=uuid4()), False),
        (following(MINUTE, tenant_id="umbrella"), False),
    ],
)
def test_two_sessions_belong_together_when_little_time_lies_between(other: Session, together: bool) -> None:
    for one, another in permutations((FIRST, other)):
        assert one.should_consolidate_with(another, 5 * MINUTE) is together
