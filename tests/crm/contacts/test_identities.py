"""A contact is found by its phone, else by its LID; of two pairings the newer wins."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import Conflict, Database, UnitOfWork, ValidationError
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.identities import Match
from ventros.demo.seed import Seed
from ventros.kernel.errors import ReferenceNotFound
from ventros.kernel.ids import new_id
from ventros.values import Phone

LID, OTHER_LID = "797000000400001", "797000000400002"
PHONE, OTHER_PHONE = Phone("5511970000001"), Phone("5511970000002")
LATER = NOW + timedelta(hours=1)


async def add(uow: UnitOfWork, seed: Seed, phone: Phone | None = None) -> Contact:
    contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
    return await uow.contacts.add(contact.set_phone(phone.value, now=NOW) if phone else contact)


def stored(superuser: psycopg.Connection) -> list[tuple[str, str | None, datetime]]:
    return superuser.execute("SELECT lid, phone, paired_at FROM contact_identities ORDER BY lid").fetchall()


async def test_a_contact_is_found_by_its_phone_or_by_its_lid(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        identities, contact = uow.contact_identities, await add(uow, seed, PHONE)
        assert await identities.match(seed.project_id, PHONE, LID) == Match(contact=contact)
        await identities.remember(seed.project_id, contact.id, PHONE, LID, now=NOW)
        for phone, lid in ((PHONE, None), (None, LID), (PHONE, LID)):
            assert await identities.find(seed.project_id, phone, lid) == contact
            assert (await identities.match(seed.project_id, phone, lid)).remembered
        for phone, lid in ((OTHER_PHONE, None), (None, OTHER_LID), (OTHER_PHONE, LID), (None, None)):
            assert await identities.find(seed.project_id, phone, lid) is None
        assert await identities.find(new_id(), PHONE, LID) is None


async def test_what_is_remembered_is_the_tenants_own(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        contact = await add(uow, seed)
        await uow.contact_identities.remember(seed.project_id, contact.id, None, LID, now=NOW)
        await uow.commit()
    async with db.unit_of_work(OTHER_TENANT) as uow:
        assert await uow.contact_identities.find(seed.project_id, None, LID) is None
        with pytest.raises(ReferenceNotFound):
            await uow.contact_identities.remember(other_seed.project_id, contact.id, None, LID, now=NOW)


async def test_the_contact_of_a_lid_without_a_phone_is_the_one_to_which_the_phone_comes(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        identities, contact = uow.contact_identities, await add(uow, seed)
        await identities.remember(seed.project_id, contact.id, None, LID, now=LATER)
        assert await identities.match(seed.project_id, PHONE, LID) == Match(contact=contact)
        await identities.remember(seed.project_id, contact.id, PHONE, LID, now=NOW)
        await uow.commit()
    assert stored(superuser) == [(LID, PHONE.value, NOW)], "any pairing is more than none"


async def test_a_pairing_names_its_contact_even_if_somebody_has_typed_another_phone(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        identities, contact = uow.contact_identities, await add(uow, seed, PHONE)
        await identities.remember(seed.project_id, contact.id, PHONE, LID, now=NOW)
        contact = await uow.contacts.save(contact.set_phone("+55 11 97000-0009", now=NOW))
        assert await identities.find(seed.project_id, PHONE, LID) == contact
        assert await identities.find(seed.project_id, OTHER_PHONE, LID) is None
        assert await identities.find(seed.project_id, PHONE, None) is None


async def test_two_contacts_of_one_person_are_told(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        identities = uow.contact_identities
        by_phone, by_lid = await add(uow, seed, PHONE), await add(uow, seed)
        await identities.remember(seed.project_id, by_lid.id, None, LID, now=NOW)
        match = await identities.match(seed.project_id, PHONE, LID)
        assert match == Match(contact=by_phone, duplicate=by_lid)
        with pytest.raises(Conflict):
            await identities.remember(seed.project_id, by_phone.id, PHONE, LID, now=LATER)
        assert await identities.find(seed.project_id, None, LID) == by_lid


@pytest.mark.parametrize("newer_first", [False, True])
async def test_of_two_phones_of_a_lid_the_newer_wins_and_nothing_is_unmerged(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, newer_first: bool
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        identities = uow.contact_identities
        old, new = await add(uow, seed, PHONE), await add(uow, seed, OTHER_PHONE)
        pairings = [(old, PHONE, NOW), (new, OTHER_PHONE, LATER)]
        for contact, phone, paired_at in reversed(pairings) if newer_first else pairings:
            await identities.remember(seed.project_id, contact.id, phone, LID, now=paired_at)
        await identities.remember(seed.project_id, new.id, None, LID, now=LATER)
        assert await identities.match(seed.project_id, PHONE, LID) == Match(contact=old)
        assert await identities.find(seed.project_id, None, LID) == new
        await uow.commit()
    assert stored(superuser) == [(LID, OTHER_PHONE.value, LATER)]


@pytest.mark.parametrize("newer_first", [False, True])
async def test_of_two_lids_of_a_phone_the_newer_wins(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, newer_first: bool
) -> None:
    """The number went to somebody else: what the former owner writes is not the contact's."""
    async with db.unit_of_work(TENANT) as uow:
        identities, contact = uow.contact_identities, await add(uow, seed, PHONE)
        pairings = [(LID, NOW), (OTHER_LID, LATER)]
        for lid, paired_at in reversed(pairings) if newer_first else pairings:
            await identities.remember(seed.project_id, contact.id, PHONE, lid, now=paired_at)
        assert await identities.find(seed.project_id, None, OTHER_LID) == contact
        assert await identities.find(seed.project_id, None, LID) is None
        await uow.commit()
    assert stored(superuser) == [(OTHER_LID, PHONE.value, LATER)]


async def test_a_deleted_contact_gives_its_lid_free(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        identities, old = uow.contact_identities, await add(uow, seed, PHONE)
        await identities.remember(seed.project_id, old.id, PHONE, LID, now=LATER)
        await uow.contacts.save(old.delete(now=NOW))
        assert await identities.find(seed.project_id, PHONE, LID) is None
        new = await add(uow, seed)
        await identities.remember(seed.project_id, new.id, None, LID, now=NOW)
        assert await identities.find(seed.project_id, None, LID) == new
        await uow.contacts.remove(new)
        await uow.commit()
    assert stored(superuser) == [], "removed with its contact"


async def test_of_two_first_messages_of_a_lid_one_makes_the_contact(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async def first() -> None:
        async with db.unit_of_work(TENANT) as uow:
            contact = await add(uow, seed)
            await uow.contact_identities.remember(seed.project_id, contact.id, None, LID, now=NOW)
            await uow.commit()

    results = await asyncio.gather(*(first() for _ in range(5)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 4 + ["NoneType"]
    assert superuser.execute("SELECT count(*) FROM contacts").fetchone() == (1,)


async def test_nothing_is_sent_without_a_lid(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await uow.contact_identities.remember(seed.project_id, new_id(), PHONE, None, now=NOW)
        await uow.commit()


@pytest.mark.parametrize("lid", ["", "1@lid", "+1", "1 2", "\N{ARABIC-INDIC DIGIT ONE}", "1" * 501])
async def test_what_is_no_lid_is_refused(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, lid: str
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        contact = await add(uow, seed)
        for call in (
            uow.contact_identities.find(seed.project_id, PHONE, lid),
            uow.contact_identities.remember(seed.project_id, contact.id, PHONE, lid, now=NOW),
        ):
            with pytest.raises(ValidationError) as raised:
                await call
            assert raised.value.field == "lid"
        await uow.commit()
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute(
            "INSERT INTO contact_identities VALUES ('acme', %s, %s, NULL, %s, now())",
            [seed.project_id, lid, contact.id],
        )
