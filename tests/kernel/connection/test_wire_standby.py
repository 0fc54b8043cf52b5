"""On a hot standby: reads over a wire, with a COMMIT that nobody waits for, and no write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.constants import NOW, TENANT
from tests.support.standby import hot_standby
from tests.support.wire_load import in_short, new_contacts, the_wire
from ventros import CRM, Database, UnitOfWork, roles
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import seed_tenant
from ventros.devserver import DevServer
from ventros.kernel.connection.settings import Settings
from ventros.kernel.errors import ServerReadOnly
from ventros.kernel.outcome import Outcome
from ventros.kernel.transaction.begin import Isolation
from ventros.migrate import migrate

NAMES = [f"name {number}" for number in range(20)]


@pytest.fixture(scope="module")
def primary() -> Iterator[DevServer]:
    with DevServer(durable=False) as running:
        roles.set_up(running.superuser_dsn("ventros"), CRM)
        migrate(running.owner_dsn(), CRM)
        roles.set_up(running.owner_dsn(), CRM)
        yield running


@pytest.fixture(scope="module")
def standby_dsn(primary: DevServer) -> Iterator[str]:
    with hot_standby(primary) as place:
        yield primary.dsn().replace("port=5432", place)


@pytest.fixture(scope="module")
def contact(primary: DevServer) -> Contact:
    async def make() -> Contact:
        async with await Database.open(UnitOfWork, primary.dsn()) as db:
            seed = await seed_tenant(db, TENANT, "acme-phone", NOW)
            (contact,) = await new_contacts(db, seed, 1)
            return contact

    return asyncio.run(make())


@pytest.fixture
async def standby(standby_dsn: str, contact: Contact) -> AsyncIterator[Database[UnitOfWork]]:
    async with await Database.open(UnitOfWork, standby_dsn, Settings(max_size=3)) as db:
        assert await the_wire(db)
        yield db


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
async def test_reads_follow_the_primary(
    primary: DevServer, standby: Database[UnitOfWork], contact: Contact, isolation: Isolation
) -> None:
    """Each reader sees the names in their order, and the last one."""

    async def reader() -> list[str]:
        seen: list[str] = []
        while not seen or seen[-1] != NAMES[-1]:
            async with standby.unit_of_work(TENANT, read_only=True, isolation=isolation) as uow:
                page = await uow.contacts.page()
                if contact.id in {one.id for one in page.items}:
                    again = await uow.contacts.get(contact.id)
                    seen.append(again.name)
                await uow.commit()
            assert uow.outcome is Outcome.COMMITTED
        return seen

    async with asyncio.timeout(60), await Database.open(UnitOfWork, primary.dsn()) as db:
        await in_short(db, contact.id, f"before {isolation}")
        readers = [asyncio.create_task(reader()) for _ in range(8)]
        for name in NAMES:
            await in_short(db, contact.id, name)
        for seen in await asyncio.gather(*readers):
            numbers = [NAMES.index(name) for name in seen if name in NAMES]
            assert numbers == sorted(numbers)
            assert numbers[-1] == len(NAMES) - 1


async def test_a_write_is_refused_and_the_connection_left(
    standby: Database[UnitOfWork], contact: Contact
) -> None:
    async with standby.unit_of_work(TENANT) as uow:
        await uow.contacts.page()
        with pytest.raises(ServerReadOnly):
            await uow.contacts.add(
                Contact.create(project_id=contact.project_id, tenant_id=TENANT, name="new", now=NOW)
            )
    assert uow.outcome is Outcome.ROLLED_BACK
    await standby.ping()


async def test_control_the_primary_takes_the_write(primary: DevServer, contact: Contact) -> None:
    async with await Database.open(UnitOfWork, primary.dsn()) as db, db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(
            Contact.create(project_id=contact.project_id, tenant_id=TENANT, name="new", now=NOW)
        )
        await uow.rollback()
