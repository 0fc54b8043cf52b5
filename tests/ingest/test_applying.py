"""A server that goes away is waited for; one that stays away ends the run, in its time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.constants import NOW, TENANT
from tests.support.crash import Crashing
from tests.support.waha_lines import message_line
from ventros import CRM, Database, Settings, UnitOfWork
from ventros.demo.seed import Seed, seed_tenant
from ventros.devserver import DATABASE
from ventros.ingest.applying import PATIENCE
from ventros.ingest.records import Record, records_of_lines
from ventros.ingest.runner import Ingest
from ventros.kernel.errors import CommitInDoubt, ConnectionLost
from ventros.schema import create_database
from ventros.statements import statement

MESSAGES = 200
BEGUN = 20
COUNT = statement("messages.count")
SETTINGS = Settings(min_size=0, max_size=5, connect_timeout=1, acquire_timeout=1)


@pytest.fixture
def crashing() -> Iterator[Crashing]:
    with Crashing(durable=True) as server:
        create_database(server, CRM, DATABASE)
        yield server


@pytest.fixture
async def pool(crashing: Crashing) -> AsyncIterator[Database[UnitOfWork]]:
    async with await Database.open(UnitOfWork, crashing.dsn(), SETTINGS) as database:
        yield database


@pytest.fixture
async def crashing_seed(pool: Database[UnitOfWork]) -> Seed:
    return await seed_tenant(pool, TENANT, "acme-phone", NOW)


class Begun:
    """Set when some messages are stored."""

    def __init__(self) -> None:
        self._left = BEGUN
        self._event = asyncio.Event()

    def count(self, _seconds: float) -> None:
        self._left -= 1
        if self._left == 0:
            self._event.set()

    async def wait(self) -> None:
        await self._event.wait()


def lines_of(seed: Seed) -> list[bytes]:
    return [message_line(seed, number) for number in range(MESSAGES)]


async def count_messages(pool: Database[UnitOfWork]) -> int:
    async with pool.unit_of_work(TENANT) as uow:
        row = await uow.connection.one(COUNT, TENANT)
        return int(row[0])


async def test_a_restart_of_the_server_costs_nothing(
    crashing: Crashing, pool: Database[UnitOfWork], crashing_seed: Seed
) -> None:
    async def restart() -> None:
        await begun.wait()
        await asyncio.to_thread(crashing.kill)
        await asyncio.sleep(0.5)
        await asyncio.to_thread(crashing.start_again)

    begun = Begun()
    ingest = Ingest(pool, [TENANT], workers=4, on_latency=begun.count)
    tally, _ = await asyncio.gather(ingest.run(records_of_lines(lines_of(crashing_seed))), restart())
    assert (tally.events, tally.rejected) == (MESSAGES, {})
    assert tally.messages_stored == await count_messages(pool) == MESSAGES


async def test_a_server_that_stays_away_ends_the_run_after_its_patience(
    crashing: Crashing, pool: Database[UnitOfWork], crashing_seed: Seed
) -> None:
    async def halt() -> None:
        await begun.wait()
        await asyncio.to_thread(crashing.halt)

    begun = Begun()
    ingest = Ingest(pool, [TENANT], workers=4, patience=1, on_latency=begun.count)
    started = time.monotonic()
    results = await asyncio.gather(
        ingest.run(records_of_lines(lines_of(crashing_seed))), halt(), return_exceptions=True
    )
    assert isinstance(results[0], ConnectionLost | CommitInDoubt)  # it was at a COMMIT, or was not
    assert time.monotonic() - started < PATIENCE / 2
    assert ingest.tally.rejected == {}
    crashing.start_again()
    stored = ingest.tally.messages_stored
    assert BEGUN <= stored <= await count_messages(pool) < MESSAGES
    again = await Ingest(pool, [TENANT]).run(records_of_lines(lines_of(crashing_seed)))
    assert again.events == await count_messages(pool) == MESSAGES


async def test_who_is_told_to_stop_does_not_wait_for_the_server(
    crashing: Crashing, pool: Database[UnitOfWork], crashing_seed: Seed
) -> None:
    begun = Begun()
    ingest = Ingest(pool, [TENANT], workers=2, on_latency=begun.count)

    async def halt_and_stop() -> None:
        await begun.wait()
        await asyncio.to_thread(crashing.halt)
        await asyncio.sleep(0.5)
        ingest.stop()

    started = time.monotonic()
    records: list[Record] = list(records_of_lines(lines_of(crashing_seed)))
    tally, _ = await asyncio.gather(ingest.run(records), halt_and_stop())
    assert time.monotonic() - started < PATIENCE / 2
    assert tally.rejected == {}
    assert tally.unfinished > 0
    crashing.start_again()
    assert await count_messages(pool) >= tally.messages_stored
