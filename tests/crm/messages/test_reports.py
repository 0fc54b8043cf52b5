"""Reports of delivery move a message forward, in whatever order they come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.constants import NOW
from tests.support.messages import LATER, NIL, make_message, obey
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType, MessageStatus

EARLIER = NOW - timedelta(hours=1)
REPORTS = {
    MessageStatus.SENT: "mark_as_sent",
    MessageStatus.DELIVERED: "mark_as_delivered",
    MessageStatus.READ: "mark_as_read",
    MessageStatus.PLAYED: "mark_as_played",
    MessageStatus.FAILED: "mark_as_failed",
}
STAMPS = {
    MessageStatus.DELIVERED: "delivered_at",
    MessageStatus.READ: "read_at",
    MessageStatus.PLAYED: "played_at",
}
FORWARD = ["queued", "sent", "failed", "delivered", "read", "played"]


@pytest.mark.parametrize("status", list(MessageStatus))
@pytest.mark.parametrize("report", list(REPORTS))
def test_a_report_moves_the_status_forward_or_changes_nothing(
    status: MessageStatus, report: MessageStatus
) -> None:
    message = make_message(ContentType.VOICE, status=status)
    after = obey(message, REPORTS[report], {})
    if FORWARD.index(report) > FORWARD.index(status):
        assert after.status is report
        (event,) = after.domain_events
        assert event.event_name == f"message.{report}"
    else:
        assert after is message


def test_a_message_that_was_said_to_have_failed_and_arrives_has_arrived() -> None:
    """And one that has arrived cannot fail any more."""
    failed = make_message().mark_as_failed(now=NOW)
    assert failed.mark_as_delivered(now=LATER).status is MessageStatus.DELIVERED
    assert failed.mark_as_sent(now=LATER) is failed
    delivered = make_message().mark_as_delivered(now=NOW)
    assert delivered.mark_as_failed(now=LATER, reason="timeout") is delivered


def test_a_stamp_is_of_its_own_report_and_set_once() -> None:
    message = make_message(ContentType.VOICE).mark_as_delivered(now=NOW).mark_as_played(now=LATER)
    assert (message.delivered_at, message.read_at, message.played_at) == (NOW, None, LATER)
    late = message.mark_as_delivered(now=LATER).mark_as_read(now=LATER).mark_as_played(now=NOW)
    assert late is message
    for status, stamp in STAMPS.items():
        imported = make_message(ContentType.VOICE, **{stamp: EARLIER})
        assert getattr(obey(imported, REPORTS[status], {}), stamp) == EARLIER


def test_a_late_report_does_not_turn_the_last_change_back() -> None:
    message = make_message().mark_as_read(now=EARLIER)
    assert (message.read_at, message.updated_at) == (EARLIER, NOW)


def test_each_report_has_an_event_of_its_own() -> None:
    """The older system's had no name and one id among them, so that the second could not be stored."""
    message = (
        make_message(ContentType.VOICE, status=MessageStatus.QUEUED)
        .mark_as_sent(now=NOW)
        .mark_as_failed(now=NOW)
        .mark_as_delivered(now=NOW)
        .mark_as_read(now=NOW)
        .mark_as_played(now=NOW)
    )
    names = [event.event_name for event in message.domain_events]
    assert names == ["message.sent", "message.failed", "message.delivered", "message.read", "message.played"]
    ids = {event.event_id for event in message.domain_events}
    assert len(ids) == 5
    assert NIL not in ids


reports = st.lists(st.tuples(st.sampled_from(sorted(REPORTS)), st.integers(0, 10_000)), max_size=12)


def report_all(message: Message, reported: list[tuple[MessageStatus, int]]) -> Message:
    for status, second in reported:
        message = obey(message, REPORTS[status], {}, NOW + timedelta(seconds=second))
    return message


@settings(deadline=None)
@given(st.sampled_from(sorted(MessageStatus)), reports, st.randoms(use_true_random=False))
def test_reports_in_whatever_order_end_in_the_highest_status(
    first: MessageStatus, reported: list[tuple[MessageStatus, int]], random: Any
) -> None:
    message = make_message(ContentType.VOICE, status=first)
    in_order = sorted(reported, key=lambda report: FORWARD.index(report[0]))
    shuffled = list(reported)
    random.shuffle(shuffled)
    highest = max([first, *(status for status, _ in reported)], key=FORWARD.index)
    for order in (reported, in_order, shuffled):
        assert report_all(message, order).status is highest


@settings(deadline=None)
@given(st.sampled_from(sorted(MessageStatus)), reports)
def test_the_status_goes_up_by_each_event_and_stamps_stay(
    first: MessageStatus, reported: list[tuple[MessageStatus, int]]
) -> None:
    message = make_message(ContentType.VOICE, status=first)
    for report in reported:
        after = report_all(message, [report])
        if after is message:
            continue
        assert after.status.rank > message.status.rank
        assert after.domain_events[:-1] == message.domain_events
        for stamp in STAMPS.values():
            assert getattr(message, stamp) in {None, getattr(after, stamp)}
        if after.status in STAMPS:
            assert getattr(after, STAMPS[after.status]) == after.domain_events[-1].occurred_at
        message = after


def test_the_ranks_are_the_order_of_delivery() -> None:
    assert sorted(MessageStatus, key=lambda status: status.rank) == FORWARD
    assert len({status.rank for status in MessageStatus}) == 6
