"""Work of the library that is looked for in the server's statistics afterwards."""

from __future__ import annotations

from tests.support.constants import NOW, TENANT
from ventros import Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.list_query import ContactFilter, ContactSort
from ventros.demo.seed import Seed
from ventros.kernel.lists import Direction

SHAPE = "contacts.page(name, tags) by name desc"


async def work(db: Database[UnitOfWork], seed: Seed) -> None:
    """A contact is added, listed and renamed, each in a unit of its own."""
    contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(contact)
        await uow.commit()
    async with db.unit_of_work(TENANT) as uow:
        chosen = ContactFilter(name="a", tags=["vip"])
        await uow.contacts.page(chosen, sort=ContactSort.NAME, direction=Direction.DESC, limit=7)
    for name in ("Alice", "Bob"):
        async with db.unit_of_work(TENANT) as uow:
            loaded = await uow.contacts.get(contact.id)
            await uow.contacts.save(loaded.rename(name, now=NOW))
            await uow.commit()
