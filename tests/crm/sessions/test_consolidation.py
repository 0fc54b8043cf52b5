"""Which sessions are one conversation, and what becomes of each, without a database."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.sessions import ANN, BEN, CAT, CONTACT, MINUTE, SECOND, make_session
from ventros.crm.sessions.aggregate import EndReason, Sentiment, Session
from ventros.crm.sessions.consolidation import conversations
from ventros.crm.sessions.durations import response_times
from ventros.kernel.errors import InvariantViolation

HALF_AN_HOUR = 30 * MINUTE
LATER = NOW + 120 * MINUTE


def ended(start: int, last: int, **fields: Any) -> Session:
    """From and to that minute."""
    began, over = NOW + start * MINUTE, NOW + last * MINUTE
    session = make_session(id=uuid4(), started_at=began, last_activity_at=over)
    return attrs.evolve(session.end(EndReason.SYSTEM_CLOSE, now=over).clear_events(), **fields)


def parted(*spans: tuple[int, int]) -> list[list[tuple[int, int]]]:
    sessions = {ended(*span).id: span for span in spans}
    made = [ended(*span, id=id_) for id_, span in sessions.items()]
    return [[sessions[one.id] for one in group] for group in conversations(made, HALF_AN_HOUR)]


@pytest.mark.parametrize(
    ("spans", "groups"),
    [
        ([], []),
        ([(0, 5)], [[(0, 5)]]),
        ([(0, 5), (35, 40)], [[(0, 5), (35, 40)]]),
        ([(0, 5), (36, 40)], [[(0, 5)], [(36, 40)]]),
        ([(0, 5), (30, 31), (61, 62), (93, 94)], [[(0, 5), (30, 31), (61, 62)], [(93, 94)]]),
        ([(0, 100), (10, 11), (120, 121)], [[(0, 100), (10, 11), (120, 121)]]),
    ],
    ids=["none", "one", "at the timeout", "behind it", "one after the other", "the running end"],
)
def test_a_session_goes_on_with_those_before_it(
    spans: list[tuple[int, int]], groups: list[list[tuple[int, int]]]
) -> None:
    """Of the last, a comparison with the session right before it would say no: it had ended long before."""
    assert parted(*spans) == groups


FIRST = ended(
    0,
    10,
    message_count=3,
    messages_from_contact=2,
    messages_from_agent=1,
    first_agent_response_at=NOW + MINUTE,
    agent_ids=(ANN, BEN),
    agent_transfers=1,
    summary="a half",
    sentiment=Sentiment.NEUTRAL,
    sentiment_score=0.5,
    topics=("colour",),
    next_steps=("call",),
    outcome_tags=("lead",),
    key_entities={"colour": "blue", "size": 3},
    resolved=True,
    converted=True,
)
SECOND_ONE = ended(
    20,
    90,
    first_contact_message_at=NOW + 21 * MINUTE,
    first_agent_response_at=NOW + 25 * MINUTE,
    agent_response_time_seconds=240,
    agent_ids=(CAT, ANN),
    agent_transfers=1,
    outcome_tags=("lead", "sale"),
    key_entities={"colour": "red"},
    escalated=True,
)
THIRD = ended(30, 40, end_reason=EndReason.AGENT_CLOSE, agent_ids=(ANN,))


def test_the_first_one_becomes_all_of_them() -> None:
    after = FIRST.absorb([SECOND_ONE, THIRD], [(4, 2), (1, 0)], now=LATER)
    (event,) = after.domain_events
    assert after == attrs.evolve(
        FIRST,
        message_count=10,
        messages_from_contact=7,
        messages_from_agent=3,
        ended_at=NOW + 90 * MINUTE,
        end_reason=EndReason.SYSTEM_CLOSE,
        duration_seconds=90 * 60,
        last_activity_at=NOW + 90 * MINUTE,
        first_contact_message_at=NOW + 21 * MINUTE,
        contact_wait_time_seconds=20 * 60,
        agent_ids=(BEN, CAT, ANN),
        agent_transfers=3,
        summary=None,
        sentiment=None,
        sentiment_score=None,
        topics=(),
        next_steps=(),
        outcome_tags=("lead", "sale"),
        key_entities={"colour": "red", "size": 3},
        resolved=False,
        escalated=True,
        updated_at=LATER,
        domain_events=(event,),
    )
    assert after.should_generate_summary
    assert (event.event_name, event.occurred_at) == ("session.consolidated", LATER)
    assert event.payload() == {
        "session_id": FIRST.id,
        "contact_id": CONTACT,
        "absorbed_ids": (SECOND_ONE.id, THIRD.id),
        "from_contact": 5,
        "from_agent": 2,
        "consolidated_at": LATER,
    }
    assert FIRST.absorb([], [], now=LATER) is FIRST


def test_the_others_are_deleted_and_count_what_was_left() -> None:
    session = ended(20, 21, message_count=5, messages_from_contact=3, messages_from_agent=2)
    after = session.consolidate_into(FIRST, (2, 2), now=LATER)
    assert after == attrs.evolve(
        session,
        message_count=1,
        messages_from_contact=1,
        messages_from_agent=0,
        deleted_at=LATER,
        updated_at=LATER,
        domain_events=after.domain_events,
    )
    into, deleted = after.domain_events
    assert (into.event_name, deleted.event_name) == ("session.consolidated_into", "session.deleted")
    assert into.payload() == {
        "session_id": session.id,
        "contact_id": CONTACT,
        "surviving_session_id": FIRST.id,
        "consolidated_at": LATER,
    }
    assert deleted.payload() == {"session_id": session.id, "deleted_at": LATER}
    assert session.consolidate_into(FIRST, (9, 9), now=LATER).message_count == 0


@pytest.mark.parametrize("fields", [{"contact_id": UUID(int=9)}, {"channel_type_id": 2}])
def test_sessions_of_others_are_no_part_of_it(fields: dict[str, Any]) -> None:
    other = ended(20, 30, **fields)
    with pytest.raises(InvariantViolation, match=str(other.id)):
        FIRST.absorb([other], [(0, 0)], now=LATER)


def test_an_active_session_is_no_part_of_it() -> None:
    active = make_session()
    refused = pytest.raises(InvariantViolation, match=f"{active.id} is still active")
    with refused:
        FIRST.absorb([active], [(0, 0)], now=LATER)
    with refused:
        active.absorb([FIRST], [(0, 0)], now=LATER)
    with refused:
        active.consolidate_into(FIRST, (0, 0), now=LATER)


def test_at_most_one_side_waited() -> None:
    assert response_times(NOW, None) == response_times(None, NOW) == (None, None)
    assert response_times(NOW, NOW + 90 * SECOND) == (90, None)
    assert response_times(NOW + 90 * SECOND, NOW) == (None, 90)
    assert response_times(NOW, NOW) == (0, None)
