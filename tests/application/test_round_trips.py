"""How often each use case waits for the server, as docs/round-trips.md says it."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.use_cases import UNIT, Case, all_cases, new_world
from ventros import Database, Settings, UnitOfWork, application
from ventros.testing import RoundTrips

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "round-trips.md"
HEAD = "| use case | case | round trips |\n| --- | --- | --- |\n"
BUDGET = {
    ("process_inbound_message", "of a known contact with an active session"): 3,
    (UNIT, "get"): 1,
    (UNIT, "get, save, commit()"): 3,
    (UNIT, "get, commit(contact)"): 2,
}
PARTS = {"find_inbound", "identify_contact"}
"""Functions that are named as their file, and are parts of use cases."""


@pytest.fixture
async def through(dsn: str, db: Database[UnitOfWork]) -> AsyncIterator[Database[UnitOfWork]]:
    """One connection, so that the statements of a case are prepared when it is done again."""
    async with await Database.open(UnitOfWork, dsn, Settings(max_size=1)) as database:
        yield database


async def counted(
    db: Database[UnitOfWork], case: Case, through: Database[UnitOfWork], round_trips: RoundTrips
) -> int:
    """Those of the third time, from BEGIN to COMMIT."""
    count = 0
    for _ in range(3):
        world = await new_world(db)
        work = await case.prepare(world)
        before = round_trips.count
        await through.run(world.tenant, work, user=world.user, attempts=1)
        count = round_trips.count - before
    return count


async def test_the_page_says_what_each_use_case_takes(
    db: Database[UnitOfWork], through: Database[UnitOfWork], round_trips: RoundTrips
) -> None:
    """VENTROS_WRITE_PAGES=1 writes the page anew."""
    counts = {
        (case.use_case, case.name): await counted(db, case, through, round_trips) for case in all_cases()
    }
    assert {key: trips for key, trips in counts.items() if trips > BUDGET.get(key, trips)} == {}
    table = "\n".join(f"| {use_case} | {name} | {trips} |" for (use_case, name), trips in counts.items())
    text = PAGE.read_text(encoding="utf-8").partition(HEAD)[0] + HEAD + table + "\n"
    if os.environ.get("VENTROS_WRITE_PAGES"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text


def test_every_use_case_is_there() -> None:
    """The function that a file is named after is one, unless it is a part of others."""
    named = set()
    for module in pkgutil.walk_packages(application.__path__, "ventros.application."):
        name = module.name.rpartition(".")[2]
        path = Path(str(application.__file__)).parents[1].joinpath(*module.name.split(".")[1:])
        if not module.ispkg and f"async def {name}(" in path.with_suffix(".py").read_text(encoding="utf-8"):
            named.add(name)
    assert named - PARTS == {case.use_case for case in all_cases()} - {UNIT}
