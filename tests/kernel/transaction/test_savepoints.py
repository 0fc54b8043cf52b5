"""A part of a unit of work can fail by itself, in a savepoint or as a guest in somebody's transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import AlreadyExists, Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.connection.driver import prepare_driver
from ventros.kernel.connection.settings import Settings
from ventros.kernel.errors import (
    AlreadyProcessed,
    DatabaseError,
    OperationTimeout,
    TransactionRolledBack,
    UnitOfWorkError,
)
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome


def new_contact(seed: Seed, name: str = "Ada") -> Contact:
    return Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name=name, now=NOW)


def stored(superuser: psycopg.Connection) -> tuple[list[str], int]:
    """The contacts' names, and how many events tell of contacts."""
    names = [row[0] for row in superuser.execute("SELECT name FROM contacts ORDER BY name")]
    events = superuser.execute(
        "SELECT count(*) FROM outbox_events WHERE aggregate_type = 'contact'"
    ).fetchone()
    assert events is not None
    return names, events[0]


async def test_what_fails_in_a_savepoint_is_undone_with_its_events(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    ada = new_contact(seed, "Ada")
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(ada)
        with pytest.raises(AlreadyExists):
            async with uow.savepoint():
                await uow.contacts.add(new_contact(seed, "Bob"))
                await uow.contacts.add(ada)
        with pytest.raises(KeyError):
            async with uow.savepoint():
                await uow.contacts.add(new_contact(seed, "Carol"))
                raise KeyError
        async with uow.savepoint():
            await uow.contacts.add(new_contact(seed, "Dora"))
        await uow.commit()
    assert uow.events_written == 2
    assert stored(superuser) == (["Ada", "Dora"], 2)


async def test_savepoints_are_nested(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        async with uow.savepoint():
            await uow.contacts.add(new_contact(seed, "outer"))
            with pytest.raises(KeyError):
                async with uow.savepoint():
                    async with uow.savepoint():
                        await uow.contacts.add(new_contact(seed, "innermost"))
                    await uow.contacts.add(new_contact(seed, "inner"))
                    raise KeyError
            async with uow.savepoint():
                await uow.contacts.add(new_contact(seed, "second"))
        await uow.commit()
    assert stored(superuser) == (["outer", "second"], 2)


async def test_a_failure_swallowed_in_a_savepoint_is_not_kept_silently(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    ada = new_contact(seed)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(ada)
        with pytest.raises(TransactionRolledBack, match="would not release the savepoint"):
            async with uow.savepoint():
                await uow.contacts.add(new_contact(seed, "Bob"))
                with pytest.raises(AlreadyExists):
                    await uow.contacts.add(ada)
        await uow.commit()
    assert stored(superuser) == (["Ada"], 1)


async def test_a_timeout_in_a_savepoint_leaves_the_unit_whole(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    ada = new_contact(seed)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(ada)
        await uow.commit()
    with superuser.transaction():
        superuser.execute("SELECT FROM contacts FOR UPDATE")
        async with db.unit_of_work(TENANT) as uow:
            await uow.contacts.add(new_contact(seed, "Bob"))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1), uow.savepoint():
                    await uow.contacts.save(ada.rename("Alice", now=NOW))
            await uow.commit()
    assert stored(superuser) == (["Ada", "Bob"], 2)


async def test_a_swallowed_timeout_is_a_swallowed_failure(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    """The server may have done, before it heard of the cancellation, what the client gave up on."""
    ada = new_contact(seed)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(ada)
        await uow.commit()
    with superuser.transaction():
        superuser.execute("SELECT FROM contacts FOR UPDATE")
        async with db.unit_of_work(TENANT) as uow:
            await uow.contacts.add(new_contact(seed, "Bob"))
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await uow.contacts.save(ada.rename("Alice", now=NOW))
            with pytest.raises(DatabaseError, match="25P02"):
                await uow.contacts.get(ada.id)
            with pytest.raises(TransactionRolledBack):
                await uow.commit()
    assert stored(superuser) == (["Ada"], 1)


async def test_commit_inside_a_savepoint_is_refused(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(UnitOfWorkError, match="savepoint"):
            async with uow.savepoint():
                await uow.commit()
        async with uow.savepoint():
            await uow.rollback()
    assert uow.outcome is Outcome.ROLLED_BACK


@pytest.fixture
async def guest(owner_dsn: str, seed: Seed) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A caller's own connection, with SQL of its own."""
    driver = await asyncpg.connect(owner_dsn)
    await prepare_driver(driver)
    await driver.execute("CREATE TEMP TABLE own (value text)")
    yield driver
    await driver.close()


async def tenant_of(driver: asyncpg.Connection[Any]) -> str | None:
    tenant: str | None = await driver.fetchval("SELECT current_setting('app.tenant_id', true)")
    return tenant


async def test_a_joined_unit_is_stored_by_its_callers_commit(
    guest: asyncpg.Connection[Any], seed: Seed, superuser: psycopg.Connection
) -> None:
    async with guest.transaction():
        await guest.execute("INSERT INTO own VALUES ('before')")
        async with UnitOfWork.join(guest, TENANT) as uow:
            await uow.contacts.add(new_contact(seed))
            assert await tenant_of(guest) == TENANT
        assert uow.outcome is Outcome.LEFT_TO_CALLER
        assert not await tenant_of(guest)
        assert stored(superuser) == ([], 0)
        await guest.execute("INSERT INTO own VALUES ('after')")
    assert stored(superuser) == (["Ada"], 1)
    assert await guest.fetchval("SELECT count(*) FROM own") == 2


async def test_a_joined_unit_is_undone_with_its_callers_transaction(
    guest: asyncpg.Connection[Any], seed: Seed, superuser: psycopg.Connection
) -> None:
    with pytest.raises(KeyError):
        async with guest.transaction():
            async with UnitOfWork.join(guest, TENANT) as uow:
                await uow.contacts.add(new_contact(seed))
            raise KeyError
    assert stored(superuser) == ([], 0)


async def test_a_joined_unit_that_fails_leaves_the_callers_work(
    guest: asyncpg.Connection[Any], seed: Seed, superuser: psycopg.Connection
) -> None:
    ada = new_contact(seed)
    async with guest.transaction():
        await guest.execute("INSERT INTO own VALUES ('before')")
        with pytest.raises(AlreadyExists):
            async with UnitOfWork.join(guest, TENANT) as uow:
                await uow.contacts.add(ada)
                await uow.contacts.add(ada)
        assert uow.outcome is Outcome.ROLLED_BACK
        with pytest.raises(TransactionRolledBack):
            async with UnitOfWork.join(guest, TENANT) as uow, uow.savepoint():
                await uow.contacts.add(ada)
                with pytest.raises(AlreadyExists):
                    await uow.contacts.add(ada)
        async with UnitOfWork.join(guest, TENANT) as uow:
            await uow.contacts.add(new_contact(seed, "Bob"))
            await uow.rollback()
        assert not await tenant_of(guest)
    assert stored(superuser) == ([], 0)
    assert await guest.fetchval("SELECT count(*) FROM own") == 1


async def test_units_join_within_each_other_and_for_another_tenant(
    guest: asyncpg.Connection[Any], seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    async with guest.transaction():
        await guest.execute("SET LOCAL app.tenant_id = 'caller'")
        async with UnitOfWork.join(guest, TENANT) as outer:
            async with UnitOfWork.join(guest, OTHER_TENANT) as inner:
                await inner.contacts.add(new_contact(other_seed, "inner"))
            assert await tenant_of(guest) == TENANT
            await outer.contacts.add(new_contact(seed, "outer"))
        assert await tenant_of(guest) == "caller"
    assert stored(superuser) == (["inner", "outer"], 2)


async def test_a_joined_unit_that_times_out_takes_no_part_of_itself_along(
    guest: asyncpg.Connection[Any], seed: Seed, superuser: psycopg.Connection
) -> None:
    settings = Settings(statement_timeout=0.2)
    with superuser.transaction():
        superuser.execute("LOCK TABLE contacts")
        async with guest.transaction():
            with pytest.raises(OperationTimeout):
                async with UnitOfWork.join(guest, TENANT, settings=settings) as uow:
                    await uow.contacts.add(new_contact(seed))
            await guest.execute("INSERT INTO own VALUES ('after')")
    assert stored(superuser) == ([], 0)
    assert await guest.fetchval("SELECT count(*) FROM own") == 1


async def test_there_is_nothing_to_join_outside_of_a_transaction(guest: asyncpg.Connection[Any]) -> None:
    with pytest.raises(UnitOfWorkError, match="none open"):
        async with UnitOfWork.join(guest, TENANT):
            pass


async def test_a_command_is_processed_once_by_joined_units_too(
    guest: asyncpg.Connection[Any], seed: Seed, superuser: psycopg.Connection
) -> None:
    command = new_id()
    async with guest.transaction():
        async with UnitOfWork.join(guest, TENANT, command_id=command) as uow:
            await uow.contacts.add(new_contact(seed))
        with pytest.raises(AlreadyProcessed):
            async with UnitOfWork.join(guest, TENANT, command_id=command) as uow:
                await uow.contacts.add(new_contact(seed, "Bob"))
    assert stored(superuser) == (["Ada"], 1)
