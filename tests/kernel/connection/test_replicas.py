"""A unit of work on a standby reads what was committed before it, if it is told where in the log that is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from time import monotonic
from typing import Any

import asyncpg
import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.standby import hot_standby
from tests.support.wire_load import new_contacts, read
from ventros import CRM, Database, Settings, UnitOfWork, ValidationError, prepare_driver
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import seed_tenant
from ventros.devserver import DevServer
from ventros.kernel.connection.log_position import end_of_last_record
from ventros.kernel.errors import DatabaseError, OperationTimeout, ReplicaBehind, UnitOfWorkError
from ventros.schema import create_database

ROUNDS = 20
SHORT = Settings(max_size=2, acquire_timeout=0.5)
PIPELINING = pytest.mark.parametrize("pipelining", [True, False], ids=["wire", "no wire"])


@attrs.frozen
class Pair:
    """A primary, and a standby that is 50 ms behind it."""

    primary: str
    standby: str
    standby_superuser: str

    def on_standby(self, query: str) -> None:
        with psycopg.connect(self.standby_superuser, autocommit=True) as connection:
            connection.execute(query.encode())


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    with DevServer(durable=False) as running:
        create_database(running, CRM, "crm")
        with hot_standby(running) as place:
            there = [
                dsn.replace("port=5432", place) for dsn in (running.dsn("crm"), running.superuser_dsn("crm"))
            ]
            pair = Pair(running.dsn("crm"), *there)
            pair.on_standby("ALTER SYSTEM SET recovery_min_apply_delay = '50ms'")
            pair.on_standby("SELECT pg_reload_conf()")
            yield pair


@pytest.fixture
async def primary(pair: Pair, pipelining: bool) -> AsyncIterator[Database[UnitOfWork]]:
    settings = Settings(max_size=1, pipelining=pipelining)
    async with await Database.open(UnitOfWork, pair.primary, settings) as db:
        yield db


@pytest.fixture
async def replicas(pair: Pair, pipelining: bool) -> AsyncIterator[Database[UnitOfWork]]:
    settings = attrs.evolve(SHORT, pipelining=pipelining)
    async with await Database.open(UnitOfWork, pair.standby, settings) as db:
        yield db


@pytest.fixture(scope="module")
def contact(pair: Pair) -> Contact:
    async def make() -> Contact:
        async with await Database.open(UnitOfWork, pair.primary) as db:
            (made,) = await new_contacts(db, await seed_tenant(db, TENANT, "acme-phone", NOW), 1)
            return made

    return asyncio.run(make())


async def renamed(db: Database[UnitOfWork], contact: Contact, name: str) -> str:
    """Where the log is then, asked inside of the block or behind it; on a pool with a single connection."""
    async with db.unit_of_work(TENANT) as uow:
        found = await uow.contacts.get(contact.id)
        await uow.commit(found.rename(name, now=NOW))
        inside = await uow.lsn()
    outside = await uow.lsn()
    return inside if len(name) % 2 else outside


@PIPELINING
@pytest.mark.parametrize("told", [True, False], ids=["after", "control: without"])
@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
async def test_a_replica_shows_what_was_committed_before(
    primary: Database[UnitOfWork],
    replicas: Database[UnitOfWork],
    contact: Contact,
    told: bool,
    isolation: Any,
) -> None:
    await replicated(primary, replicas, contact)
    stale = 0
    for number in range(ROUNDS):
        name = f"name {number}"
        position = await renamed(primary, contact, name)
        after = position if told else None
        async with replicas.unit_of_work(TENANT, read_only=True, isolation=isolation, after=after) as uow:
            stale += (await uow.contacts.get(contact.id)).name != name
            await uow.commit()
    print(f"after={told}, {isolation}: stale {stale} of {ROUNDS}")
    assert (stale > 0) is not told


async def replicated(primary: Database[UnitOfWork], replicas: Database[UnitOfWork], contact: Contact) -> None:
    position = await renamed(primary, contact, "there")
    async with replicas.unit_of_work(TENANT, read_only=True, after=position) as uow:
        await uow.contacts.get(contact.id)


@PIPELINING
async def test_readers_of_one_replica_see_no_older_state_on_another(
    primary: Database[UnitOfWork], replicas: Database[UnitOfWork], contact: Contact
) -> None:
    """The position of a unit that read: of a replica it is what can be read there, on a primary the same."""
    position = await renamed(primary, contact, "first")
    async with replicas.unit_of_work(TENANT, read_only=True, after=position) as uow:
        assert (await uow.contacts.get(contact.id)).name == "first"
        await uow.commit()
    for db in (replicas, primary):
        async with db.unit_of_work(TENANT, read_only=True, after=await uow.lsn()) as again:
            assert (await again.contacts.get(contact.id)).name == "first"


@PIPELINING
async def test_who_waits_in_vain_is_told_within_the_bound_and_can_try_again(
    pair: Pair, primary: Database[UnitOfWork], replicas: Database[UnitOfWork], contact: Contact
) -> None:
    await replicated(primary, replicas, contact)
    pair.on_standby("SELECT pg_wal_replay_pause()")
    try:
        position = await renamed(primary, contact, "late")
        started = monotonic()
        with pytest.raises(ReplicaBehind, match=f"has not reached {position}") as caught:
            async with replicas.unit_of_work(TENANT, read_only=True, after=position) as uow:
                await uow.contacts.get(contact.id)
        assert 0.4 < monotonic() - started < SHORT.acquire_timeout + 0.5
        assert caught.value.retryable
        assert isinstance(caught.value, OperationTimeout)
        assert await read(replicas, contact.id) == "there"
    finally:
        pair.on_standby("SELECT pg_wal_replay_resume()")
    await asyncio.sleep(0.2)
    async with replicas.unit_of_work(TENANT, read_only=True, after=position) as uow:
        assert (await uow.contacts.get(contact.id)).name == "late"
    assert replicas.stats().in_use == 0


@PIPELINING
async def test_a_serializable_unit_is_told_that_a_standby_serves_none(
    primary: Database[UnitOfWork], replicas: Database[UnitOfWork], contact: Contact
) -> None:
    await replicated(primary, replicas, contact)
    with pytest.raises(DatabaseError, match=r"the server is a standby.*'repeatable read' does") as caught:
        async with replicas.unit_of_work(TENANT, read_only=True, isolation="serializable") as uow:
            await uow.contacts.get(contact.id)
    assert caught.value.sqlstate == "0A000"
    async with primary.unit_of_work(TENANT, read_only=True, isolation="serializable") as uow:
        await uow.contacts.get(contact.id)


@pytest.mark.parametrize("after", [7, "", "0", "0/", "0/XYZ", "0/16B3748'; SELECT 1", "123456789/0"])
async def test_what_is_no_position_is_refused(db: Database[UnitOfWork], after: Any) -> None:
    with pytest.raises(ValidationError, match="position in the log") as caught:
        db.unit_of_work(TENANT, read_only=True, after=after)
    assert caught.value.field == "after"


async def test_only_a_read_only_unit_waits(db: Database[UnitOfWork]) -> None:
    with pytest.raises(ValidationError, match="read_only=True"):
        db.unit_of_work(TENANT, after="0/1")


async def test_a_position_is_told_once_it_is_committed(db: Database[UnitOfWork], owner_dsn: str) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.page()
        with pytest.raises(UnitOfWorkError, match="is active"):
            await uow.lsn()
        await uow.rollback()
        with pytest.raises(UnitOfWorkError, match="is rolled back"):
            await uow.lsn()
    driver = await asyncpg.connect(owner_dsn)
    await prepare_driver(driver)
    async with driver.transaction(), UnitOfWork.join(driver, TENANT) as joined:
        await joined.contacts.page()
    with pytest.raises(UnitOfWorkError, match="commit that first"):
        await joined.lsn()
    await driver.close()


@pytest.mark.parametrize(
    ("position", "end"),
    [("0/16B4018", "0/16B4000"), ("1A/18", "1A/0"), ("0/16B4020", "0/16B4020"), ("0/16B4028", "0/16B4028")],
)
def test_the_header_of_a_page_is_not_waited_for(position: str, end: str) -> None:
    """Where a record ends with its page, the next one begins 24 bytes on: no replica is there on its own."""
    assert end_of_last_record(position) == end
