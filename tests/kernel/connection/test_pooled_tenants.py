"""Many tasks of two tenants on three connections, cancelled at random: no row of one is another's to see."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Iterator

import attrs
import psycopg
import pytest

from tests.support.constants import NOW
from tests.support.pooler import pooler
from tests.support.stored import count
from ventros import Database, DatabaseError, Settings, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.connection.connection import Connection
from ventros.kernel.statements import one_off
from ventros.kernel.transaction import begin, pooled

TASKS, ROUNDS, CONNECTIONS = 50, 12, 3
# As a statement of a catalogue, or its connection would serve no other unit. It leaves all to the policy.
SEEN = attrs.evolve(
    one_off("SELECT tenant_id FROM contacts", rows="many", returns="tenant_id text"), in_catalogue=True
)


@attrs.define
class Load:
    """What the tasks met: rows of another tenant, or of any where none was set, and cancellations."""

    db: Database[UnitOfWork]
    seeds: list[Seed]
    dice: random.Random
    foreign: int = 0
    own: int = 0
    cancelled: int = 0

    async def run(self) -> None:
        await asyncio.gather(*(self._task(self.seeds[number % 2]) for number in range(TASKS)))

    async def _task(self, seed: Seed) -> None:
        for _ in range(ROUNDS):
            work = asyncio.create_task(self._forgetful() if self.dice.random() < 0.2 else self._unit(seed))
            if self.dice.random() < 0.3:
                await asyncio.sleep(self.dice.uniform(0, 0.05))
                work.cancel()
            try:
                await work
            except asyncio.CancelledError:
                self.cancelled += 1

    async def _unit(self, seed: Seed) -> None:
        async with self.db.unit_of_work(seed.tenant) as uow:
            self._see(await self._tenants(uow.connection), seed.tenant)
            contact = Contact.create(
                project_id=seed.project_id, tenant_id=seed.tenant, name=seed.tenant, now=NOW
            )
            await uow.contacts.add(contact)
            self._see(await self._tenants(uow.connection), seed.tenant)
            if self.dice.random() < 0.8:
                await uow.commit()

    async def _forgetful(self) -> None:
        """Asks for rows and sets no tenant."""
        async with self.db.connection() as connection:
            with contextlib.suppress(DatabaseError):
                self._see(await self._tenants(connection), None)

    async def _tenants(self, connection: Connection) -> list[str]:
        return [row["tenant_id"] for row in await connection.many(SEEN)]

    def _see(self, tenants: list[str], own: str | None) -> None:
        self.own += tenants.count(own) if own else 0
        self.foreign += sum(tenant != own for tenant in tenants)


@pytest.fixture(params=["directly", "through PgBouncer"])
def way(request: pytest.FixtureRequest, server: DevServer, dsn: str) -> Iterator[tuple[str, Settings]]:
    settings = Settings(max_size=CONNECTIONS, acquire_timeout=60)
    if request.param == "directly":
        yield dsn, settings
        return
    with pooler(server, dsn, CONNECTIONS, prepared=False) as through:
        yield through, attrs.evolve(settings, statement_cache_size=0)


def for_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tenant is set for the session, not for the transaction."""
    original = begin.set_local
    monkeypatch.setattr(
        pooled,
        "set_local",
        lambda *args: tuple(text.replace("SET LOCAL", "SET") for text in original(*args)),
    )


@pytest.mark.spoiled
@pytest.mark.parametrize("local", [True, False], ids=["SET LOCAL", "control SET"])
async def test_no_task_sees_a_row_of_another_tenant(
    way: tuple[str, Settings],
    seed: Seed,
    other_seed: Seed,
    superuser: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    local: bool,
) -> None:
    if not local:
        for_the_session(monkeypatch)
    number = random.randrange(2**32)
    print(f"random seed {number}")
    async with await Database.open(UnitOfWork, *way) as db:
        load = Load(db, [seed, other_seed], random.Random(number))
        await load.run()
    ended = f"{TASKS * ROUNDS} rounds, {load.cancelled} cancelled"
    print(f"{ended}; rows seen {load.own}, foreign {load.foreign}")
    assert load.own > 0
    assert load.cancelled > 0
    assert (load.foreign == 0) == local
    assert count(superuser, "SELECT count(*) FROM contacts WHERE name <> tenant_id") == 0
