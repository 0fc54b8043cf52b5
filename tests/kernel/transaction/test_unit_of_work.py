"""A unit of work happens wholly or not at all, and says which."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import attrs
import psycopg
import pytest
from psycopg import sql

from tests.support.constants import NOW, TENANT
from ventros import Database, Settings, UnitOfWork, ValidationError
from ventros.core import users
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.errors import (
    AlreadyExists,
    ConnectionLost,
    LockTimeout,
    PoolExhausted,
    ReferenceNotFound,
    TransactionRolledBack,
    UnitOfWorkError,
)
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome
from ventros.kernel.transaction.begin import set_local


def new_contact(seed: Seed) -> Contact:
    return Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)


def count(superuser: psycopg.Connection, table: str) -> int:
    query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
    row = superuser.execute(query).fetchone()
    assert row is not None
    return int(row[0])


async def swallow_a_failure(uow: UnitOfWork, contact: Contact) -> None:
    await uow.contacts.add(contact)
    with pytest.raises(AlreadyExists):
        await uow.contacts.add(contact)


async def test_a_swallowed_failure_makes_the_commit_raise(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    events = count(superuser, "outbox_events")
    unit = db.unit_of_work(TENANT)
    with pytest.raises(TransactionRolledBack, match="would take no more statements"):
        async with unit as uow:
            await swallow_a_failure(uow, new_contact(seed))
            await uow.commit()
    assert unit.outcome is Outcome.ROLLED_BACK
    assert count(superuser, "contacts") == 0
    assert count(superuser, "outbox_events") == events


async def test_the_answer_to_commit_is_checked(db: Database[UnitOfWork], seed: Seed) -> None:
    """When nothing was written there is no statement before COMMIT that could fail, only COMMIT's answer."""
    unit = db.unit_of_work(TENANT)
    nowhere = attrs.evolve(new_contact(seed), project_id=new_id())
    with pytest.raises(TransactionRolledBack, match="answered COMMIT with ROLLBACK"):
        async with unit as uow:
            with pytest.raises(ReferenceNotFound):
                await uow.contacts.add(nowhere)
            await uow.commit()
    assert unit.outcome is Outcome.ROLLED_BACK


@pytest.fixture
async def driver(owner_dsn: str) -> AsyncIterator[asyncpg.Connection[Any]]:
    connection = await asyncpg.connect(owner_dsn)
    yield connection
    await connection.close()


async def test_control_asyncpgs_own_transaction_passes_silently(driver: asyncpg.Connection[Any]) -> None:
    await driver.execute("CREATE TABLE control (id integer PRIMARY KEY)")
    async with driver.transaction():
        await driver.execute("INSERT INTO control VALUES (1)")
        with pytest.raises(asyncpg.UniqueViolationError):
            await driver.execute("INSERT INTO control VALUES (1)")
    assert await driver.fetchval("SELECT count(*) FROM control") == 0


async def test_without_commit_nothing_is_stored(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    events = count(superuser, "outbox_events")
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(new_contact(seed))
    assert uow.outcome is Outcome.ROLLED_BACK
    assert (count(superuser, "contacts"), count(superuser, "outbox_events")) == (0, events)


async def test_events_are_stored_with_the_change_in_a_full_envelope(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    correlation = new_id()
    before = count(superuser, "outbox_events")
    async with db.unit_of_work(TENANT, correlation_id=correlation) as uow:
        contact = new_contact(seed).set_phone("+55 11 99999-9999", now=NOW)
        saved = await uow.contacts.add(contact)
        saved = await uow.contacts.save(saved.add_tag("vip", now=NOW))
        await uow.commit()
    assert uow.events_written == 3
    rows = superuser.execute(
        """
        SELECT event_name, event_version, aggregate_type, aggregate_id, aggregate_version, sequence,
               tenant_id, correlation_id, occurred_at, payload
          FROM outbox_events ORDER BY position OFFSET %s
        """,
        [before],
    ).fetchall()
    heads = [row[:6] for row in rows]
    assert heads == [
        ("contact.created", "v1", "contact", contact.id, 1, 1),
        ("contact.phone_set", "v1", "contact", contact.id, 1, 2),
        ("contact.tag_added", "v1", "contact", contact.id, 2, 1),
    ]
    assert {row[6:9] for row in rows} == {(TENANT, correlation, NOW)}
    assert rows[1][9] == {"contact_id": str(contact.id), "tenant_id": TENANT, "phone": "+5511999999999"}


async def test_commit_twice_or_after_the_block_is_refused(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await uow.commit()
        with pytest.raises(UnitOfWorkError, match="committed"):
            await uow.commit()
    with pytest.raises(UnitOfWorkError, match="committed"):
        await uow.contacts.get(new_id())
    with pytest.raises(UnitOfWorkError, match="serves once"):
        async with uow:
            pass


@pytest.mark.parametrize("tenant", ["", "ab", "x" * 101, "a'b'c", "acme; DROP TABLE contacts", "tenánt"])
def test_a_tenant_that_would_need_quoting_is_refused(tenant: str) -> None:
    with pytest.raises(ValidationError) as caught:
        set_local(tenant)
    assert caught.value.field == "tenant_id"


async def test_a_lock_that_is_not_to_be_had_ends_in_a_typed_error(dsn: str, seed: Seed) -> None:
    settings = Settings(lock_timeout=0.2)
    contact = new_contact(seed)
    async with await Database.open(UnitOfWork, dsn, settings) as db:
        async with db.unit_of_work(TENANT) as uow:
            contact = await uow.contacts.add(contact)
            await uow.commit()
        renamed = contact.rename("Alice", now=NOW)
        async with db.unit_of_work(TENANT) as holder:
            await holder.contacts.save(renamed)
            with pytest.raises(LockTimeout):
                async with db.unit_of_work(TENANT) as waiter:
                    await waiter.contacts.save(renamed)
        assert db.stats().in_use == 0


async def test_a_pool_without_a_free_connection_ends_in_a_typed_error(dsn: str) -> None:
    settings = Settings(max_size=1, acquire_timeout=0.1)
    async with await Database.open(UnitOfWork, dsn, settings) as db, db.unit_of_work(TENANT) as uow:
        await uow.connection.control("SAVEPOINT ventros")
        with pytest.raises(PoolExhausted, match="no connection became free") as caught:
            await db.ping()
        assert caught.value.retryable
        assert caught.value.code == "POOL_EXHAUSTED"
        waits: list[object] = []
        with pytest.raises(PoolExhausted):
            await db.run(TENANT, something, on_conflict=lambda error, _: waits.append(error))
        assert waits == [], "to wait once more is for the caller to decide"


async def something(uow: UnitOfWork) -> None:
    """A use case that needs a connection."""
    await uow.connection.control("SAVEPOINT ventros")


async def test_a_lost_connection_is_not_pooled_again(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    with pytest.raises(ConnectionLost):
        async with db.unit_of_work(TENANT) as uow:
            await uow.contacts.add(new_contact(seed))
            superuser.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
            )
            await uow.contacts.get(new_id())
    assert uow.outcome is Outcome.ROLLED_BACK
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(new_contact(seed))
        await uow.commit()
    assert count(superuser, "contacts") == 1


async def test_a_cancelled_unit_leaves_no_transaction_behind(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    inside = asyncio.Event()

    async def work() -> None:
        async with db.unit_of_work(TENANT) as uow:
            await uow.contacts.add(new_contact(seed))
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert count(superuser, "contacts") == 0


async def test_use_by_two_tasks_is_a_clear_error(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        results = await asyncio.gather(
            *(uow.contacts.add(new_contact(seed)) for _ in range(2)), return_exceptions=True
        )
    assert any(isinstance(result, UnitOfWorkError) for result in results)


async def test_no_row_value_reaches_a_message(server: DevServer, ventros_copy: str) -> None:
    """PostgreSQL tells them to who may read the column past row-level security: a superuser."""
    async with await Database.open(UnitOfWork, server.superuser_dsn(ventros_copy)) as db:
        await db.run(None, lambda uow: users.add(uow, "secret@acme.example"), user=new_id())
        with pytest.raises(AlreadyExists) as caught:
            await db.run(None, lambda uow: users.add(uow, "secret@acme.example"), user=new_id())
    assert (caught.value.resource, caught.value.constraint) == ("user", "users_email_key")
    assert "secret" not in str(caught.value) + repr(caught.value)
    assert isinstance(caught.value.__cause__, asyncpg.UniqueViolationError)
    assert "secret" not in str(caught.value.__cause__)
    assert "secret" in caught.value.__cause__.detail.reveal()  # type: ignore[union-attr]


async def test_an_argument_of_a_wrong_type_names_statement_and_parameter(db: Database[UnitOfWork]) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ValidationError, match=r"contacts\.get: \$2 id must be a UUID, not str") as caught:
            await uow.contacts.get("nonsense")  # type: ignore[arg-type]
    assert caught.value.field == "id"


async def test_the_inbox_knows_an_event_only_once_it_is_committed(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    event = new_id()
    answers = []
    for commit in (False, True, True):
        async with db.unit_of_work(TENANT) as uow:
            answers.append(await uow.first_time("test", event))
            if commit:
                await uow.commit()
    assert answers == [True, True, False]


async def test_a_connection_that_is_used_again_has_no_tenant(owner_dsn: str) -> None:
    """Not of the unit before, whatever became of it: SET LOCAL ends with the transaction."""
    async with await Database.open(UnitOfWork, owner_dsn, Settings(max_size=1)) as db:
        for commit in (True, False):
            async with db.unit_of_work(TENANT) as uow:
                await uow.connection.control("SAVEPOINT ventros")
                assert await uow.connection.driver.fetchval("SELECT ventros_tenant()") == TENANT
                if commit:
                    await uow.commit()
            driver = await db._pool.acquire(1)
            with pytest.raises(asyncpg.PostgresError, match="no tenant is set"):
                await driver.fetch("SELECT count(*) FROM contacts")
            await db._pool.give_back(driver, 1)
