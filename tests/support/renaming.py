"""A contact to be renamed, and a statement that fails with a value in its error."""

from __future__ import annotations

import asyncpg
import pytest

from tests.support.constants import NOW, TENANT
from ventros import Database, Telemetry, UnitOfWork
from ventros.core import users
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import AlreadyExists
from ventros.kernel.ids import new_id


async def added(db: Database[UnitOfWork], seed: Seed) -> Contact:
    async with db.unit_of_work(TENANT) as uow:
        contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        contact = await uow.contacts.add(contact)
        await uow.commit()
    return contact


async def rename(db: Database[UnitOfWork], contact: Contact, name: str) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.apply(contact.id, Contact.rename, name, now=NOW)
        await uow.commit()


async def add_twice(telemetry: Telemetry, dsn: str) -> AlreadyExists:
    """The error, whose cause quotes what was added: PostgreSQL tells it to whom no policy confines."""
    async with await Database.open(UnitOfWork, dsn) as unobserved:
        await unobserved.run(None, lambda uow: users.add(uow, "secret@acme.example"), user=new_id())
    async with await Database.open(UnitOfWork, dsn, telemetry=telemetry) as observed:
        with pytest.raises(AlreadyExists) as caught:
            async with observed.unit_of_work(TENANT, user=new_id()) as uow:
                await users.add(uow, "secret@acme.example")
    assert isinstance(caught.value.__cause__, asyncpg.UniqueViolationError)
    assert "secret" not in str(caught.value.__cause__)
    assert "secret" in caught.value.__cause__.detail.reveal()  # type: ignore[union-attr]
    return caught.value
