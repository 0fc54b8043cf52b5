"""Aggregates of several tables saved together: one order of locks, one order of events."""

from __future__ import annotations

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.listening import listen
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import OptimisticLockErrors, TenancyViolation, UnitOfWorkError
from ventros.kernel.ids import new_id


async def stored(db: Database[UnitOfWork], seed: Seed) -> Contact:
    async with db.unit_of_work(TENANT) as uow:
        new = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        added = await uow.contacts.add(new)
        await uow.commit()
    return added


async def test_tables_are_locked_by_name_and_events_keep_the_order_given(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    contact = await stored(db, seed)
    async with db.unit_of_work(TENANT) as uow:
        project = await uow.projects.get(seed.project_id)
        channel = await uow.channels.get(seed.channel_id)
        uow.channels.verify(channel)
        sent = listen(uow)
        changed = project.rename("Acme 2", now=NOW), contact.rename("Alice", now=NOW)
        saved = await uow.save_all(*changed)
        assert sent == [
            "channels.lock_for_share",
            "contacts.lock_for_no_key_update",
            "projects.lock_for_no_key_update",
            "contacts.update",
            "projects.update",
        ]
        await uow.commit()
    assert [(type(contact), contact.name, contact.version) for contact in saved] == [
        (type(project), "Acme 2", 2),
        (Contact, "Alice", 2),
    ]
    last = superuser.execute(
        "SELECT aggregate_type FROM outbox_events WHERE aggregate_version = 2 ORDER BY position"
    ).fetchall()
    assert last == [("project",), ("contact",)]


async def test_what_cannot_be_saved_together_is_refused(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    unchanged = await stored(db, seed)
    changed = unchanged.rename("Alice", now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(UnitOfWorkError, match="given twice"):
            await uow.save_all(changed, changed)
        with pytest.raises(UnitOfWorkError, match="str is no aggregate"):
            await uow.save_all(changed, "Alice")
        await uow.contacts.get(unchanged.id)
        sent = listen(uow)
        assert await uow.save_all(unchanged) == (unchanged,)
        assert await uow.save_all() == ()
        assert sent == []
    async with db.unit_of_work(OTHER_TENANT) as uow:
        with pytest.raises(TenancyViolation):
            await uow.save_all(changed)
        with pytest.raises(TenancyViolation):
            uow.contacts.verify(changed)


async def test_a_verification_outlives_a_savepoint_that_is_rolled_back(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    """Saved in the savepoint, the contact needed none; undone, it does again."""
    contact, other = await stored(db, seed), await stored(db, seed)
    for together in (False, True):
        async with db.unit_of_work(TENANT) as uow:
            uow.contacts.verify(contact)
            with pytest.raises(NotFound):
                async with uow.savepoint():
                    changed = (contact if not together else other).rename("Alice", now=NOW)
                    await (uow.save_all(changed) if together else uow.contacts.save(changed))
                    raise NotFound("reason", "to undo")
            async with db.unit_of_work(TENANT) as rival:
                await rival.contacts.touch(contact)
                await rival.commit()
            with pytest.raises(OptimisticLockErrors):
                await uow.commit()
        async with db.unit_of_work(TENANT) as uow:
            contact = await uow.contacts.get(contact.id)


async def test_how_a_lock_is_waited_for_is_said_once_and_only_of_a_lock(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ValidationError):
            await uow.contacts.get(new_id(), nowait=True)
        with pytest.raises(ValidationError):
            await uow.contacts.get(new_id(), lock="no key update", nowait=True, skip_locked=True)
        with pytest.raises(ValidationError):
            await uow.contacts.get(new_id(), lock="exclusive")  # type: ignore[arg-type]
