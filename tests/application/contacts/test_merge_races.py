"""What others do while two contacts are merged is done before, or again: nothing lands on the merged one."""

from __future__ import annotations

import asyncio
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.conversations import LID, MINUTE, Two, identify, merge, owners, write
from tests.support.lock_waits import waits
from ventros import Conflict, Database, NotFound, UnitOfWork
from ventros.application.contacts import identify_contact
from ventros.application.contacts.merge_contacts import merge_contacts
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.identities import ContactIdentities, Match
from ventros.crm.contacts.repository import ContactRepository
from ventros.demo.seed import Seed
from ventros.kernel.errors import OptimisticLockErrors
from ventros.kernel.transaction.held import Held
from ventros.values import CustomField, CustomFieldType, Phone


async def test_a_merge_that_fails_leaves_both_as_they_were(
    db: Database[UnitOfWork], two: Two, seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await write(uow, seed, two.merged, "first")
        await uow.commit()
    async with db.unit_of_work(TENANT) as uow:
        await merge_contacts(uow, two.command())
    assert owners(superuser, "messages") == owners(superuser, "sessions") == {two.merged.id}
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.contacts.get(two.merged.id) == two.merged


async def test_a_contact_that_was_changed_meanwhile_is_not_merged_as_it_was(
    db: Database[UnitOfWork], two: Two, superuser: psycopg.Connection
) -> None:
    async def merge_once() -> None:
        async with db.unit_of_work(TENANT) as uow:
            await merge_contacts(uow, two.command())
            await uow.commit()

    async with db.unit_of_work(TENANT) as other:
        await other.contacts.save((await other.contacts.get(two.merged.id)).add_tag("vip", now=NOW))
        merging = asyncio.create_task(merge_once())
        assert await waits(merging, superuser)
        await other.commit()
        with pytest.raises(OptimisticLockErrors):
            await merging
    assert (await merge(db, two)).tags == ("whatsapp", "vip")


async def test_of_two_merges_of_the_same_contacts_one_finds_nothing_left(
    db: Database[UnitOfWork], two: Two
) -> None:
    results = await asyncio.gather(*(merge(db, two) for _ in range(4)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Contact"] + ["NotFound"] * 3


async def late_message(db: Database[UnitOfWork], two: Two, seed: Seed) -> None:
    """It has found its contact before the merge and is stored after it; too old to change the contact."""

    class Identities(ContactIdentities):
        async def match(self, project_id: UUID, phone: Phone | None, lid: str | None) -> Match:
            match = await super().match(project_id, phone, lid)
            assert match.contact == two.merged
            await merge(db, two)
            return match

    class Late(UnitOfWork):
        contact_identities = Held(Identities)

    async with Database(db._pool, Late, db.settings).unit_of_work(TENANT) as uow:
        await write(uow, seed, await identify(uow, seed, lid=LID, now=NOW - MINUTE), "late")
        await uow.commit()


async def test_a_message_that_comes_meanwhile_conflicts_and_is_decided_again(
    db: Database[UnitOfWork], two: Two, seed: Seed, superuser: psycopg.Connection
) -> None:
    with pytest.raises(Conflict) as raised:
        await late_message(db, two, seed)
    assert raised.value.retryable
    assert owners(superuser, "messages") == owners(superuser, "sessions") == set()
    async with db.unit_of_work(TENANT) as uow:
        await write(uow, seed, await identify(uow, seed, lid=LID, now=NOW - MINUTE), "late")
        await uow.commit()
    assert owners(superuser, "messages") == owners(superuser, "sessions") == {two.survivor.id}


@pytest.mark.spoiled
async def test_control_if_it_does_not_hold_its_contact_it_lands_on_the_merged_one(
    db: Database[UnitOfWork],
    two: Two,
    seed: Seed,
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def not_held(_uow: UnitOfWork, _contact: Contact) -> None:
        pass

    monkeypatch.setattr(identify_contact, "hold_contact", not_held)
    await late_message(db, two, seed)
    assert owners(superuser, "messages") == owners(superuser, "sessions") == {two.merged.id}


async def message_on_its_way(
    db: Database[UnitOfWork], two: Two, seed: Seed, superuser: psycopg.Connection
) -> None:
    """It is stored, and committed while the merge waits for somebody else who holds the survivor."""
    async with db.unit_of_work(TENANT) as message, db.unit_of_work(TENANT) as holder:
        contact = await identify(message, seed, lid=LID, now=NOW - MINUTE)
        await write(message, seed, contact, "on its way")
        await holder.contacts.get(two.survivor.id, lock="share")
        merging = asyncio.create_task(merge(db, two))
        assert await waits(merging, superuser)
        await message.commit()
        await asyncio.sleep(0.1)
        assert not merging.done(), "it does not wait for the holder"
        await holder.rollback()
        await merging


async def test_what_was_on_its_way_to_the_merged_contact_is_moved_with_the_rest(
    db: Database[UnitOfWork], two: Two, seed: Seed, superuser: psycopg.Connection
) -> None:
    await message_on_its_way(db, two, seed, superuser)
    assert owners(superuser, "messages") == owners(superuser, "sessions") == {two.survivor.id}


@pytest.mark.spoiled
async def test_control_without_the_lock_its_session_is_left_behind(
    db: Database[UnitOfWork],
    two: Two,
    seed: Seed,
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    statement = ContactRepository.LOCK_FOR_UPDATE
    unlocked = attrs.evolve(statement, text=statement.text.replace("FOR UPDATE", ""))
    assert unlocked != statement
    monkeypatch.setattr(ContactRepository, "LOCK_FOR_UPDATE", unlocked)
    await message_on_its_way(db, two, seed, superuser)
    assert owners(superuser, "sessions") == {two.merged.id}


async def test_neither_a_field_nor_a_membership_lands_on_a_contact_that_is_being_merged(
    db: Database[UnitOfWork], two: Two, seed: Seed, superuser: psycopg.Connection
) -> None:
    """Whoever sets it waits, and finds that the contact is gone."""
    async with db.unit_of_work(TENANT) as uow:
        contact_list = await uow.contact_lists.add(
            ContactList.create(
                project_id=seed.project_id, tenant_id=TENANT, name="List", is_static=True, now=NOW
            )
        )
        await uow.commit()

    async def set_field() -> None:
        async with db.unit_of_work(TENANT) as uow:
            field = CustomField("key", CustomFieldType.TEXT, "x")
            await uow.contact_custom_fields.set(two.merged.id, field, now=NOW)
            await uow.commit()

    async def join_list() -> None:
        async with db.unit_of_work(TENANT) as uow:
            await uow.contact_lists.add_members(contact_list.id, [two.merged.id], now=NOW)
            await uow.commit()

    async with db.unit_of_work(TENANT) as uow:
        await merge_contacts(uow, two.command())
        tasks = [asyncio.create_task(set_field()), asyncio.create_task(join_list())]
        await asyncio.sleep(0.2)
        assert not any(task.done() for task in tasks), "they do not wait"
        await uow.commit()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(result) for result in results] == [NotFound, NotFound]
    assert owners(superuser, "contact_custom_fields") == owners(superuser, "contact_list_members") == set()
