"""What a session counts, and how long one side waits for the other."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.constants import NOW
from tests.support.sessions import SECOND, make_session
from ventros import InvariantViolation
from ventros.crm.sessions.aggregate import EndReason, Session


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


@pytest.mark.parametrize("seed", range(20))
def test_several_messages_at_once_count_as_each_by_itself(seed: int) -> None:
    rng = random.Random(seed)
    written = [
        (NOW + timedelta(seconds=rng.randrange(1000)), rng.random() < 0.5) for _ in range(rng.randrange(1, 8))
    ]
    session = make_session()
    one_by_one = session
    for at, from_contact in written:
        one_by_one = one_by_one.record_message(from_contact=from_contact, now=at)
    at_once = session.record_messages(written)
    assert at_once.clear_events() == one_by_one.clear_events()
    assert session.record_messages([]) is session
    event = at_once.domain_events[-1]
    assert event.event_name == "session.messages_recorded"
    assert event.payload() == {
        "session_id": session.id,
        "from_contact": at_once.messages_from_contact,
        "from_agent": at_once.messages_from_agent,
        "first_recorded_at": min(at for at, _ in written),
        "last_recorded_at": max(at for at, _ in written),
    }


def test_messages_of_an_ended_session_are_refused() -> None:
    session = make_session()
    ended = session.end(EndReason.MANUAL_CLOSE, now=NOW)
    with pytest.raises(InvariantViolation):
        ended.record_messages([(NOW, True)])
