"""A row that is no message is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.messages import NIL, make_message
from ventros.crm.messages import mapper
from ventros.crm.messages.aggregate import Message
from ventros.kernel.errors import ValidationError


def row_of(message: Message) -> dict[str, Any]:
    tenant_id, id_, *others = mapper.insert_args(message)
    return dict(zip(mapper.COLUMNS, (id_, tenant_id, *others), strict=True))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("content_type", "pigeon"),
        ("content_type", ""),
        ("status", "pigeon"),
        ("status", ""),
        ("source", "pigeon"),
        ("source", ""),
        ("text", ""),
        ("media_url", "/a.png"),
        ("tenant_id", ""),
        ("channel_id", NIL),
    ],
)
def test_a_row_that_is_no_message_is_refused_and_not_read_as_something_else(column: str, value: Any) -> None:
    row = row_of(make_message())
    with pytest.raises(ValidationError) as raised:
        mapper.from_row(tuple({**row, column: value}.values()))
    assert raised.value.field == column


def test_the_row_that_the_test_above_spoils_is_a_message() -> None:
    message = make_message()
    assert mapper.from_row(tuple(row_of(message).values())) == message
