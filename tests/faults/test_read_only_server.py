"""A server that takes no writes is one to leave; a unit that asked for no writes is its caller's business."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from psycopg import sql

from tests.support.constants import NOW, TENANT
from tests.support.contacts import Contacts
from ventros import Database, Settings, UnitOfWork
from ventros.kernel.connection.driver import prepare_driver
from ventros.kernel.connection.pool import OwnPool
from ventros.kernel.errors import ConnectionLost, DatabaseError, ServerReadOnly
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import CommitMarker, Outcome


def set_read_only(contacts: Contacts, *, on: bool) -> None:
    """For sessions to come, as after a switch to a standby."""
    contacts.superuser.execute(
        sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = {}").format(
            sql.Identifier(contacts.superuser.info.dbname), sql.Literal("on" if on else "off")
        )
    )


def end_sessions(contacts: Contacts) -> None:
    contacts.superuser.execute(
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename LIKE 'ventros%' AND pid <> pg_backend_pid()"
    )


@pytest.mark.parametrize("command", [False, True], ids=["at a write", "at the claim, with BEGIN"])
async def test_a_server_that_is_read_only_is_left(
    through: Database[UnitOfWork], contacts: Contacts, command: bool
) -> None:
    """Its session stays read-only: only on another connection the next unit can be stored."""
    await contacts.rename(through.unit_of_work(TENANT), "Warm")
    set_read_only(contacts, on=True)
    end_sessions(contacts)
    unit = through.unit_of_work(TENANT, command_id=new_id() if command else None)
    with pytest.raises(ServerReadOnly) as caught:
        await contacts.rename(unit, "Alice")
    assert isinstance(caught.value, ConnectionLost)
    assert caught.value.sqlstate == "25006"
    assert "unit" not in str(caught.value)
    assert unit.outcome is Outcome.ROLLED_BACK
    assert not contacts.stored("Alice")
    set_read_only(contacts, on=False)
    await contacts.rename(through.unit_of_work(TENANT), "Alice")
    assert contacts.stored("Alice")
    assert through.stats().in_use == 0


@pytest.mark.parametrize("marked", [True, False], ids=["all are let go", "control: the one that failed"])
async def test_all_connections_to_a_server_that_takes_no_writes_are_let_go(
    dsn: str, contacts: Contacts, monkeypatch: pytest.MonkeyPatch, marked: bool
) -> None:
    """Four were made while it was read-only, of which one is in use meanwhile."""
    if not marked:

        async def nothing(_: OwnPool) -> None: ...

        monkeypatch.setattr(OwnPool, "let_go", nothing)
    set_read_only(contacts, on=True)
    async with await Database.open(UnitOfWork, dsn, Settings(min_size=4, max_size=4)) as db:
        set_read_only(contacts, on=False)
        failed = 0
        async with db.unit_of_work(TENANT, read_only=True) as reading:
            await reading.contacts.get(contacts.id)
            for number in range(6):
                try:
                    await contacts.rename(db.unit_of_work(TENANT), f"Name {number}")
                except ServerReadOnly:
                    failed += 1
            await reading.contacts.get(contacts.id)
        try:
            await contacts.rename(db.unit_of_work(TENANT), "by the one that was in use")
        except ServerReadOnly:
            failed += 1
    print(f"4 connections to a server that takes no writes: {failed} units failed")
    assert failed == (1 if marked else 4)


async def test_a_read_only_unit_keeps_its_connection(
    through: Database[UnitOfWork], contacts: Contacts
) -> None:
    unit = through.unit_of_work(TENANT, read_only=True)
    with pytest.raises(DatabaseError, match="unit of work is read-only") as caught:
        async with unit as uow:
            contact = await uow.contacts.get(contacts.id)
            connection = uow.connection.link.get_server_pid()
            await uow.contacts.save(contact.rename("Alice", now=NOW))
    assert type(caught.value) is DatabaseError
    async with through.unit_of_work(TENANT) as uow:
        await uow.contacts.get(contacts.id)
        assert uow.connection.link.get_server_pid() == connection


async def test_a_joined_unit_leaves_its_callers_connection_open(owner_dsn: str, contacts: Contacts) -> None:
    """Whether the caller or the server made the transaction read-only is not known."""
    driver = await asyncpg.connect(owner_dsn)
    await prepare_driver(driver)
    with pytest.raises(DatabaseError) as caught:
        async with driver.transaction(readonly=True), UnitOfWork.join(driver, TENANT) as uow:
            contact = await uow.contacts.get(contacts.id)
            await uow.contacts.save(contact.rename("Alice", now=NOW))
    assert type(caught.value) is DatabaseError
    assert await driver.fetchval("SELECT 1") == 1
    await driver.close()


async def test_resolving_goes_on_until_the_server_takes_writes(
    through: Database[UnitOfWork], contacts: Contacts
) -> None:
    set_read_only(contacts, on=True)

    async def take_writes_again() -> None:
        await asyncio.sleep(0.3)
        set_read_only(contacts, on=False)

    repairing = asyncio.create_task(take_writes_again())
    assert await through.resolve(CommitMarker(TENANT, new_id()), deadline=20) is Outcome.ROLLED_BACK
    await repairing
