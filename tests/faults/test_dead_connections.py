"""A pooled connection that died unseen is found out by BEGIN, which stored nothing: another one is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg
import attrs
import pytest

from tests.support.constants import NOW, SHORT, TENANT
from tests.support.contacts import Contacts
from tests.support.proxy import Proxy
from ventros import Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.errors import ServerUnreachable
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome

UNITS = 6
ROOMY = attrs.evolve(SHORT, max_size=UNITS, acquire_timeout=5.0)


def end_sessions(contacts: Contacts, _proxy: Proxy) -> None:
    """As an administrator or an idle timeout does; without letting the event loop see it."""
    contacts.superuser.execute(
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename LIKE 'ventros%' AND state = 'idle'"
    )


def cut(_contacts: Contacts, proxy: Proxy) -> None:
    proxy.cut()


async def fill(database: Database[UnitOfWork], contacts: Contacts) -> None:
    """Until the pool has all its connections, each idle, on the server too."""

    async def hold(all_there: asyncio.Barrier) -> None:
        async with database.unit_of_work(TENANT) as uow:
            await uow.contacts.get(contacts.id)
            await all_there.wait()

    all_there = asyncio.Barrier(UNITS)
    await asyncio.gather(*(hold(all_there) for _ in range(UNITS)))
    assert database.stats().idle == UNITS
    assert await contacts.still_in_transaction() == 0


@pytest.mark.parametrize("kill", [end_sessions, cut])
async def test_units_go_on_when_all_idle_connections_died(
    proxy: Proxy, contacts: Contacts, kill: Callable[[Contacts, Proxy], None]
) -> None:
    """Half of them with a claim, which goes with BEGIN: each is stored once."""
    async with await Database.open(UnitOfWork, proxy.dsn, ROOMY) as database:
        await fill(database, contacts)
        kill(contacts, proxy)

        async def add(number: int) -> Contact:
            contact = Contact.create(
                project_id=contacts.seed.project_id, tenant_id=TENANT, name=f"Ada {number}", now=NOW
            )
            command_id = new_id() if number % 2 else None
            async with database.unit_of_work(TENANT, command_id=command_id) as uow:
                added = await uow.contacts.add(contact)
                await uow.commit()
            return added

        done = await asyncio.gather(*(add(number) for number in range(UNITS)), return_exceptions=True)
        failed = [error for error in done if isinstance(error, BaseException)]
        print(f"{kill.__name__}: of {UNITS} units {UNITS - len(failed)} were stored")
        assert failed == []
        assert database.stats().in_use == 0
    row = contacts.superuser.execute("SELECT count(*) FROM contacts WHERE name LIKE 'Ada _'").fetchone()
    assert row == (UNITS,)
    assert await contacts.still_in_transaction() == 0


async def test_control_asyncpgs_pool_hands_out_dead_connections(owner_dsn: str, contacts: Contacts) -> None:
    async with asyncpg.create_pool(owner_dsn, min_size=UNITS, max_size=UNITS) as pool:
        end_sessions(contacts, Proxy(owner_dsn))

        async def query() -> Any:
            async with pool.acquire() as driver, driver.transaction():
                return await driver.fetchval("SELECT 1")

        done = await asyncio.gather(*(query() for _ in range(UNITS)), return_exceptions=True)
    failed = [error for error in done if isinstance(error, BaseException)]
    print(f"asyncpg: of {UNITS} transactions {len(failed)} failed")
    assert failed


async def test_a_server_that_is_away_ends_the_search(proxy: Proxy, contacts: Contacts) -> None:
    async with await Database.open(UnitOfWork, proxy.dsn, ROOMY) as database:
        await fill(database, contacts)
        proxy.refuse = True
        proxy.cut()
        unit = database.unit_of_work(TENANT)
        with pytest.raises(ServerUnreachable):
            await contacts.rename(unit, "Alice")
        assert unit.outcome is Outcome.ROLLED_BACK
        assert database.stats().in_use == 0
