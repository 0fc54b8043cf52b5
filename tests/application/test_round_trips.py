"""How often each use case waits for the server, as docs/round-trips.md says it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.constants import TENANT
from tests.support.round_trip_cases import CASES, UNIT, Case, World
from ventros import Database, Settings, UnitOfWork, application
from ventros.demo.seed import Seed
from ventros.testing import RoundTrips

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
async def through(dsn: str, db: Database[UnitOfWork]) -> AsyncIterator[Database[UnitOfWork]]:
    """One connection, so that the statements of a case are prepared when it is done again."""
    async with await Database.open(UnitOfWork, dsn, Settings(max_size=1)) as database:
        yield database


async def counted(world: World, prepare: Case, through: Database[UnitOfWork], round_trips: RoundTrips) -> int:
    """Those of the third time, from BEGIN to COMMIT."""
    count = 0
    for _ in range(3):
        world.number, world.tenant, world.user = world.number + 1, TENANT, None
        work = await prepare(world)
        before = round_trips.count
        await through.run(world.tenant, work, user=world.user, attempts=1)
        count = round_trips.count - before
    return count


async def test_the_page_says_what_each_use_case_takes(
    db: Database[UnitOfWork], seed: Seed, through: Database[UnitOfWork], round_trips: RoundTrips
) -> None:
    """Else, when that is right: its table is what this test prints."""
    world = World(db, seed)
    counts = {key: await counted(world, prepare, through, round_trips) for key, prepare in CASES.items()}
    table = "\n".join(f"| {use_case} | {name} | {trips} |" for (use_case, name), trips in counts.items())
    print(table)
    assert {key: trips for key, trips in counts.items() if trips > BUDGET.get(key, trips)} == {}
    assert PAGE.read_text(encoding="utf-8").endswith(f"| --- | --- | --- |\n{table}\n")


def test_every_use_case_is_there() -> None:
    """The function that a file is named after is one, unless it is a part of others."""
    parts = {"find_inbound", "identify_contact"}
    texts = {path.stem: path.read_text(encoding="utf-8") for path in APPLICATION.glob("*.py")}
    named = {name for name, text in texts.items() if f"async def {name}(" in text}
    assert named - parts == {use_case for use_case, _ in CASES} - {UNIT}
