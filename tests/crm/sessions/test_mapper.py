"""A row with an unknown word is no session."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.support.sessions import make_ended
from ventros.crm.sessions import mapper
from ventros.crm.sessions.aggregate import Sentiment, Session
from ventros.kernel.errors import ValidationError


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
