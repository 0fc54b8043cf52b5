"""What a wire carries in all its forms, and the truth about it from the database itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from ventros import AlreadyExists, Database, OptimisticLockError, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.connection.call import Call
from ventros.kernel.connection.wire import Wire
from ventros.statements import statement

GET_CONTACT, GET_PROJECT = statement("contacts.get"), statement("projects.get")


async def the_wire(db: Database[UnitOfWork]) -> Wire:
    """Of the connection that the pool hands out next."""
    async with db.connection() as connection:
        assert isinstance(connection.wire, Wire), "the pool is without a wire"
        return connection.wire


async def new_contacts(db: Database[UnitOfWork], seed: Seed, count: int) -> list[Contact]:
    contacts = [
        Contact.create(project_id=seed.project_id, tenant_id=TENANT, name=f"new {number}", now=NOW)
        for number in range(count)
    ]
    async with db.unit_of_work(TENANT) as uow:
        contacts = list(await uow.add_all(*contacts))
        await uow.commit()
    return contacts


async def in_short(db: Database[UnitOfWork], id_: UUID, name: str) -> None:
    """Two messages: a read with BEGIN, an update with its event and COMMIT."""
    async with db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.get(id_)
        await uow.commit(contact.rename(name, now=NOW))


async def apart(db: Database[UnitOfWork], id_: UUID, name: str) -> None:
    """Three: the read, the update, and the event with COMMIT."""
    async with db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.get(id_)
        await uow.contacts.save(contact.rename(name, now=NOW))
        await uow.commit()


async def together(db: Database[UnitOfWork], id_: UUID, name: str) -> None:
    """Kept answers are read again: of two reads that stand in front of a third."""
    async with db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.get(id_)
        calls = [
            Call(GET_CONTACT, ((TENANT, id_),)),
            Call(GET_PROJECT, ((TENANT, contact.project_id),)),
            Call(GET_CONTACT, ((TENANT, id_),)),
        ]
        first, project, second = await uow.connection.together(calls)
        assert (first[0]["id"], project[0]["id"]) == (id_, contact.project_id)
        assert first[0]["name"] == second[0]["name"] == contact.name
        (saved,) = await uow.save_all(contact.rename(name, now=NOW))
        assert saved.version == contact.version + 1
        await uow.commit()


FORMS = [in_short, apart, together]


async def read(db: Database[UnitOfWork], id_: UUID) -> str:
    """One message, and a COMMIT that nobody waits for."""
    async with db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.get(id_)
        assert contact.id == id_
        await uow.commit()
    return contact.name


async def refused(db: Database[UnitOfWork], contact: Contact) -> None:
    """An error in the middle of parts that ride, and a conflict in the message of COMMIT."""
    before, twin, behind = (
        Contact.create(project_id=contact.project_id, tenant_id=TENANT, name=name, now=NOW)
        for name in ("nobody", "twin", "nobody")
    )
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(twin)
        await uow.commit()
    with pytest.raises(AlreadyExists):
        async with db.unit_of_work(TENANT) as uow:
            await uow.add_all(before, twin, behind)
    with pytest.raises(OptimisticLockError):
        async with db.unit_of_work(TENANT) as uow:
            await uow.commit(contact.rename("stale", now=NOW))


async def rounds(db: Database[UnitOfWork], contact: Contact, count: int) -> str:
    """Its last name; every read on the way saw the name that was stored before."""
    name = contact.name
    for number in range(count):
        name = f"{contact.id} {number}"
        await FORMS[number % len(FORMS)](db, contact.id, name)
        assert await read(db, contact.id) == name
        if number % 4 == 0:
            await refused(db, contact)
    return name


async def all_forms(db: Database[UnitOfWork], seed: Seed, tasks: int, count: int) -> dict[UUID, str]:
    """The names that so many tasks at once gave their contacts last."""
    contacts = await new_contacts(db, seed, tasks)
    names = await asyncio.gather(*(rounds(db, contact, count) for contact in contacts))
    async with db.unit_of_work(TENANT) as uow:
        page = await uow.contacts.page(limit=1000)
        await uow.commit()
    assert sorted(contact.name for contact in page.items if contact.name != "twin") == sorted(names)
    return {contact.id: name for contact, name in zip(contacts, names, strict=True)}


def stored(superuser: psycopg.Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = superuser.execute("SELECT id, name FROM contacts WHERE id = ANY (%s)", [list(ids)]).fetchall()
    return dict(rows)


def without_a_gap(superuser: psycopg.Connection, id_: UUID) -> bool:
    """Whether the outbox has each version of it once, up to that which is stored."""
    row = superuser.execute(
        "SELECT array_agg(DISTINCT aggregate_version ORDER BY aggregate_version) = ARRAY(SELECT"
        " generate_series(1, (SELECT version FROM contacts WHERE id = %(id)s))) FROM outbox_events"
        " WHERE aggregate_id = %(id)s",
        {"id": id_},
    ).fetchone()
    assert row is not None
    return bool(row[0])
