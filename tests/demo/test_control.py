"""The control is the library's own statement but for the check, and it loses what the library keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from tests.support.constants import NOW, TENANT
from ventros import Database, OptimisticLockError, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.demo.control import LastWriteWins, without_version_check
from ventros.demo.seed import Seed

Save = Callable[[UUID, str], Awaitable[None]]


def test_only_the_check_is_taken_out() -> None:
    update = ContactRepository.UPDATE
    text = without_version_check(update).text
    assert text.replace("AND $3::integer IS NOT NULL", "AND version = $3") == update.text
    with pytest.raises(ValueError, match="is not guarded"):
        without_version_check(ContactRepository.GET)


@pytest.mark.parametrize(("unit", "kept"), [(UnitOfWork, 1), (LastWriteWins, 2)])
async def test_of_two_tags_one_is_refused_or_lost(
    owner_dsn: str, db: Database[UnitOfWork], seed: Seed, unit: type[UnitOfWork], kept: int
) -> None:
    """Both commit with last write wins, and one of the two tags is gone; with the check one is told."""
    contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(contact)
        await uow.commit()
    both_loaded = asyncio.Barrier(2)
    arm = await Database.open(unit, owner_dsn)

    async def tag(name: str) -> None:
        async with arm.unit_of_work(TENANT) as uow:
            loaded = await uow.contacts.get(contact.id)
            await both_loaded.wait()
            await uow.contacts.save(loaded.add_tag(name, now=NOW))
            await uow.commit()

    async with arm:
        results = await asyncio.gather(tag("one"), tag("two"), return_exceptions=True)
    assert sum(result is None for result in results) == kept
    assert sum(isinstance(result, OptimisticLockError) for result in results) == 2 - kept
    async with db.unit_of_work(TENANT) as uow:
        assert len((await uow.contacts.get(contact.id)).tags) == 1
