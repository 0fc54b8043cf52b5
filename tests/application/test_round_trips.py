"""How often each use case waits for the server, and what it touches, as two pages of docs/ say it."""

from __future__ import annotations

import os
import pkgutil
from collections.abc import AsyncIterator
from pathlib import Path

import attrs
import pytest

from tests.support.constants import NOW
from tests.support.sessions import MINUTE, make_session
from tests.support.use_case_page import (
    COMMANDS_HEAD,
    USE_CASES_HEAD,
    Seen,
    command_table,
    use_case_table,
    watching,
    with_table,
)
from tests.support.use_cases import UNIT, Case, all_cases, new_world
from ventros import Database, Settings, UnitOfWork, application
from ventros.kernel.telemetry import Telemetry
from ventros.testing import RoundTrips

DOCS = Path(__file__).parents[2] / "docs"
HEAD = "| use case | case | round trips |\n| --- | --- | --- |\n"
BUDGET = {
    ("process_inbound_message", "of a known contact with an active session"): 3,
    (UNIT, "get"): 1,
    (UNIT, "get, save, commit()"): 3,
    (UNIT, "get, commit(contact)"): 2,
}
PARTS = {"find_inbound", "hold_live_contact", "identify_contact"}
"""Functions that are named as their file, and are parts of use cases."""


@attrs.frozen
class Through:
    """One connection, so that the statements of a case are prepared when it is done again."""

    database: Database[UnitOfWork]
    statements: list[str]
    round_trips: RoundTrips


@pytest.fixture
async def through(dsn: str, round_trips: RoundTrips) -> AsyncIterator[Through]:
    statements: list[str] = []
    telemetry = Telemetry(statement=lambda name, *_: statements.append(name))
    async with await Database.open(UnitOfWork, dsn, Settings(max_size=1), telemetry) as database:
        yield Through(database, statements, round_trips)


async def seen(db: Database[UnitOfWork], case: Case, through: Through) -> Seen:
    """The third time, from BEGIN to COMMIT."""
    for _ in range(2):
        world = await new_world(db)
        work = await case.prepare(world)
        await through.database.run(world.tenant, work, user=world.user, attempts=1)
    world, units = await new_world(db), list[UnitOfWork]()
    work = await case.prepare(world)
    through.statements.clear()
    before = through.round_trips.count

    async def watched(uow: UnitOfWork) -> object:
        units.append(uow)
        return await work(uow)

    with watching() as commands:
        await through.database.run(world.tenant, watched, user=world.user, attempts=1)
    return Seen.of(
        units[0].events,
        use_case=case.use_case,
        case=case.name,
        round_trips=through.round_trips.count - before,
        statements=tuple(through.statements),
        commands=frozenset(commands),
    )


def use_case_paths() -> dict[str, Path]:
    """By its name the file of each: the function that a file is named after is one, unless it is a part."""
    root, paths = DOCS.parent, {}
    for module in pkgutil.walk_packages(application.__path__, "ventros.application."):
        name = module.name.rpartition(".")[2]
        path = Path(*module.name.split(".")).with_suffix(".py")
        text = "" if module.ispkg else (root / path).read_text(encoding="utf-8")
        if f"async def {name}(" in text and name not in PARTS:
            paths[name] = path
    return paths


async def test_the_pages_say_what_each_use_case_takes(db: Database[UnitOfWork], through: Through) -> None:
    """VENTROS_WRITE_PAGES=1 writes the pages anew."""
    cases = [await seen(db, case, through) for case in all_cases()]
    taken = {(one.use_case, one.case): one.round_trips for one in cases}
    assert {key: trips for key, trips in taken.items() if trips > BUDGET.get(key, trips)} == {}
    rows = "".join(f"| {use_case} | {name} | {trips} |\n" for (use_case, name), trips in taken.items())
    of_use_cases = [one for one in cases if one.use_case != UNIT]
    tables = {
        "round-trips.md": ((HEAD, rows),),
        "use-cases.md": (
            (USE_CASES_HEAD, use_case_table(of_use_cases, use_case_paths())),
            (COMMANDS_HEAD, command_table(of_use_cases)),
        ),
    }
    for page, of_page in tables.items():
        committed = text = (DOCS / page).read_text(encoding="utf-8")
        for head, table in of_page:
            text = with_table(text, head, table)
        if os.environ.get("VENTROS_WRITE_PAGES"):
            (DOCS / page).write_text(text, encoding="utf-8")
        else:
            assert committed == text


def of_ack(case: str, *statements: str, round_trips: int) -> Seen:
    return Seen(
        use_case="record_message_ack",
        case=case,
        round_trips=round_trips,
        statements=statements,
        events=("message.read",),
        commands=frozenset(),
    )


def test_a_row_is_made_of_all_cases() -> None:
    """Held in one and written in another is written; the case with most tables gives the order."""
    cases = [
        of_ack("short", "outbox_events.append", "chats.lock_for_share", "messages.insert", round_trips=3),
        of_ack(
            *("long", "channels.get", "contacts.lock_for_share", "messages.update", "sessions.insert"),
            *("channels.lock_for_share", "chats.update"),
            round_trips=5,
        ),
    ]
    assert use_case_table([cases[0]], use_case_paths()) == (
        "| [`record_message_ack`](../ventros/application/messages/record_message_ack.py) | message "
        "| chats (held), messages (new) | `message.read` | 3 |\n"
    )
    assert use_case_table(cases, use_case_paths()) == (
        "| [`record_message_ack`](../ventros/application/messages/record_message_ack.py) "
        "| message, session, chat | contacts (held), messages, sessions (new), channels (held), chats "
        "| `message.read` | 3 to 5 |\n"
    )


def test_a_command_is_watched_where_another_module_calls_it() -> None:
    """What it calls itself is its own matter; nor is anything called after the watch."""
    session = make_session()
    with watching() as commands:
        session.check_timeout(now=NOW + 60 * MINUTE)
    session.escalate(now=NOW)
    assert commands == {("session", "check_timeout")}


def test_a_table_is_put_in_the_place_of_the_old_one() -> None:
    text = "before\n" + HEAD + "| old | row | 1 |\n\nafter | it\n"
    assert with_table(text, HEAD, "| new | row | 2 |\n") == text.replace("old", "new").replace("1", "2")
    with pytest.raises(AssertionError, match="no table with the head"):
        with_table("before", HEAD, "")


def test_every_use_case_is_there() -> None:
    assert set(use_case_paths()) == {case.use_case for case in all_cases()} - {UNIT}
