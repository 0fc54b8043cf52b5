"""Several fields of a contact change at once; what is not given stays, and None clears."""

from __future__ import annotations

from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.conversations import LATER, LID, MINUTE, PHONE, identify
from tests.support.racing_contacts import with_rival
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.contacts.create_contact import CreateContact, create_contact
from ventros.application.contacts.unique_keys import ContactAlreadyExists
from ventros.application.contacts.update_contact import UpdateContact, update_contact
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import Conflict, OptimisticLockError, VentrosError
from ventros.kernel.ids import new_id
from ventros.values import Email, Phone


@pytest.fixture
async def ada(db: Database[UnitOfWork], seed: Seed) -> Contact:
    return await created(db, seed, name="Ada", phone="5511971234567", tags=("vip", "old"))


async def created(db: Database[UnitOfWork], seed: Seed, **fields: Any) -> Contact:
    command = CreateContact(project_id=seed.project_id, created_at=NOW, **fields)
    return await db.run(TENANT, lambda uow: create_contact(uow, command))


def command(contact: Contact, **fields: Any) -> UpdateContact:
    return UpdateContact(contact_id=contact.id, updated_at=LATER, **fields)


async def update(db: Database[UnitOfWork], contact: Contact, **fields: Any) -> Contact:
    return await db.run(TENANT, lambda uow: update_contact(uow, command(contact, **fields)))


def events(superuser: psycopg.Connection, contact: Contact) -> list[tuple[Any, ...]]:
    """Those after its creation."""
    return superuser.execute(
        "SELECT event_name, aggregate_version FROM outbox_events"
        " WHERE aggregate_id = %s AND aggregate_version > 1 ORDER BY position",
        [contact.id],
    ).fetchall()


async def test_several_fields_are_one_version_and_what_is_not_given_stays(
    db: Database[UnitOfWork], ada: Contact, superuser: psycopg.Connection
) -> None:
    stored = await update(
        db, ada, name="Ada Lovelace", email="ADA@example.com", tags=("new", "vip"), language="pt"
    )
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.contacts.get(ada.id) == stored
    assert stored == attrs.evolve(
        ada,
        version=2,
        name="Ada Lovelace",
        email=Email("ada@example.com"),
        tags=("vip", "new"),
        language="pt",
        updated_at=LATER,
    )
    told = ["name_changed", "email_set", "language_changed", "tag_removed", "tag_added"]
    assert events(superuser, ada) == [(f"contact.{name}", 2) for name in told]


async def test_none_clears_and_an_empty_tuple_empties_the_tags(
    db: Database[UnitOfWork], ada: Contact, superuser: psycopg.Connection
) -> None:
    await update(db, ada, email="ada@example.com", external_id="crm-1", timezone="UTC", source_channel="web")
    cleared: dict[str, Any] = dict.fromkeys(
        ("phone", "email", "external_id", "timezone", "source_channel", "language")
    )
    stored = await update(db, ada, **cleared, tags=())
    assert stored == attrs.evolve(ada, version=3, phone=None, tags=(), updated_at=LATER)
    assert ("contact.tags_cleared", 3) in events(superuser, ada)


async def test_where_nothing_differs_nothing_is_stored(
    db: Database[UnitOfWork], ada: Contact, superuser: psycopg.Connection
) -> None:
    assert await update(db, ada, name="Ada", phone="5511 97123-4567", tags=("old", "vip")) == ada
    assert events(superuser, ada) == []


def test_at_least_one_field_is_given() -> None:
    with pytest.raises(ValidationError, match="at least one of name, phone"):
        UpdateContact(contact_id=new_id(), updated_at=NOW, changed_by=new_id())


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"phone": "123"}, "phone"),
        ({"email": ""}, "email"),
        ({"tags": ("a", "")}, "tag"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_of_it_is_stored(
    db: Database[UnitOfWork], ada: Contact, superuser: psycopg.Connection, fields: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(ValidationError) as raised:
        await update(db, ada, **{"timezone": "UTC", **fields})
    assert raised.value.field == wrong
    assert events(superuser, ada) == []


@pytest.mark.parametrize(("field", "value"), [("phone", "55 11 97000-0000"), ("email", "Bea@example.com")])
async def test_who_has_the_phone_or_the_email_is_said(
    db: Database[UnitOfWork], seed: Seed, ada: Contact, superuser: psycopg.Connection, field: str, value: str
) -> None:
    bea = await created(db, seed, name="Bea", phone="5511970000000", email="bea@example.com")
    with pytest.raises(ContactAlreadyExists) as raised:
        await update(db, ada, name="Ada Lovelace", **{field: value})
    assert (raised.value.field, raised.value.id) == (field, bea.id)
    assert events(superuser, ada) == []
    assert (await update(db, bea, **{field: value})).version == 1, "its own is no other's"


@pytest.mark.parametrize("field", ["phone", "email"])
async def test_of_two_at_once_the_second_meets_a_conflict_and_is_told_whose_it_is(
    db: Database[UnitOfWork], seed: Seed, ada: Contact, field: str
) -> None:
    bea = await created(db, seed, name="Bea")
    wanted = {field: {"phone": "5511970000000", "email": "us@example.com"}[field]}
    racing = with_rival(db, lambda uow: update_contact(uow, command(bea, **wanted)))
    conflicts: list[VentrosError] = []
    with pytest.raises(ContactAlreadyExists) as raised:
        await racing.run(
            TENANT,
            lambda uow: update_contact(uow, command(ada, **wanted)),
            on_conflict=lambda error, _: conflicts.append(error),
        )
    assert raised.value.id == bea.id
    assert [type(error) for error in conflicts] == [Conflict]


async def test_what_another_changed_meanwhile_stays(db: Database[UnitOfWork], ada: Contact) -> None:
    """The control: it is the version that was loaded which is compared."""
    racing = with_rival(db, lambda uow: update_contact(uow, command(ada, timezone="UTC")))
    conflicts: list[VentrosError] = []
    stored = await racing.run(
        TENANT,
        lambda uow: update_contact(uow, command(ada, name="Ada Lovelace")),
        on_conflict=lambda error, _: conflicts.append(error),
    )
    assert (stored.name, stored.timezone, stored.version) == ("Ada Lovelace", "UTC", 3)
    assert [type(error) for error in conflicts] == [OptimisticLockError]


async def test_a_lid_means_the_contact_under_its_new_phone_and_under_the_old_one(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        known = await identify(uow, seed, PHONE, LID)
        await uow.commit()
    new = Phone("5511970000002")
    await update(db, known, phone=new.value)
    async with db.unit_of_work(TENANT) as uow:
        for number, (phone, lid) in enumerate([(None, LID), (PHONE, LID), (new, None), (new, LID)]):
            found = await identify(uow, seed, phone, lid, now=LATER + number * MINUTE)
            assert found.id == known.id, (phone, lid)


async def test_a_deleted_contact_and_another_tenants_are_not_found(
    db: Database[UnitOfWork], ada: Contact, other_seed: Seed
) -> None:
    with pytest.raises(NotFound):
        await db.run(OTHER_TENANT, lambda uow: update_contact(uow, command(ada, name="Eve")))
    await db.run(TENANT, lambda uow: uow.contacts.apply(ada.id, Contact.delete, now=NOW))
    with pytest.raises(NotFound):
        await update(db, ada, name="Ada Lovelace")
