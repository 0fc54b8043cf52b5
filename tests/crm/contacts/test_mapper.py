"""A row that is no contact is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.support.contact_fields import make_contact
from ventros.crm.contacts import mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.errors import ValidationError
from ventros.values import Email, Phone


def row_of(contact: Contact) -> dict[str, Any]:
    tenant_id, id_, *others = mapper.insert_args(contact)
    return dict(zip(mapper.COLUMNS, (id_, contact.version, tenant_id, *others), strict=True))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("email", "nonsense"),
        ("email", ""),
        ("phone", "123"),
        ("phone", ""),
        ("name", ""),
        ("language", ""),
        ("tenant_id", ""),
        ("project_id", UUID(int=0)),
    ],
)
def test_a_row_that_is_no_contact_is_refused_and_not_mended_in_silence(column: str, value: Any) -> None:
    row = row_of(make_contact(email=Email("ada@example.com"), phone=Phone("11999999999")))
    with pytest.raises(ValidationError) as raised:
        mapper.from_row(tuple({**row, column: value}.values()))
    assert raised.value.field == column


def test_the_row_that_the_test_above_spoils_is_a_contact() -> None:
    contact = make_contact(email=Email("ada@example.com"), phone=Phone("11999999999"))
    assert mapper.from_row(tuple(row_of(contact).values())) == contact
