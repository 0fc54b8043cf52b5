"""The test that the project was founded on: of two who loaded one contact, only one may save."""

from __future__ import annotations

import asyncio
from uuid import UUID

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import (
    AlreadyExists,
    Database,
    NotFound,
    OptimisticLockError,
    UnitOfWork,
    is_optimistic_lock_error,
)
from ventros.crm.contacts import mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.demo.seed import Seed
from ventros.kernel.errors import TenancyViolation, WriteSuppressed


def new_contact(seed: Seed, name: str = "Ada") -> Contact:
    return Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name=name, now=NOW)


async def stored(db: Database[UnitOfWork], contact: Contact) -> Contact:
    async with db.unit_of_work(contact.tenant_id) as uow:
        saved = await uow.contacts.add(contact)
        await uow.commit()
    return saved


async def load(db: Database[UnitOfWork], id_: UUID, tenant: str = TENANT) -> Contact:
    async with db.unit_of_work(tenant) as uow:
        return await uow.contacts.get(id_)


async def save(db: Database[UnitOfWork], contact: Contact) -> Contact:
    async with db.unit_of_work(contact.tenant_id) as uow:
        saved = await uow.contacts.save(contact)
        await uow.commit()
    return saved


async def test_the_second_of_two_savers_conflicts(db: Database[UnitOfWork], seed: Seed) -> None:
    contact = await stored(db, new_contact(seed))
    first, second = await load(db, contact.id), await load(db, contact.id)
    assert first.version == second.version == 1

    alice = await save(db, first.rename("Alice", now=NOW))
    assert (alice.name, alice.version, alice.domain_events) == ("Alice", 2, ())

    with pytest.raises(OptimisticLockError) as caught:
        await save(db, second.rename("Bob", now=NOW))
    error = caught.value
    assert (error.resource, error.id, error.expected, error.actual) == ("contact", contact.id, 1, 2)
    assert is_optimistic_lock_error(error)
    assert await load(db, contact.id) == alice


class RereadingContacts(ContactRepository):
    """The earlier system's save: it reads the version again, and compares with that."""

    async def save(self, aggregate: Contact) -> Contact:
        row = await self.connection.maybe(self.STORED_VERSION, *self.key(aggregate.id))
        assert row is not None
        tenant, id_, _loaded, *columns = mapper.update_args(aggregate)
        assert await self.connection.maybe(self.UPDATE, tenant, id_, row["version"], *columns)
        return aggregate


async def test_control_a_save_that_reads_the_version_again_overwrites(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    contact = await stored(db, new_contact(seed))
    first, second = await load(db, contact.id), await load(db, contact.id)
    for changed in (first.rename("Alice", now=NOW), second.rename("Bob", now=NOW)):
        async with db.unit_of_work(TENANT) as uow:
            await RereadingContacts(uow).save(changed)
            await uow.commit()
    assert (await load(db, contact.id)).name == "Bob"


async def test_of_many_racers_one_wins_and_the_others_are_told(db: Database[UnitOfWork], seed: Seed) -> None:
    contact = await stored(db, new_contact(seed))
    loaded = await load(db, contact.id)
    results = await asyncio.gather(
        *(save(db, loaded.rename(f"Racer {number}", now=NOW)) for number in range(10)), return_exceptions=True
    )
    winners = [result for result in results if isinstance(result, Contact)]
    losers = [result for result in results if isinstance(result, OptimisticLockError)]
    assert (len(winners), len(losers)) == (1, 9)
    assert {(loser.expected, loser.actual) for loser in losers} == {(1, 2)}
    assert await load(db, contact.id) == winners[0]


async def test_saving_the_old_instance_again_conflicts(db: Database[UnitOfWork], seed: Seed) -> None:
    loaded = await load(db, (await stored(db, new_contact(seed))).id)
    renamed = loaded.rename("Alice", now=NOW)
    await save(db, renamed)
    with pytest.raises(OptimisticLockError):
        await save(db, renamed)


async def test_saving_twice_in_one_unit_steps_the_version_twice(db: Database[UnitOfWork], seed: Seed) -> None:
    contact = await stored(db, new_contact(seed))
    async with db.unit_of_work(TENANT) as uow:
        once = await uow.contacts.save(contact.rename("Alice", now=NOW))
        twice = await uow.contacts.save(once.add_tag("vip", now=NOW))
        await uow.commit()
    assert twice.version == 3
    assert await load(db, contact.id) == twice


async def test_an_unchanged_contact_is_not_written(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact = await stored(db, new_contact(seed).add_tag("vip", now=NOW))
    unchanged = contact.add_tag("vip", now=NOW).rename(contact.name, now=NOW)
    before = superuser.execute("SELECT xmin FROM contacts").fetchone()
    assert await save(db, unchanged) is contact
    assert superuser.execute("SELECT xmin FROM contacts").fetchone() == before


async def test_a_contact_that_is_gone_is_not_found_and_never_inserted_again(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact = await stored(db, new_contact(seed))
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.remove(contact)
        await uow.commit()
    with pytest.raises(OptimisticLockError) as caught:
        await save(db, contact.rename("Alice", now=NOW))
    assert caught.value.actual is None
    with pytest.raises(NotFound):
        await load(db, contact.id)
    assert superuser.execute("SELECT count(*) FROM contacts").fetchone() == (0,)
    names = superuser.execute(
        "SELECT event_name, aggregate_version FROM outbox_events WHERE aggregate_id = %s ORDER BY position",
        [contact.id],
    ).fetchall()
    assert names == [("contact.created", 1), ("contact.removed", 2)]


async def test_removing_a_stale_contact_conflicts(db: Database[UnitOfWork], seed: Seed) -> None:
    contact = await stored(db, new_contact(seed))
    await save(db, contact.rename("Alice", now=NOW))
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(OptimisticLockError):
            await uow.contacts.remove(contact)


async def test_a_deleted_contact_is_not_found(db: Database[UnitOfWork], seed: Seed) -> None:
    contact = await stored(db, new_contact(seed))
    await save(db, contact.delete(now=NOW))
    with pytest.raises(NotFound):
        await load(db, contact.id)
    with pytest.raises(OptimisticLockError) as caught:
        await save(db, contact.rename("Alice", now=NOW))
    assert caught.value.actual is None


async def test_the_same_id_twice_already_exists(db: Database[UnitOfWork], seed: Seed) -> None:
    contact = new_contact(seed)
    await stored(db, contact)
    with pytest.raises(AlreadyExists) as caught:
        await stored(db, contact)
    assert caught.value.constraint == "contacts_pkey"


async def test_another_tenants_contact_is_not_found(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    contact = await stored(db, new_contact(seed))
    with pytest.raises(NotFound):
        await load(db, contact.id, OTHER_TENANT)
    async with db.unit_of_work(OTHER_TENANT) as uow:
        for write in (uow.contacts.add, uow.contacts.save, uow.contacts.remove):
            with pytest.raises(TenancyViolation):
                await write(contact.rename("Eve", now=NOW))
    assert (await load(db, contact.id)).name == "Ada"


async def test_a_write_that_a_trigger_eats_is_no_conflict(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact = await stored(db, new_contact(seed))
    superuser.execute(
        """
        CREATE FUNCTION eat() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
        CREATE TRIGGER eat BEFORE UPDATE ON contacts FOR EACH ROW EXECUTE FUNCTION eat()
        """
    )
    with pytest.raises(WriteSuppressed):
        await save(db, contact.rename("Alice", now=NOW))
