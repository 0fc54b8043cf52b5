"""Custom fields are written beside the contact, one to a key, and contacts are found by them."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import Database, NotFound, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.custom_fields import ContactCustomFields
from ventros.crm.contacts.values import WhatsAppIdentifiers
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation, MappingError
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import json_objects, texts, times
from ventros.values import CustomField, CustomFieldType

LATER = NOW + timedelta(hours=1)
LATEST = NOW + timedelta(hours=2)

VALUES: dict[CustomFieldType, st.SearchStrategy[Any]] = {
    CustomFieldType.NUMBER: st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    CustomFieldType.BOOLEAN: st.booleans(),
    CustomFieldType.DATE: times,
    CustomFieldType.JSON: json_objects,
    CustomFieldType.MULTI_SELECT: st.lists(texts, max_size=4),
    CustomFieldType.LABEL: st.lists(texts, max_size=4),
}


def text(value: str, key: str = "key") -> CustomField:
    return CustomField(key, CustomFieldType.TEXT, value)


async def stored_contact(db: Database[UnitOfWork], seed: Seed) -> Contact:
    contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
    async with db.unit_of_work(seed.tenant) as uow:
        contact = await uow.contacts.add(contact)
        await uow.commit()
    return contact


def fields_of_any_type() -> st.SearchStrategy[CustomField]:
    return st.sampled_from(CustomFieldType).flatmap(
        lambda type_: st.builds(CustomField, texts, st.just(type_), VALUES.get(type_, texts))
    )


@given(field=fields_of_any_type())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_field_of_any_type_comes_back_as_it_was_and_is_found(
    db: Database[UnitOfWork], seed: Seed, field: CustomField
) -> None:
    """One database for all examples; each is rolled back."""
    contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        contact, fields = await uow.contacts.add(contact), uow.contact_custom_fields
        assert await fields.set(contact.id, field, now=NOW)
        assert await fields.get(contact.id) == {field.key: field}
        assert await fields.find_by_custom_field(field) == [contact]
        assert not await fields.set(contact.id, field, now=LATER), "there already, so not written again"


async def test_a_field_is_set_replaced_removed_and_set_anew(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact = await stored_contact(db, seed)
    one, two = text("one"), text("two")
    number = CustomField("key", CustomFieldType.NUMBER, 1)

    def row() -> Any:
        (stored,) = superuser.execute(
            "SELECT field_value, created_at, updated_at, deleted_at FROM contact_custom_fields"
        ).fetchall()
        return stored

    async with db.unit_of_work(TENANT) as uow:
        await uow.contact_custom_fields.set(contact.id, one, now=NOW)
        await uow.commit()
    assert row() == ("one", NOW, NOW, None)
    async with db.unit_of_work(TENANT) as uow:
        fields = uow.contact_custom_fields
        assert await fields.set(contact.id, two, now=LATER)
        with pytest.raises(InvariantViolation):
            await fields.set(contact.id, number, now=LATER)
        await uow.commit()
    assert row() == ("two", NOW, LATER, None)
    async with db.unit_of_work(TENANT) as uow:
        fields = uow.contact_custom_fields
        assert await fields.remove(contact.id, "key", now=LATEST)
        assert not await fields.remove(contact.id, "key", now=LATEST)
        assert not await fields.remove(contact.id, "other", now=LATEST)
        assert await fields.get(contact.id) == {}
        assert await fields.find_by_custom_field(two) == []
        await uow.commit()
    assert row() == ("two", NOW, LATEST, LATEST)
    async with db.unit_of_work(TENANT) as uow:
        fields = uow.contact_custom_fields
        assert await fields.set(contact.id, number, now=LATEST), "of another type, for it was removed"
        assert await fields.get(contact.id) == {"key": number}
        await uow.commit()
    assert row() == (1, NOW, LATEST, None)


async def test_neither_a_version_nor_an_event_comes_of_a_field(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact = await stored_contact(db, seed)
    before = superuser.execute("SELECT count(*) FROM outbox_events").fetchone()
    async with db.unit_of_work(TENANT) as uow:
        await uow.contact_custom_fields.set(contact.id, text("one"), now=NOW)
        await uow.commit()
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.contacts.get(contact.id) == contact
    assert superuser.execute("SELECT count(*) FROM outbox_events").fetchone() == before


async def test_many_who_set_one_field_leave_one_row(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact = await stored_contact(db, seed)

    async def set_to(value: str) -> None:
        async with db.unit_of_work(TENANT) as uow:
            await uow.contact_custom_fields.set(contact.id, text(value), now=NOW)
            await uow.commit()

    await asyncio.gather(*(set_to(str(number)) for number in range(6)))
    assert superuser.execute("SELECT count(*) FROM contact_custom_fields").fetchone() == (1,)


async def test_only_a_live_contact_of_the_tenant_has_fields(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    stranger, deleted = await stored_contact(db, other_seed), await stored_contact(db, seed)
    async with db.unit_of_work(TENANT) as uow:
        fields = uow.contact_custom_fields
        await fields.set(deleted.id, text("one"), now=NOW)
        await uow.contacts.save(deleted.delete(now=LATER))
        assert await fields.find_by_custom_field(text("one")) == []
        for contact_id in (deleted.id, stranger.id, new_id()):
            with pytest.raises(NotFound):
                await fields.set(contact_id, text("two"), now=LATER)
        await uow.commit()


async def test_contacts_are_found_by_key_type_and_value_of_their_own_tenant(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    one, two = await stored_contact(db, seed), await stored_contact(db, seed)
    stranger = await stored_contact(db, other_seed)
    wanted = CustomField("key", CustomFieldType.NUMBER, 1)
    async with db.unit_of_work(OTHER_TENANT) as uow:
        await uow.contact_custom_fields.set(stranger.id, wanted, now=NOW)
        await uow.commit()
    async with db.unit_of_work(TENANT) as uow:
        fields = uow.contact_custom_fields
        await fields.set(two.id, wanted, now=NOW)
        await fields.set(one.id, wanted.with_value(1.0), now=NOW)
        await fields.set(one.id, text("1", key="text"), now=NOW)
        assert await fields.find_by_custom_field(wanted) == [one, two]
        assert await fields.find_by_custom_field(wanted, limit=1) == [one]
        for other in (text("1"), wanted.with_value(2), CustomField("other", CustomFieldType.NUMBER, 1)):
            assert await fields.find_by_custom_field(other) == []


async def test_a_long_value_is_stored_and_found(db: Database[UnitOfWork], seed: Seed) -> None:
    """A value itself would not fit into an index."""
    contact = await stored_contact(db, seed)
    long = text("".join(chr(0x4E00 + number % 20_000) for number in range(50_000)))
    async with db.unit_of_work(TENANT) as uow:
        fields = uow.contact_custom_fields
        await fields.set(contact.id, long, now=NOW)
        assert await fields.find_by_custom_field(long) == [contact]


async def test_a_date_is_found_whatever_the_zone_it_is_given_in(db: Database[UnitOfWork], seed: Seed) -> None:
    contact = await stored_contact(db, seed)
    elsewhere = NOW.astimezone(timezone(timedelta(hours=14)))
    async with db.unit_of_work(TENANT) as uow:
        fields = uow.contact_custom_fields
        await fields.set(contact.id, CustomField("born", CustomFieldType.DATE, elsewhere), now=NOW)
        stored = (await fields.get(contact.id))["born"]
        assert stored.value == NOW
        assert isinstance(stored.value, datetime)
        assert await fields.find_by_custom_field(stored) == [contact]


async def test_whatsapp_identifiers_are_kept_as_fields(db: Database[UnitOfWork], seed: Seed) -> None:
    contact = await stored_contact(db, seed)
    given_ids = WhatsAppIdentifiers(wid="5511999999999@c.us", lid="123@lid")
    async with db.unit_of_work(TENANT) as uow:
        fields = uow.contact_custom_fields
        for field in given_ids.custom_fields():
            await fields.set(contact.id, field, now=NOW)
        assert WhatsAppIdentifiers.of(await fields.get(contact.id)) == given_ids


async def test_the_finder_uses_its_index_below_row_level_security(
    owner_dsn: str, db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    """An index condition may hold no function that could leak: the stored hash is an integer."""
    superuser.execute(
        "INSERT INTO contacts (tenant_id, id, project_id, name, language, tags, created_at, updated_at)"
        " SELECT 'acme', gen_random_uuid(), %s, 'x', 'en', '{}', now(), now() FROM generate_series(1, 2000)",
        [seed.project_id],
    )
    superuser.execute(
        "INSERT INTO contact_custom_fields"
        " (tenant_id, id, contact_id, field_key, field_type, field_value, created_at, updated_at)"
        " SELECT tenant_id, gen_random_uuid(), id, 'key', 'text', to_jsonb(id::text), now(), now()"
        " FROM contacts"
    )
    superuser.execute("ANALYZE contacts, contact_custom_fields")
    with psycopg.connect(owner_dsn) as connection:
        connection.execute("SET LOCAL app.tenant_id = 'acme'")
        text_ = ContactCustomFields.FIND_BY_CUSTOM_FIELD.text
        connection.execute(f"PREPARE finder AS {text_}")
        plan = connection.execute("EXPLAIN EXECUTE finder('acme', 'key', 'text', '\"x\"', 100)").fetchall()
    conditions = [line for (line,) in plan if "Index Cond" in line]
    assert any("field_value_hash = " in condition for condition in conditions), plan


@pytest.mark.parametrize("fault", ['"soon"', '"2026-01-02T03:04:05"'])
async def test_a_stored_field_that_is_none_is_refused(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, fault: str
) -> None:
    contact = await stored_contact(db, seed)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contact_custom_fields.set(
            contact.id, CustomField("born", CustomFieldType.DATE, NOW), now=NOW
        )
        await uow.commit()
    superuser.execute("UPDATE contact_custom_fields SET field_value = %s", [fault])
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(MappingError, match=str(contact.id)):
            await uow.contact_custom_fields.get(contact.id)


@pytest.mark.parametrize("fault", ["field_value = '1'", "field_type = 'colour'", "field_key = ''"])
async def test_the_table_refuses_what_no_field_is(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, fault: str
) -> None:
    contact = await stored_contact(db, seed)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contact_custom_fields.set(contact.id, text("one"), now=NOW)
        await uow.commit()
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute(f"UPDATE contact_custom_fields SET {fault}")  # noqa: S608
