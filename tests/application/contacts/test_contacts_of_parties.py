"""A party is found by its phone or LID, or becomes a contact."""

from __future__ import annotations

import pytest

from tests.support.constants import NOW, TENANT
from tests.support.inbound_messages import ADA, MINUTE, PHONE
from ventros import Database, UnitOfWork, ValidationError
from ventros.application.contacts.contacts_of_parties import find_contact, save_contact
from ventros.application.messages.inbound import Party
from ventros.demo.seed import Seed


async def test_it_is_created_once_and_then_found(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        assert await find_contact(uow, seed.project_id, ADA) is None
        contact = await save_contact(uow, seed.project_id, ADA, now=NOW)
        assert (contact.name, str(contact.phone), contact.tags) == ("Ada", PHONE, ("whatsapp",))
        renamed = Party(phone=PHONE, name="Ada L.")
        again = await save_contact(uow, seed.project_id, renamed, now=NOW + MINUTE)
        assert (again.id, again.name, again.last_interaction_at) == (contact.id, "Ada L.", NOW + MINUTE)
        nameless = await save_contact(uow, seed.project_id, Party(phone=PHONE), now=NOW + MINUTE)
        assert (nameless.id, nameless.name) == (contact.id, "Ada L.")


@pytest.mark.parametrize(
    ("party", "name", "phone"),
    [
        (Party(phone=PHONE), PHONE, PHONE),
        (Party(lid="797000000400001"), "797000000400001", None),
        (Party(lid="797000000400001", name="Ada"), "Ada", None),
    ],
)
async def test_without_a_name_it_is_called_by_what_is_known(
    db: Database[UnitOfWork], seed: Seed, party: Party, name: str, phone: str | None
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        contact = await save_contact(uow, seed.project_id, party, now=NOW)
        assert (contact.name, contact.phone and str(contact.phone)) == (name, phone)


@pytest.mark.parametrize(
    "party", [Party(phone="123"), Party(phone="1" * 501), Party(phone=PHONE, name="x" * 501)]
)
async def test_what_is_no_phone_or_name_is_refused(
    db: Database[UnitOfWork], seed: Seed, party: Party
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ValidationError):
            await save_contact(uow, seed.project_id, party, now=NOW)


async def test_a_lid_that_was_told_with_the_phone_finds_the_contact_later(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    both, alone = Party(phone=PHONE, lid="797000000400001"), Party(lid="797000000400001")
    async with db.unit_of_work(TENANT) as uow:
        assert await find_contact(uow, seed.project_id, alone) is None
        contact = await save_contact(uow, seed.project_id, both, now=NOW)
        for known in (both, alone, Party(phone=PHONE)):
            found = await find_contact(uow, seed.project_id, known)
            assert found is not None
            assert found.id == contact.id
        again = await save_contact(uow, seed.project_id, alone, now=NOW + MINUTE)
        assert again.id == contact.id
