"""What a unit does beside statements of a catalogue stays with it: its connection serves no other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.stored import count
from ventros import Database, Settings, UnitOfWork, roles
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.connection.call import SAVEPOINT
from ventros.kernel.connection.connection import Connection
from ventros.kernel.statements import one_off

SHADOW = "CREATE TEMPORARY TABLE contacts (LIKE public.contacts INCLUDING ALL)"
OWN = "CREATE TEMPORARY TABLE own (id integer)"
SET = "SELECT set_config('app.tenant_id', 'acme', false) AS value"
PIPELINING = pytest.mark.parametrize("pipelining", [True, False], ids=["wire", "no wire"])

Deed = Callable[[Connection], Awaitable[object]]


async def by_driver(connection: Connection) -> None:
    await connection.control(SAVEPOINT)  # before the first statement there is no connection
    await connection.driver.execute(SHADOW)


async def by_control(connection: Connection) -> None:
    await connection.control(SHADOW)


async def by_one_off(connection: Connection) -> None:
    await connection.one(one_off(SET, rows="one", returns="value text"))


DEEDS = pytest.mark.parametrize("deed", [by_driver, by_control, by_one_off])


@pytest.fixture
async def alone(owner_dsn: str, pipelining: bool) -> AsyncIterator[Database[UnitOfWork]]:
    """One connection, of the owner: the app may make no temporary table."""
    settings = Settings(max_size=1, pipelining=pipelining)
    async with await Database.open(UnitOfWork, owner_dsn, settings) as db:
        yield db


async def session(db: Database[UnitOfWork]) -> int:
    async with db.unit_of_work(OTHER_TENANT) as uow:
        await uow.contacts.page()
        pid: int = uow.connection.link.get_server_pid()
        await uow.commit()
    return pid


async def add(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(OTHER_TENANT) as uow:
        await uow.contacts.add(
            Contact.create(project_id=seed.project_id, tenant_id=OTHER_TENANT, name="Ada", now=NOW)
        )
        await uow.commit()


@PIPELINING
@DEEDS
@pytest.mark.parametrize("end", ["commit", "rollback", "neither"])
async def test_a_connection_that_was_used_otherwise_serves_nobody_else(
    alone: Database[UnitOfWork], deed: Deed, end: str
) -> None:
    before = await session(alone)
    assert await session(alone) == before, "the control: it is the same one again and again"
    async with alone.unit_of_work(TENANT) as uow:
        await deed(uow.connection)
        if end != "neither":
            await getattr(uow, end)()
    assert await session(alone) != before
    assert alone.stats().size == 1


@PIPELINING
async def test_without_a_unit_as_well(alone: Database[UnitOfWork]) -> None:
    before = await session(alone)
    async with alone.connection() as connection:
        await by_one_off(connection)
    assert await session(alone) != before


@PIPELINING
async def test_a_temporary_table_takes_no_write_of_the_next_tenant(
    alone: Database[UnitOfWork], other_seed: Seed, superuser: psycopg.Connection
) -> None:
    async with alone.unit_of_work(TENANT) as uow:
        await by_driver(uow.connection)
        await uow.commit()
    await add(alone, other_seed)
    assert count(superuser, "SELECT count(*) FROM contacts") == 1


@PIPELINING
async def test_control_a_connection_that_is_not_marked_takes_it_along(
    alone: Database[UnitOfWork],
    other_seed: Seed,
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Connection, "driver", property(lambda self: self.link))
    async with alone.unit_of_work(TENANT) as uow:
        await by_driver(uow.connection)
        await uow.commit()
    await add(alone, other_seed)
    assert count(superuser, "SELECT count(*) FROM contacts") == 0, "it was told that it was stored"


@PIPELINING
async def test_what_was_written_past_the_statements_is_committed_all_the_same(
    alone: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    """A unit that read only does not wait for its COMMIT; whether this one did is not known."""
    superuser.execute("CREATE TABLE own (id integer); GRANT INSERT ON own TO PUBLIC")
    for _ in range(20):
        async with alone.unit_of_work(TENANT) as uow:
            await uow.contacts.page()
            await uow.connection.driver.execute("INSERT INTO own VALUES (1)")
            await uow.commit()
    assert count(superuser, "SELECT count(*) FROM own") == 20


async def test_the_app_makes_no_temporary_table(server_app: asyncpg.Connection[asyncpg.Record]) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="temporary tables"):
        await server_app.execute(OWN)


async def test_control_of_whom_it_was_not_taken_away_makes_one(
    server_app: asyncpg.Connection[asyncpg.Record], superuser: psycopg.Connection
) -> None:
    superuser.execute(f"GRANT TEMPORARY ON DATABASE {superuser.info.dbname} TO {roles.APP}".encode())
    await server_app.execute(OWN)


@pytest.fixture
async def server_app(
    owner_dsn: str, superuser: psycopg.Connection
) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A session with the app's privileges, by a member of its role: what it sends is not the app's."""
    superuser.execute(f"CREATE ROLE a_guest LOGIN PASSWORD 'guest' IN ROLE {roles.APP}".encode())
    driver = await asyncpg.connect(owner_dsn, user="a_guest", password="guest")  # noqa: S106 - of this test
    yield driver
    await driver.close()
    superuser.execute("DROP ROLE a_guest")
