"""A contact is made with all that is known of it, and a phone and an email name one contact of a project."""

from __future__ import annotations

from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.racing_contacts import with_rival
from ventros import Database, UnitOfWork, ValidationError
from ventros.application.contacts.create_contact import CreateContact, create_contact
from ventros.application.contacts.unique_keys import ContactAlreadyExists
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import Conflict, ReferenceNotFound, VentrosError
from ventros.kernel.ids import new_id
from ventros.values import CustomField, CustomFieldType, Email, Phone


def command(seed: Seed, **changes: Any) -> CreateContact:
    plain = CreateContact(
        project_id=seed.project_id,
        name="Ada",
        phone="+55 (11) 7123-4567",
        email=" Ada@Example.com",
        created_at=NOW,
    )
    return attrs.evolve(plain, **changes)


async def create(db: Database[UnitOfWork], wanted: CreateContact) -> Contact:
    return await db.run(TENANT, lambda uow: create_contact(uow, wanted))


def events(superuser: psycopg.Connection) -> list[tuple[Any, ...]]:
    return superuser.execute(
        "SELECT event_name, aggregate_version FROM outbox_events"
        " WHERE aggregate_type = 'contact' ORDER BY position"
    ).fetchall()


async def test_all_that_is_known_is_stored_in_one_version(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    fields = (
        CustomField("plan", CustomFieldType.TEXT, "gold"),
        CustomField("age", CustomFieldType.NUMBER, 36),
    )
    stored = await create(
        db,
        command(
            seed,
            external_id="crm-1",
            source_channel="whatsapp",
            language="pt",
            timezone="America/Sao_Paulo",
            tags=("vip", "vip", "new"),
            custom_fields=fields,
        ),
    )
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.contacts.get(stored.id) == stored
        assert await uow.contact_custom_fields.get(stored.id) == {field.key: field for field in fields}
    assert (stored.version, stored.phone, stored.email) == (
        1,
        Phone("+5511971234567"),
        Email("ada@example.com"),
    )
    assert (stored.external_id, stored.source_channel, stored.language) == ("crm-1", "whatsapp", "pt")
    assert (stored.timezone, stored.tags) == ("America/Sao_Paulo", ("vip", "new"))
    told = [
        "created",
        "phone_set",
        "email_set",
        "external_id_set",
        "source_channel_set",
        "language_changed",
        "timezone_set",
        "tag_added",
        "tag_added",
    ]
    assert events(superuser) == [(f"contact.{name}", 1) for name in told]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("phone", {"email": None, "phone": "5511971234567"}),
        ("email", {"email": "ADA@example.com", "phone": None}),
    ],
)
async def test_who_has_the_phone_or_the_email_is_said(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, field: str, changes: dict[str, Any]
) -> None:
    first = await create(db, command(seed, phone="5511971234567"))
    with pytest.raises(ContactAlreadyExists) as raised:
        await create(db, command(seed, **changes))
    error = raised.value
    assert (error.field, error.id, error.constraint) == (field, first.id, f"contacts_live_{field}_key")
    assert (error.code, error.retryable) == ("CONTACT_ALREADY_EXISTS", False)
    assert str(error).startswith(f"contact {first.id}: has this {field} already")
    await db.run(TENANT, lambda uow: uow.contacts.apply(first.id, Contact.delete, now=NOW))
    assert (await create(db, command(seed, **changes))).id != first.id
    assert await db.run(other_seed.tenant, lambda uow: create_contact(uow, command(other_seed, **changes)))


@pytest.mark.parametrize("changes", [{"phone": None}, {"email": None}], ids=["email", "phone"])
async def test_of_two_at_once_the_second_meets_a_conflict_and_is_told_whose_it_is(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, changes: dict[str, Any]
) -> None:
    wanted = command(seed, **changes)
    racing = with_rival(db, lambda uow: create_contact(uow, attrs.evolve(wanted, name="Bea")))
    conflicts: list[VentrosError] = []
    with pytest.raises(ContactAlreadyExists) as raised:
        await racing.run(
            TENANT,
            lambda uow: create_contact(uow, wanted),
            on_conflict=lambda error, _: conflicts.append(error),
        )
    assert [type(error) for error in conflicts] == [Conflict]
    assert superuser.execute("SELECT id, name FROM contacts").fetchall() == [(raised.value.id, "Bea")]


async def test_control_the_indexes_are_what_keeps_them_apart(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    superuser.execute("DROP INDEX contacts_live_phone_key, contacts_live_email_key")
    wanted = command(seed)
    await create(with_rival(db, lambda uow: create_contact(uow, wanted)), wanted)
    assert superuser.execute("SELECT count(*) FROM contacts").fetchone() == (2,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"phone": "123"}, "phone"),
        ({"email": "ada@"}, "email"),
        ({"email": ""}, "email"),
        ({"tags": ("",)}, "tag"),
        ({"custom_fields": (CustomField("plan", CustomFieldType.TEXT, "gold"),) * 2}, "fields"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_field(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        await create(db, command(seed, **changes))
    assert raised.value.field == field
    assert superuser.execute("SELECT count(*) FROM contacts").fetchone() == (0,)


async def test_the_project_is_the_tenants(db: Database[UnitOfWork], seed: Seed, other_seed: Seed) -> None:
    for project_id in (new_id(), other_seed.project_id):
        with pytest.raises(ReferenceNotFound):
            await create(db, command(seed, project_id=project_id))
