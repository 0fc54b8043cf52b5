"""A budget counts what the test waited for, and is a failure when it is spent."""

from __future__ import annotations

import pytest

from tests.support.constants import NOW, TENANT
from ventros import Database, Settings, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import seed_tenant
from ventros.testing import RoundTrips


async def test_a_budget_counts_what_was_waited_for(dsn: str, round_trips: RoundTrips) -> None:
    async with await Database.open(UnitOfWork, dsn, Settings(max_size=1)) as db:
        seed = await seed_tenant(db, TENANT, "phone", NOW)
        new = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        stored = await db.run(TENANT, lambda uow: uow.contacts.add(new))

        async def read() -> Contact:
            return await db.run(TENANT, lambda uow: uow.contacts.get(stored.id))

        async def rename(name: str) -> Contact:
            async with db.unit_of_work(TENANT) as uow:
                (saved,) = await uow.commit((await uow.contacts.get(stored.id)).rename(name, now=NOW))
            return saved

        for name in ("Bea", "Cid"):  # prepares the statements
            await read()
            await rename(name)
        for count in (1, 5):
            with round_trips(at_most=count):
                for _ in range(count):
                    await read()
            told = f"^{count} round trips, and {count - 1} are allowed$"
            with pytest.raises(AssertionError, match=told), round_trips(at_most=count - 1):
                for _ in range(count):
                    await read()
        with round_trips(at_most=2):
            await rename("Dan")
        with pytest.raises(AssertionError, match=r"^2 round trips"), round_trips(at_most=1):
            await rename("Eve")
        with round_trips(at_most=0):
            async with db.unit_of_work(TENANT):
                pass


async def test_an_error_in_the_block_is_what_is_told(dsn: str, round_trips: RoundTrips) -> None:
    async with await Database.open(UnitOfWork, dsn) as db:
        with pytest.raises(KeyError), round_trips(at_most=0):
            await db.ping()
            raise KeyError


async def test_without_the_fixture_nothing_stands_between(dsn: str) -> None:
    assert "127.0.0.1" not in dsn
