"""Contacts join static lists and leave them, many at once, and are counted to the row."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.inbound_messages import MINUTE
from tests.support.lock_waits import waits
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.contact_lists.add_contacts_to_list import AddContactsToList, add_contacts_to_list
from ventros.application.contact_lists.contacts_of_list import MOST
from ventros.application.contact_lists.delete_contact_list import DeleteContactList, delete_contact_list
from ventros.application.contact_lists.remove_contacts_from_list import (
    RemoveContactsFromList,
    remove_contacts_from_list,
)
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.values import MessageTemplate, TemplateType
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.repository import ContactListRepository
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation, StillReferenced
from ventros.kernel.ids import new_id
from ventros.kernel.resources import directory

LATER = NOW + MINUTE


async def stored_list(db: Database[UnitOfWork], seed: Seed, *, is_static: bool = True) -> ContactList:
    contact_list = ContactList.create(
        project_id=seed.project_id, tenant_id=seed.tenant, name="VIP", is_static=is_static, now=NOW
    )
    return await db.run(seed.tenant, lambda uow: uow.contact_lists.add(contact_list))


async def stored_contacts(db: Database[UnitOfWork], seed: Seed, number: int) -> list[UUID]:
    contacts = [
        Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name=f"{n}", now=NOW)
        for n in range(number)
    ]
    await db.run(seed.tenant, lambda uow: uow.add_all(*contacts))
    return sorted(contact.id for contact in contacts)


def addition(contact_list: ContactList, ids: list[UUID]) -> AddContactsToList:
    return AddContactsToList(contact_list_id=contact_list.id, contact_ids=tuple(ids), added_at=LATER)


async def add(db: Database[UnitOfWork], contact_list: ContactList, ids: list[UUID]) -> tuple[UUID, ...]:
    return await db.run(TENANT, lambda uow: add_contacts_to_list(uow, addition(contact_list, ids)))


async def remove(db: Database[UnitOfWork], contact_list: ContactList, ids: list[UUID]) -> tuple[UUID, ...]:
    command = RemoveContactsFromList(
        contact_list_id=contact_list.id, contact_ids=tuple(ids), removed_at=LATER
    )
    return await db.run(TENANT, lambda uow: remove_contacts_from_list(uow, command))


async def delete(db: Database[UnitOfWork], contact_list: ContactList) -> ContactList:
    command = DeleteContactList(contact_list_id=contact_list.id, deleted_at=LATER)
    return await db.run(TENANT, lambda uow: delete_contact_list(uow, command))


async def counts(db: Database[UnitOfWork], contact_list: ContactList) -> tuple[int, int]:
    """What was counted, and what there is."""
    async with db.unit_of_work(TENANT) as uow:
        lists = uow.contact_lists
        return await lists.count_members(contact_list.id), await lists.count_contacts(contact_list)


def events(superuser: psycopg.Connection) -> list[tuple[Any, ...]]:
    return superuser.execute(
        "SELECT event_name, payload ->> 'contact_id', aggregate_version FROM outbox_events"
        " WHERE event_name LIKE 'contact_list.contact_%' ORDER BY position"
    ).fetchall()


async def test_many_join_and_leave_and_each_is_told_and_counted(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact_list, ids = await stored_list(db, seed), await stored_contacts(db, seed, 5)
    assert await add(db, contact_list, [ids[2], ids[0], ids[2]]) == (ids[0], ids[2])
    assert await add(db, contact_list, ids) == (ids[1], ids[3], ids[4])
    assert await counts(db, contact_list) == (5, 5)
    assert await remove(db, contact_list, [ids[3], new_id(), ids[0]]) == (ids[0], ids[3])
    assert await remove(db, contact_list, [ids[3]]) == ()
    assert await counts(db, contact_list) == (3, 3)
    order = [("added", n) for n in (0, 2, 1, 3, 4)] + [("removed", n) for n in (0, 3)]
    assert events(superuser) == [(f"contact_list.contact_{what}", str(ids[n]), None) for what, n in order]
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.contact_lists.get(contact_list.id) == contact_list


async def test_all_join_or_none(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    contact_list, (first, gone) = await stored_list(db, seed), await stored_contacts(db, seed, 2)
    (stranger,) = await stored_contacts(db, other_seed, 1)
    await db.run(TENANT, lambda uow: uow.contacts.apply(gone, Contact.delete, now=NOW))
    for missing in (gone, stranger, new_id()):
        with pytest.raises(NotFound, match=f"contact {missing}"):
            await add(db, contact_list, [first, missing])
    assert (await counts(db, contact_list), events(superuser)) == ((0, 0), [])


async def test_only_a_live_static_list_of_the_tenant_has_members(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    dynamic, deleted = await stored_list(db, seed, is_static=False), await stored_list(db, seed)
    strange, ids = await stored_list(db, other_seed), await stored_contacts(db, seed, 1)
    await delete(db, deleted)
    for write in (add, remove):
        with pytest.raises(InvariantViolation, match="dynamic"):
            await write(db, dynamic, ids)
        for missing in (deleted, strange):
            with pytest.raises(NotFound, match="contact_list "):
                await write(db, missing, ids)


@pytest.mark.parametrize("number", [0, MOST + 1])
def test_one_command_has_1_to_1_000(number: int) -> None:
    for make in (AddContactsToList, RemoveContactsFromList):
        at = {"added_at" if make is AddContactsToList else "removed_at": NOW}
        with pytest.raises(ValidationError, match="1 to 1,000"):
            make(contact_list_id=new_id(), contact_ids=(new_id(),) * number, **at)


async def churn(db: Database[UnitOfWork], seed: Seed) -> tuple[int, int]:
    """Eight at once add and remove overlapping parts, each in an order of its own."""
    contact_list, ids = await stored_list(db, seed), await stored_contacts(db, seed, 30)

    async def work(number: int) -> None:
        chance = random.Random(number)
        for _ in range(6):
            write = chance.choice((add, add, remove))
            await write(db, contact_list, chance.sample(ids, 12))

    await asyncio.gather(*(work(number) for number in range(8)))
    return await counts(db, contact_list)


async def test_however_many_write_at_once_the_count_is_that_of_the_rows(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    counted, members = await churn(db, seed)
    assert counted == members > 0


@pytest.mark.spoiled
async def test_control_counted_by_what_was_asked_it_is_not(
    db: Database[UnitOfWork], seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the contacts that were asked for, not of the rows that came."""
    statement = ContactListRepository.ADD_MEMBERS
    wrong = attrs.evolve(statement, text=statement.text.replace("FROM joined\n", "FROM held\n"))
    assert wrong != statement
    monkeypatch.setattr(ContactListRepository, "ADD_MEMBERS", wrong)
    counted, members = await churn(db, seed)
    assert counted > members


# The list


async def test_a_deleted_list_is_not_found_again(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact_list = await stored_list(db, seed)
    deleted = await delete(db, contact_list)
    assert (deleted.version, deleted.deleted_at) == (2, LATER)
    for _ in range(2):
        with pytest.raises(NotFound):
            await delete(db, contact_list)
    told = "SELECT count(*) FROM outbox_events WHERE event_name = 'contact_list.deleted'"
    assert superuser.execute(told).fetchone() == (1,)


async def test_another_tenants_list_is_not_found(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    command = DeleteContactList(contact_list_id=(await stored_list(db, seed)).id, deleted_at=LATER)
    with pytest.raises(NotFound):
        await db.run(OTHER_TENANT, lambda uow: delete_contact_list(uow, command))


async def test_the_list_of_a_broadcast_that_is_scheduled_or_running_stays(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    contact_list, other = await stored_list(db, seed), await stored_list(db, seed)
    broadcast = Broadcast.create(
        tenant_id=TENANT,
        name="Spring",
        list_id=contact_list.id,
        channel_id=seed.channel_id,
        message_template=MessageTemplate(type=TemplateType.TEXT, content="Hello"),
        now=NOW,
    )
    broadcast = await db.run(TENANT, lambda uow: uow.broadcasts.add(broadcast))
    refused = f"broadcast {broadcast.id} .* cancel it first"
    await db.run(TENANT, lambda uow: uow.broadcasts.apply(broadcast.id, Broadcast.schedule, LATER, now=NOW))
    with pytest.raises(InvariantViolation, match=refused):
        await delete(db, contact_list)
    await db.run(TENANT, lambda uow: uow.broadcasts.apply(broadcast.id, Broadcast.start, now=LATER))
    with pytest.raises(InvariantViolation, match=refused):
        await delete(db, contact_list)
    assert (await delete(db, other)).deleted_at == LATER
    await db.run(TENANT, lambda uow: uow.broadcasts.apply(broadcast.id, Broadcast.cancel, now=NOW))
    assert (await delete(db, contact_list)).deleted_at == LATER


async def member_of_a_deleted_list(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> tuple[type[BaseException] | None, bool]:
    """What becomes of somebody who joins while the list is being deleted, and whether that waited."""
    contact_list, ids = await stored_list(db, seed), await stored_contacts(db, seed, 1)
    async with db.unit_of_work(TENANT) as uow:
        deleted = (await uow.contact_lists.get(contact_list.id, lock="update")).delete(now=LATER)
        await uow.contact_lists.save(deleted)
        joining = asyncio.create_task(add(db, contact_list, ids))
        waited = await waits(joining, superuser)
        await uow.commit()
    (result,) = await asyncio.gather(joining, return_exceptions=True)
    return (type(result) if isinstance(result, BaseException) else None), waited


async def test_nobody_joins_a_list_that_is_being_deleted(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    assert await member_of_a_deleted_list(db, seed, superuser) == (NotFound, True)


@pytest.mark.spoiled
async def test_control_without_the_lock_on_the_list_somebody_does(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement = ContactListRepository.ADD_MEMBERS
    unlocked = attrs.evolve(statement, text=statement.text.replace("FOR SHARE OF l", ""))
    assert unlocked != statement
    monkeypatch.setattr(ContactListRepository, "ADD_MEMBERS", unlocked)
    assert (await member_of_a_deleted_list(db, seed, superuser))[0] is None


async def test_a_member_is_not_removed_for_good_before_it_is_taken_out(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    """The removal would take the membership along, and nobody would count it."""
    contact_list, ids = await stored_list(db, seed), await stored_contacts(db, seed, 1)
    await add(db, contact_list, ids)

    async def remove_contact(uow: UnitOfWork) -> None:
        await uow.contacts.remove(await uow.contacts.get(ids[0]))

    with pytest.raises(StillReferenced) as raised:
        await db.run(TENANT, remove_contact)
    assert raised.value.table == "contact_list_members"
    await remove(db, contact_list, ids)
    await db.run(TENANT, remove_contact)
    assert await counts(db, contact_list) == (0, 0)


@pytest.mark.parametrize("forced", [False, True], ids=["as it is", "control: under forced row security"])
async def test_members_that_were_there_before_are_counted_by_the_migration(
    db: Database[UnitOfWork],
    seed: Seed,
    other_seed: Seed,
    superuser: psycopg.Connection,
    owner_dsn: str,
    forced: bool,
) -> None:
    lists = [await stored_list(db, one) for one in (seed, other_seed)]
    for one, contact_list in zip((seed, other_seed), lists, strict=True):
        ids = await stored_contacts(db, one, 2)
        async with db.unit_of_work(one.tenant) as uow:
            await add_contacts_to_list(uow, addition(contact_list, ids))
            await uow.commit()
    superuser.execute("DELETE FROM contact_list_counters")
    superuser.execute("ALTER TABLE contact_list_counters NO FORCE ROW LEVEL SECURITY")  # as just made
    migration = directory("migrations") / "0140.create-contact-list-counters.sql"
    text = migration.read_text(encoding="utf-8")
    if forced:
        text = text.replace("ALTER TABLE contact_list_members NO FORCE ROW LEVEL SECURITY;", "")
    with psycopg.connect(owner_dsn) as owner:
        owner.execute("SET app.tenant_id = 'acme'")
        owner.execute(text.encode())
    counted = superuser.execute("SELECT contact_list_id, sum(members) FROM contact_list_counters GROUP BY 1")
    wanted = {contact_list.id: 2 for contact_list in lists[: 1 if forced else 2]}
    assert dict(counted.fetchall()) == wanted
