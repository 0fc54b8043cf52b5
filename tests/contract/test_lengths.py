"""A text under an index is bounded in the aggregate as in the database, so that no caller meets the CHECK."""

from __future__ import annotations

import attrs
import psycopg
import pytest

from tests.support.constants import TENANT
from tests.support.subjects import Subject
from ventros.kernel.errors import ValidationError
from ventros.kernel.validators import MAX_INDEXED
from ventros.values import CustomField, CustomFieldType, Email, Phone

INDEXED = """
SELECT DISTINCT attname FROM pg_attribute JOIN pg_index ON indrelid = attrelid AND attnum = ANY (indkey)
 WHERE attrelid = %s::regclass AND atttypid = 'text'::regtype
"""
VALUES = {"email", "phone", "credential_type", "trigger_type", "tenant_id"}
"""Columns of a value object, a tenant or an enum, which have bounds of their own."""


async def test_an_indexed_text_beyond_its_bound_is_refused_by_name(
    subject: Subject, superuser: psycopg.Connection
) -> None:
    new = subject.new()
    table = subject.repository(subject.db.unit_of_work(TENANT)).INSERT.path.stem
    names = {name for (name,) in superuser.execute(INDEXED, [table]).fetchall()} - VALUES
    if subject.factory.resource == "channel":
        names.add("external_id")  # which its route repeats
    for name in names:
        with pytest.raises(ValidationError, match=f"^{name} has 501 characters") as caught:
            attrs.evolve(new, **{name: "x" * (MAX_INDEXED + 1)})
        assert caught.value.field == name


def test_so_is_a_value_object() -> None:
    local = "x" * (MAX_INDEXED - len("@a.io"))
    assert Email(f"{local}@a.io")
    for make, field in (
        (lambda: Email(f"x{local}@a.io"), "email"),
        (lambda: Phone("1" * (MAX_INDEXED + 1)), "phone"),
        (lambda: CustomField("k" * (MAX_INDEXED + 1), CustomFieldType.TEXT, ""), "key"),
    ):
        with pytest.raises(ValidationError) as caught:
            make()
        assert caught.value.field == field


async def test_what_is_as_long_as_allowed_is_stored_and_indexed(subject: Subject) -> None:
    """Of four bytes each."""
    new = subject.new()
    names = {"name", "external_id", "webhook_id", "stripe_customer_id"} & {
        field.name for field in attrs.fields(type(new))
    }
    longest = 255 if subject.factory.resource == "credential" else MAX_INDEXED
    filled = attrs.evolve(new, **dict.fromkeys(names, "\N{GRINNING FACE}" * longest))
    async with subject.db.unit_of_work(TENANT) as uow:
        added = await subject.repository(uow).add(filled)
        assert await subject.repository(uow).get(added.id) == added
