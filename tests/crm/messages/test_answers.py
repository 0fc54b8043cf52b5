"""One answer of each respondent stands, the latest, under whatever name it was given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import pytest

from ventros.crm.messages.answers import Respondent, answered

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
ID = uuid4()
KNOWN = Respondent(contact_id=ID, names=("5511999990000", "lid:1"))
BY_PHONE = Respondent(names=("5511999990000",))
BY_LID = Respondent(names=("lid:1",))
US = Respondent()
LIKE, HEART, NOTHING = {"emoji": "👍"}, {"emoji": "❤️"}, {"emoji": ""}


def at(time: datetime) -> str:
    return time.isoformat(timespec="microseconds")


@pytest.mark.parametrize(
    ("respondent", "key"),
    [(KNOWN, str(ID)), (BY_PHONE, "5511999990000"), (BY_LID, "lid:1"), (US, "us")],
)
def test_an_answer_is_kept_under_the_first_name(respondent: Respondent, key: str) -> None:
    assert answered({}, respondent, LIKE, NOW) == {key: {**LIKE, "at": at(NOW)}}


@pytest.mark.parametrize("earlier", [KNOWN, BY_PHONE, BY_LID])
def test_who_becomes_known_replaces_what_was_kept_by_another_name(earlier: Respondent) -> None:
    others = answered({}, US, LIKE, NOW)
    assert others is not None
    before = answered(others, earlier, LIKE, NOW)
    assert before is not None
    assert answered(before, KNOWN, HEART, LATER) == {**others, str(ID): {**HEART, "at": at(LATER)}}


@pytest.mark.parametrize(
    ("stored", "answer", "time", "kept"),
    [
        (LIKE, LIKE, LATER, True),
        (LIKE, HEART, NOW - timedelta(seconds=1), True),
        (NOTHING, HEART, NOW - timedelta(seconds=1), True),
        (LIKE, HEART, NOW, False),
        (LIKE, NOTHING, LATER, False),
        (NOTHING, LIKE, LATER, False),
        (NOTHING, NOTHING, LATER, True),
        (None, NOTHING, LATER, True),
        (LIKE, HEART, NOW.astimezone(timezone(timedelta(hours=-3))), False),
    ],
)
def test_an_answer_counts_when_it_says_something_new_and_is_no_older(
    stored: dict[str, Any] | None, answer: dict[str, Any], time: datetime, kept: bool
) -> None:
    before = {} if stored is None else {"us": {**stored, "at": at(NOW)}}
    after = answered(before, US, answer, time)
    assert (after is None) is kept
    if after is not None:
        assert after == {"us": {**answer, "at": at(time.astimezone(UTC))}}


def test_what_is_given_stays_as_it_is() -> None:
    before = {"us": {**LIKE, "at": at(NOW)}}
    assert answered(before, US, HEART, LATER) != before
    assert before == {"us": {**LIKE, "at": at(NOW)}}
