"""The rules of a session, command by command, without a database."""

from __future__ import annotations

import copy
import inspect
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ventros.crm.sessions import mapper
from ventros.crm.sessions.aggregate import (
    AssignmentSource,
    EndReason,
    Sentiment,
    Session,
    SessionStatus,
)
from ventros.kernel.errors import InvariantViolation, ValidationError
from ventros.kernel.events import DomainEvent

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
LATER = NOW + 10 * MINUTE
CONTACT = uuid4()
PIPELINE = uuid4()
ANN, BEN, CAT = UUID(int=1), UUID(int=2), UUID(int=3)


def make_session(**fields: Any) -> Session:
    """Active since NOW, without events, as if it had been loaded."""
    session = Session.start(
        contact_id=CONTACT, tenant_id="acme", channel_type_id=1, pipeline_id=PIPELINE, now=NOW
    )
    return attrs.evolve(session.clear_events(), **fields)


def make_ended(**fields: Any) -> Session:
    session = make_session().end(EndReason.AGENT_CLOSE, now=NOW + MINUTE)
    return attrs.evolve(session.clear_events(), **fields)


def the_event(session: Session) -> DomainEvent:
    (event,) = session.domain_events
    return event


def obey(session: Session, command: str, arguments: dict[str, Any], now: datetime = LATER) -> Session:
    changed: Session = getattr(session, command)(**arguments, now=now)
    return changed


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


# Commands


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
        if not name.startswith("_") and "now" in inspect.signature(method).parameters
    }
    assert commands - {"check_timeout"} == {command for _, command, *_ in COMMANDS}


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


def test_a_session_cannot_be_changed_in_place() -> None:
    session = make_session()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        session.message_count = 1  # type: ignore[misc]


# Counting, and how long one side waits for the other


def record(session: Session, *messages: tuple[str, int]) -> Session:
    """``messages``: by whom, and how many seconds after NOW."""
    for side, second in messages:
        session = session.record_message(from_contact=side == "contact", now=NOW + second * SECOND)
    return session


# messages, then agent_response_time_seconds and contact_wait_time_seconds
@pytest.mark.parametrize(
    ("messages", "response", "wait"),
    [
        ([], None, None),
        ([("contact", 1)], None, None),
        ([("contact", 1), ("contact", 9)], None, None),
        ([("contact", 1), ("contact", 9), ("agent", 31)], 30, None),
        ([("contact", 1), ("agent", 31), ("agent", 99), ("contact", 200)], 30, None),
        ([("agent", 5)], None, None),
        ([("agent", 5), ("agent", 6)], None, None),
        ([("agent", 5), ("agent", 6), ("contact", 65)], None, 60),
        ([("agent", 5), ("contact", 65), ("contact", 70), ("agent", 90)], None, 60),
        ([("contact", 10), ("agent", 3)], 0, None),
        ([("agent", 10), ("contact", 3)], None, 0),
    ],
)
def test_a_response_time_is_from_the_first_of_one_side_to_the_first_of_the_other(
    messages: list[tuple[str, int]], response: int | None, wait: int | None
) -> None:
    """None until the answer, and unmoved by all that comes after it."""
    session = record(make_session(), *messages)
    assert session.agent_response_time_seconds == response
    assert session.contact_wait_time_seconds == wait


def test_a_response_time_is_in_whole_seconds() -> None:
    asked = make_session().record_message(from_contact=True, now=NOW)
    answered = asked.record_message(from_contact=False, now=NOW + timedelta(seconds=2, microseconds=999_999))
    assert answered.agent_response_time_seconds == 2


def test_the_first_message_of_each_side_is_the_first_one_recorded() -> None:
    session = record(make_session(), ("contact", 5), ("agent", 6), ("contact", 1), ("agent", 2))
    assert session.first_contact_message_at == NOW + 5 * SECOND
    assert session.first_agent_response_at == NOW + 6 * SECOND


def test_the_last_activity_never_goes_back() -> None:
    session = record(make_session(), ("contact", 50), ("agent", 20), ("contact", -100))
    assert session.last_activity_at == NOW + 50 * SECOND
    assert [event.occurred_at for event in session.domain_events] == [
        NOW + 50 * SECOND,
        NOW + 20 * SECOND,
        NOW - 100 * SECOND,
    ]
    assert session.updated_at == NOW + 50 * SECOND


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(["contact", "agent"]), st.integers(-10_000, 10_000)), max_size=12),
)
def test_whatever_the_order_of_the_messages_no_rule_is_broken(messages: list[tuple[str, int]]) -> None:
    session = make_session()
    for message in messages:
        later = record(session, message)
        assert later.last_activity_at >= session.last_activity_at
        session = later
    sides = [side for side, _ in messages]
    assert session.messages_from_contact == sides.count("contact")
    assert session.messages_from_agent == sides.count("agent")
    assert session.message_count == len(messages)
    assert session.last_activity_at == max([NOW, *(NOW + second * SECOND for _, second in messages)])
    times = [session.agent_response_time_seconds, session.contact_wait_time_seconds]
    known = [seconds for seconds in times if seconds is not None]
    assert len(known) == (1 if len(set(sides)) == 2 else 0)
    assert all(seconds >= 0 for seconds in known)
    assert len(session.domain_events) == len(messages)


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


# What the store holds


def row_of(session: Session) -> dict[str, Any]:
    tenant_id, id_, *others = mapper.insert_args(session)
    return dict(zip(mapper.COLUMNS, (id_, session.version, tenant_id, *others), strict=True))


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        ("status", "expired", "status"),
        ("status", "", "status"),
        ("end_reason", "transferred", "reason"),
        ("end_reason", "", "reason"),
        ("sentiment", "bored", "sentiment"),
        ("contact_id", UUID(int=0), "contact_id"),
    ],
)
def test_a_row_with_an_unknown_word_is_refused_and_not_read_as_empty(
    column: str, value: Any, field: str
) -> None:
    row = row_of(make_ended(sentiment=Sentiment.MIXED))
    with pytest.raises(ValidationError) as raised:
        mapper.from_row(tuple({**row, column: value}.values()))
    assert raised.value.field == field


def test_the_row_that_the_test_above_spoils_is_a_session() -> None:
    session = make_ended(sentiment=Sentiment.MIXED)
    assert mapper.from_row(tuple(row_of(session).values())) == session
