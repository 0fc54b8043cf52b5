"""How a unit of work begins: its isolation, access and timeouts, in the message of BEGIN."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.support.constants import NOW, TENANT
from ventros import Database, UnitOfWork, ValidationError
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.connection.driver import prepare_driver
from ventros.kernel.errors import DatabaseError, OperationTimeout, SerializationFailure, UnitOfWorkError
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome
from ventros.kernel.transaction.begin import TransactionOptions

SETTINGS = (
    "transaction_isolation",
    "transaction_read_only",
    "transaction_deferrable",
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
)
DEFAULT = ["read committed", "off", "off", "9s", "5s", "30s"]


async def shown(db: Database[UnitOfWork], **modes: Any) -> list[str]:
    async with db.unit_of_work(TENANT, **modes) as uow:
        await uow.connection.control("SAVEPOINT ventros")
        return [await uow.connection.driver.fetchval(f"SHOW {name}") for name in SETTINGS]


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        ({}, {}),
        ({"isolation": "read committed"}, {}),
        ({"isolation": "repeatable read"}, {0: "repeatable read"}),
        (
            {"isolation": "serializable", "read_only": True, "deferrable": True},
            {0: "serializable", 1: "on", 2: "on"},
        ),
        ({"statement_timeout": 2, "lock_timeout": 0.25}, {3: "1800ms", 4: "250ms"}),
        ({"idle_in_transaction_timeout": 60}, {5: "1min"}),
    ],
)
async def test_the_server_has_the_modes_and_only_for_the_unit(
    owner_dsn: str, modes: dict[str, Any], expected: dict[int, str]
) -> None:
    async with await Database.open(UnitOfWork, owner_dsn) as db:
        assert await shown(db, **modes) == [expected.get(at, value) for at, value in enumerate(DEFAULT)]
        assert await shown(db) == DEFAULT


@pytest.mark.parametrize(
    "modes",
    [
        {"isolation": "chaos"},
        {"isolation": "serializable; DROP TABLE contacts"},
        {"deferrable": True},
        {"deferrable": True, "read_only": True},
        {"statement_timeout": 0},
        {"lock_timeout": -1},
    ],
)
def test_modes_that_are_none_are_refused(modes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        TransactionOptions(**modes)


async def test_a_read_only_unit_writes_nothing(db: Database[UnitOfWork], seed: Seed) -> None:
    contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
    async with db.unit_of_work(TENANT, read_only=True) as uow:
        with pytest.raises(DatabaseError, match="read-only"):
            await uow.contacts.add(contact)


async def test_a_repeatable_read_sees_one_state_and_its_loser_is_run_again(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.add(contact)
        await uow.commit()
    async with db.unit_of_work(TENANT, isolation="repeatable read") as reader:
        before = await reader.contacts.get(contact.id)
        async with db.unit_of_work(TENANT) as writer:
            await writer.contacts.save(contact.rename("Alice", now=NOW))
            await writer.commit()
        assert await reader.contacts.get(contact.id) == before
        with pytest.raises(SerializationFailure):
            await reader.contacts.save(before.rename("Bob", now=NOW))


async def test_a_units_own_statement_timeout(db: Database[UnitOfWork]) -> None:
    event = new_id()
    async with db.unit_of_work(TENANT) as holder, db.unit_of_work(TENANT, statement_timeout=0.3) as waiter:
        assert await holder.first_time("test", event)
        with pytest.raises(OperationTimeout):
            await waiter.first_time("test", event)


async def test_another_task_is_refused_even_in_turn(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(UnitOfWorkError, match="belongs to the task"):
            await asyncio.create_task(uow.contacts.get(new_id()))
        with pytest.raises(UnitOfWorkError, match="belongs to the task"):
            await asyncio.create_task(uow.commit())
        await uow.commit()
    assert uow.outcome is Outcome.COMMITTED


async def test_a_connection_that_is_in_a_transaction_is_not_used(owner_dsn: str) -> None:
    """Of a pool of the user's own, where somebody may have used it past its release."""
    async with asyncpg.create_pool(owner_dsn, min_size=1, max_size=1, init=prepare_driver) as pool:
        db = Database(pool, UnitOfWork)
        driver: Any = await pool.acquire()
        await driver.execute("BEGIN")
        driver._holder._release()  # past the pool's own check
        with pytest.raises(UnitOfWorkError, match="already in a transaction"):
            await db.ping()
        await db.ping()


async def test_a_unit_that_is_abandoned_gives_its_connection_back(db: Database[UnitOfWork]) -> None:
    async def endless() -> Any:
        async with db.unit_of_work(TENANT) as uow:
            await uow.connection.control("SAVEPOINT ventros")
            while True:
                yield

    generator = endless()
    await anext(generator)
    assert db.stats().in_use == 1
    del generator
    async with asyncio.timeout(2):
        while db.stats().in_use:  # noqa: ASYNC110 - nothing tells when
            await asyncio.sleep(0.01)
