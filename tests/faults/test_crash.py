"""kill -9 of the server under writers: what was acknowledged is there, nothing is there in part."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from tests.support.constants import NOW
from tests.support.crash import Crashing
from tests.support.writers import Tally, write
from ventros import CRM, Database, Settings, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import seed_tenant
from ventros.devserver import DATABASE
from ventros.kernel.errors import ConnectionLost, ServerReadOnly
from ventros.kernel.outcome import Outcome
from ventros.schema import create_database

WRITERS = 8
SETTINGS = Settings(
    min_size=0, max_size=WRITERS, connect_timeout=2, acquire_timeout=2, statement_timeout=5, commit_timeout=5
)


@pytest.fixture(scope="module")
def crashing() -> Iterator[Crashing]:
    """Durable: what it acknowledges is on the disk, as far as a killed process can tell."""
    with Crashing(durable=True, settings={"wal_writer_delay": "1s"}) as server:
        create_database(server, CRM, DATABASE)
        yield server


async def run(server: Crashing, kills: int, seed: int) -> tuple[Tally, set[UUID], set[UUID]]:
    """The tally, and whose contacts and whose events are stored."""
    chance = random.Random(seed)
    tally, stop = Tally(), asyncio.Event()
    async with await Database.open(UnitOfWork, server.dsn(), SETTINGS) as database:
        there = await seed_tenant(database, f"tenant-{seed}", f"phone-{seed}", NOW)
        with psycopg.connect(server.superuser_dsn(), autocommit=True) as superuser:
            superuser.execute("CHECKPOINT")  # what the writers stand on is not what may be lost
        writers = [asyncio.create_task(write(database, there, tally, stop)) for _ in range(WRITERS)]
        for _ in range(kills):
            enough = len(tally.acknowledged) + chance.randint(20, 200)
            while len(tally.acknowledged) < enough:  # noqa: ASYNC110 - nothing else tells
                await asyncio.sleep(0.001)
            server.kill()
            await asyncio.to_thread(server.start_again)
        await asyncio.sleep(0.2)
        stop.set()
        await asyncio.gather(*writers)
    with psycopg.connect(server.superuser_dsn(DATABASE)) as connection:
        query = "SELECT id FROM contacts WHERE tenant_id = %s"
        contacts = {row[0] for row in connection.execute(query, [there.tenant])}
        query = "SELECT aggregate_id FROM outbox_events WHERE tenant_id = %s AND aggregate_type = 'contact'"
        events = {row[0] for row in connection.execute(query, [there.tenant])}
    return tally, contacts, events


@pytest.mark.parametrize("kills", [3, pytest.param(25, marks=pytest.mark.slow)])
async def test_kill_9_under_writers(crashing: Crashing, kills: int) -> None:
    seed = random.randrange(10**9)
    tally, contacts, events = await run(crashing, kills, seed)
    resolved = {id_ for id_, outcome in tally.doubted.items() if outcome is Outcome.COMMITTED}
    lost, partial = tally.acknowledged - contacts, contacts ^ events
    wrong = (resolved ^ (contacts & tally.doubted.keys())) | (tally.refused & contacts)
    print(
        f"seed {seed}: {kills} kills, {len(tally.acknowledged)} acknowledged, lost {len(lost)}; "
        f"partial {len(partial)}; in doubt {len(tally.doubted)}, of which committed {len(resolved)}, "
        f"outcome wrong {len(wrong)}; stored {len(contacts)}"
    )
    assert (lost, partial, wrong) == (set(), set(), set())
    assert contacts == tally.acknowledged | resolved
    assert len(tally.acknowledged) >= 20 * kills


async def test_control_an_asynchronous_commit_is_lost(crashing: Crashing) -> None:
    """So the test above would see a lost acknowledgement if there was one."""
    with psycopg.connect(crashing.superuser_dsn(), autocommit=True) as connection:
        connection.execute("ALTER ROLE ventros_app SET synchronous_commit = off")
    tally, contacts, _ = await run(crashing, 2, 1)
    with psycopg.connect(crashing.superuser_dsn(), autocommit=True) as connection:
        connection.execute("ALTER ROLE ventros_app RESET synchronous_commit")
    lost = tally.acknowledged - contacts
    print(f"synchronous_commit off: {len(tally.acknowledged)} acknowledged, lost {len(lost)}")
    assert lost


async def test_a_standby_is_left(crashing: Crashing) -> None:
    """It is read, and takes no writes; promoted, it takes them, on connections made since."""
    async with await Database.open(UnitOfWork, crashing.dsn(), SETTINGS) as database:
        seed = await seed_tenant(database, f"standby-{random.random()}", "phone", NOW)
        crashing.halt()
        (crashing._data / "standby.signal").touch()
        crashing.start_again()
        contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)

        async def add(uow: UnitOfWork) -> None:
            assert (await uow.projects.get(seed.project_id)).id == seed.project_id
            await uow.contacts.add(contact)

        with pytest.raises(ServerReadOnly):
            await database.run(seed.tenant, add)
        crashing._pg_ctl("promote", "-w")
        await database.run(seed.tenant, add)


async def test_a_server_in_recovery_is_a_typed_error(crashing: Crashing) -> None:
    """A standby that takes no queries refuses with 57P03, as a server does that starts up."""
    crashing.halt()
    standby, settings = crashing._data / "standby.signal", crashing._data / "postgresql.auto.conf"
    before = settings.read_text(encoding="utf-8")
    standby.touch()
    settings.write_text(f"{before}\nhot_standby = off\n", encoding="utf-8")
    crashing.start_again(wait=False)
    seen: set[str | None] = set()
    try:
        async with await Database.open(UnitOfWork, crashing.dsn(), SETTINGS) as database:
            while "57P03" not in seen:
                with pytest.raises(ConnectionLost) as caught:
                    await database.ping()
                seen.add(caught.value.sqlstate)
                await asyncio.sleep(0.05)
    finally:
        standby.unlink()
        settings.write_text(before, encoding="utf-8")
        crashing.kill()
        crashing.start_again()
    async with await Database.open(UnitOfWork, crashing.dsn(), SETTINGS) as database:
        await database.ping()
