"""How often each use case waits for the server, as docs/round-trips.md says it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.constants import TENANT
from tests.support.proxy import Proxy
from tests.support.round_trip_cases import CASES, UNIT, Case, World
from ventros import Database, Settings, UnitOfWork, application
from ventros.demo.seed import Seed

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "round-trips.md"
APPLICATION = Path(str(application.__file__)).parent
BUDGET = {
    ("process_inbound_message", "of a known contact with an active session"): 3,
    (UNIT, "get"): 1,
    (UNIT, "get, save, commit()"): 3,
    (UNIT, "get, commit(contact)"): 2,
}


@pytest.fixture
async def proxy(dsn: str, db: Database[UnitOfWork]) -> AsyncIterator[Proxy]:
    async with Proxy(dsn) as running:
        yield running


@pytest.fixture
async def through(proxy: Proxy) -> AsyncIterator[Database[UnitOfWork]]:
    """One connection, so that the statements of a case are prepared when it is done again."""
    async with await Database.open(UnitOfWork, proxy.dsn, Settings(max_size=1)) as database:
        yield database


async def round_trips(world: World, prepare: Case, through: Database[UnitOfWork], proxy: Proxy) -> int:
    """Those of the third time, from BEGIN to COMMIT."""
    counted = 0
    for _ in range(3):
        world.number, world.tenant = world.number + 1, TENANT
        work = await prepare(world)
        await asyncio.sleep(0.01)  # what nobody waits for has come
        before = proxy.answers
        await through.run(world.tenant, work, attempts=1)
        counted = proxy.answers - before
    return counted


async def test_the_page_says_what_each_use_case_takes(
    db: Database[UnitOfWork], seed: Seed, through: Database[UnitOfWork], proxy: Proxy
) -> None:
    """Else, when that is right: its table is what this test prints."""
    world = World(db, seed)
    counted = {key: await round_trips(world, prepare, through, proxy) for key, prepare in CASES.items()}
    table = "\n".join(f"| {use_case} | {name} | {trips} |" for (use_case, name), trips in counted.items())
    print(table)
    assert {key: trips for key, trips in counted.items() if trips > BUDGET.get(key, trips)} == {}
    assert PAGE.read_text(encoding="utf-8").endswith(f"| --- | --- | --- |\n{table}\n")


def test_every_use_case_is_there() -> None:
    """The function that a file is named after is one, unless it is a part of others."""
    parts = {"find_inbound", "identify_contact"}
    texts = {path.stem: path.read_text(encoding="utf-8") for path in APPLICATION.glob("*.py")}
    named = {name for name, text in texts.items() if f"async def {name}(" in text}
    assert named - parts == {use_case for use_case, _ in CASES} - {UNIT}
