"""Through PgBouncer in transaction mode, of any version: what is to be set, and what is said if it is not."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator

import asyncpg
import attrs
import psycopg
import pytest
from psycopg import sql

from tests.support.constants import TENANT
from tests.support.pooler import pooler
from tests.support.wire_load import FORMS, new_contacts, read, stored, without_a_gap
from ventros import Database, ServerUnreachable, Settings, UnitOfWork, VentrosError
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.connection.address import read_address
from ventros.kernel.connection.connect import Connector
from ventros.kernel.connection.driver import Driver, translate_driver_error

ALL_TIMEOUTS = "statement_timeout,lock_timeout,idle_in_transaction_session_timeout"
OLD = Settings(max_size=1, statement_cache_size=0)
CLIENTS, SERVERS, UNITS = 6, 2, 20
WANTED = {"statement_timeout": "7200", "lock_timeout": "1500", "idle_in_transaction_session_timeout": "9000"}
OTHERS = attrs.evolve(OLD, statement_timeout=8, lock_timeout=1.5, idle_in_transaction_timeout=9)


@pytest.fixture(params=["", ALL_TIMEOUTS], ids=["refuses timeouts", "ignores them"])
def old(request: pytest.FixtureRequest, server: DevServer, dsn: str) -> Iterator[str]:
    """Through a pooler that keeps no prepared statements."""
    with pooler(server, dsn, SERVERS, prepared=False, ignored=request.param) as through:
        yield through


@pytest.mark.spoiled
async def test_without_a_statement_cache_everything_works(
    old: str, seed: Seed, superuser: psycopg.Connection
) -> None:
    clients = [await Database.open(UnitOfWork, old, OLD) for _ in range(CLIENTS)]
    contacts = await new_contacts(clients[0], seed, CLIENTS)

    async def work(number: int) -> str:
        db, contact, name = clients[number], contacts[number], ""
        for step in range(UNITS):
            name = f"{contact.id} {step}"
            await FORMS[step % len(FORMS)](db, contact.id, name)
            assert await read(db, contact.id) == name
        return name

    try:
        names = await asyncio.gather(*map(work, range(CLIENTS)))
    finally:
        for client in clients:
            await client.close()
    named = {contact.id: name for contact, name in zip(contacts, names, strict=True)}
    assert stored(superuser, list(named)) == named
    assert all(without_a_gap(superuser, id_) for id_ in named)
    print(f"{CLIENTS * UNITS} units of {CLIENTS} clients on {SERVERS} connections: wrong 0")


async def in_force(uow: UnitOfWork) -> dict[str, str]:
    await uow.connection.control("SAVEPOINT ventros")
    rows = await uow.connection.driver.fetch(
        "SELECT name, setting FROM pg_settings WHERE name = ANY ($1::text[])", list(WANTED)
    )
    return {row["name"]: row["setting"] for row in rows}


@pytest.mark.spoiled
@pytest.mark.parametrize("by_role", [True, False], ids=["the role has some", "with BEGIN"])
async def test_the_timeouts_hold_in_each_unit(old: str, superuser: psycopg.Connection, by_role: bool) -> None:
    database, owner = (sql.Identifier(name) for name in (superuser.info.dbname, "ventros_owner"))
    if by_role:
        text = "ALTER ROLE {} IN DATABASE {} SET lock_timeout = 1500"
        superuser.execute(sql.SQL(text).format(owner, database))
    async with await Database.open(UnitOfWork, old, OTHERS) as db:
        async with db.unit_of_work(TENANT) as uow:
            assert ("SET LOCAL lock_timeout = 1500" in uow.connection._opening) is False
            assert await in_force(uow) == WANTED
            assert ("SET LOCAL lock_timeout = 1500" in uow.connection._opening) is not by_role
        async with db.unit_of_work(TENANT, lock_timeout=2) as uow:
            assert await in_force(uow) == WANTED | {"lock_timeout": "2000"}


@pytest.mark.spoiled
async def test_another_parameter_that_is_refused_is_told_with_what_to_do(server: DevServer, dsn: str) -> None:
    with pooler(server, dsn, SERVERS, prepared=False) as through:
        settings = attrs.evolve(OLD, server_settings={"work_mem": "8MB"})
        with pytest.raises(
            ServerUnreachable, match=r"work_mem.*ALTER ROLE.*not in Settings\(server_settings=\)"
        ):
            await Database.open(UnitOfWork, through, settings)


@pytest.mark.spoiled
async def test_control_with_a_statement_cache_it_fails_and_says_what_to_set(old: str, seed: Seed) -> None:
    cached = attrs.evolve(OLD, statement_cache_size=1000, pipelining=False)
    clients = [await Database.open(UnitOfWork, old, cached) for _ in range(CLIENTS)]
    met: list[VentrosError] = []

    async def work(db: Database[UnitOfWork]) -> None:
        for _ in range(10):
            try:
                async with db.unit_of_work(TENANT) as uow:
                    await uow.projects.get(seed.project_id)
                    await uow.contacts.page()
                    await uow.commit()
            except VentrosError as error:
                met.append(error)

    try:
        for _ in range(20):
            if not met:
                await asyncio.gather(*map(work, clients))
    finally:
        for client in clients:
            await client.close()
    assert met
    assert {error.sqlstate for error in met} <= {"26000", "42P05"}
    for error in met:
        assert "pooler in transaction mode: set Settings(statement_cache_size=0)" in str(error)
        assert "max_prepared_statements" in str(error)


@pytest.mark.spoiled
@pytest.mark.parametrize("counted", [False, True], ids=["ours", "control: asyncpg's"])
async def test_no_statement_of_another_process_is_executed_as_ones_own(
    server: DevServer, dsn: str, monkeypatch: pytest.MonkeyPatch, counted: bool
) -> None:
    """Two services, each with names of its own; and as asyncpg has them, each of which counts from 1."""
    counters: dict[Driver, Iterator[int]] = {}

    def count(self: Driver, prefix: str) -> str:
        return f"{prefix}_{next(counters.setdefault(self, itertools.count()))}"

    wrong, met = 0, set[str | None]()
    settings = Settings(pipelining=False)
    with pooler(server, dsn, SERVERS, prepared=False) as through:
        drivers = [await Connector(read_address(through), settings)() for _ in range(4)]
        if counted:
            monkeypatch.setattr(Driver, "_get_unique_id", count)

        async def ask(driver: Driver, number: int, times: int = 1) -> None:
            nonlocal wrong
            for _ in range(times):
                try:
                    wrong += await driver.fetchval(f"SELECT {number % 2} AS own") != number % 2
                except asyncpg.PostgresError as error:
                    met.add(translate_driver_error(error).sqlstate)

        # One server prepares for the first, the other for the second, which then serves the first.
        first, second, holding, holding_next = drivers
        await holding.execute("BEGIN")
        await ask(first, 0)
        await holding_next.execute("BEGIN")
        await holding.execute("COMMIT")
        await ask(second, 1)
        await ask(first, 0)
        await holding_next.execute("COMMIT")
        await asyncio.gather(*(ask(driver, number, 100) for number, driver in enumerate(drivers)))
        for driver in drivers:
            driver.terminate()
    print(f"answered by the other's statement: {wrong} of 403")
    assert (wrong > 0) == counted
    assert met <= {"26000", "42P05"}
