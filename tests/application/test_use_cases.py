"""What holds of every use case, with each of its cases: a new one is in by itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import closing
from itertools import count
from typing import Any

import psycopg
import pytest

from tests.support.at_wait import AtWait
from tests.support.stored_state import State, state_of, without_event
from tests.support.use_cases import UNIT, Case, Work, World, all_cases, new_world
from ventros import AlreadyProcessed, CommitInDoubt, Database, NotFound, Settings, UnitOfWork
from ventros.devserver import DevServer
from ventros.kernel.errors import ConnectionLost, ReferenceNotFound
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome
from ventros.testing.server import Template

CASES = [case for case in all_cases() if case.use_case != UNIT]
VICTIM = "ventros-victim"

each = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture(scope="module")
def shared(migrated: Template) -> Iterator[str]:
    """The name of one database for all of these tests: each world has a tenant of its own."""
    with migrated.copy() as name:
        yield name


@pytest.fixture
def look(server: DevServer, shared: str) -> Iterator[psycopg.Connection]:
    with closing(psycopg.connect(server.superuser_dsn(shared), autocommit=True)) as connection:
        yield connection


@pytest.fixture
async def database(server: DevServer, shared: str) -> AsyncIterator[Database[UnitOfWork]]:
    async with await Database.open(UnitOfWork, server.dsn(shared), Settings(max_size=4)) as database:
        yield database


async def prepared(database: Database[UnitOfWork], case: Case) -> tuple[World, Work]:
    world = await new_world(database)
    return world, await case.prepare(world)


async def outcome(done: Awaitable[Any]) -> str:
    """The type of what it answers or raises."""
    try:
        return type(await done).__name__
    except AssertionError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, both orders must raise it
        return type(error).__name__


@each
async def test_it_is_done_wholly_or_not_at_all_wherever_its_connection_dies(
    case: Case, server: DevServer, shared: str, database: Database[UnitOfWork], look: psycopg.Connection
) -> None:
    """The session is ended between each message and its answer, up to the last, which is COMMIT."""
    world, work = await prepared(database, case)
    untouched = state_of(look, world)
    await world.run(work)
    done = state_of(look, world)
    assert without_event(look, world) == []
    killed, ends = 0, Counter[bool]()
    for at in count(1):
        world, work = await prepared(database, case)
        settings = Settings(max_size=1, application_name=VICTIM)
        async with await Database.open(UnitOfWork, server.dsn(shared), settings) as victim:
            dying = AtWait(_once(victim, world, work), at, lambda: _kill(look))
            is_committed = await _committed(victim, dying)
        if not dying.reached:
            break
        killed += 1
        ends[is_committed] += 1
        assert state_of(look, world) == (done if is_committed else untouched), f"killed at wait {at}"
        assert without_event(look, world) == []
    assert killed, "it never waited"
    if done != untouched:
        assert ends[False], "no death undid it"


async def _once(database: Database[UnitOfWork], world: World, work: Work) -> None:
    await database.run(world.tenant, work, user=world.user, attempts=1)


async def _kill(look: psycopg.Connection) -> None:
    """Ended is a session when it is no more there; to be told to wait for it, the server looks rarely."""
    look.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [VICTIM]
    )
    while look.execute("SELECT 1 FROM pg_stat_activity WHERE application_name = %s", [VICTIM]).fetchone():
        pass


async def _committed(database: Database[UnitOfWork], dying: Awaitable[Any]) -> bool:
    try:
        await dying
    except ConnectionLost:
        return False
    except CommitInDoubt as doubt:
        return await database.resolve(doubt.marker) is Outcome.COMMITTED
    return True


@each
async def test_it_is_done_once_for_one_command_id(
    case: Case, database: Database[UnitOfWork], look: psycopg.Connection
) -> None:
    """Where it stored nothing, asking again stores nothing, too."""
    world, work = await prepared(database, case)
    untouched, command_id = state_of(look, world), new_id()
    await database.run(world.tenant, work, user=world.user, command_id=command_id)
    done = state_of(look, world)
    again = await outcome(database.run(world.tenant, work, user=world.user, command_id=command_id))
    assert state_of(look, world) == done
    if done != untouched:
        assert again == AlreadyProcessed.__name__


@each
async def test_two_at_once_are_as_one_after_the_other(
    case: Case, database: Database[UnitOfWork], look: psycopg.Connection
) -> None:
    """The second comes in at each wait of the first, and goes as far as it can; then the first goes on."""
    serial = [await _one_after_the_other(database, look, case, turned=turned) for turned in (False, True)]
    for at in count(1):
        world, work = await prepared(database, case)
        rival = world.rival or work
        second: list[asyncio.Task[str]] = []

        async def come_in(
            world: World = world, rival: Work = rival, second: list[asyncio.Task[str]] = second
        ) -> None:
            second.append(asyncio.create_task(outcome(world.run(rival))))
            while not (second[0].done() or _waits(look)):  # noqa: ASYNC110 - the server tells no event
                await asyncio.sleep(0.001)

        first = AtWait(outcome(world.run(work)), at, come_in)
        answer = await first
        if not first.reached:
            break
        ended = Counter([answer, await second[0]]), state_of(look, world)
        assert without_event(look, world) == []
        assert ended in serial, f"the second came in at wait {at}: {_difference(ended, serial[0])}"
    assert at > 1, "it never waited"


async def _one_after_the_other(
    database: Database[UnitOfWork], look: psycopg.Connection, case: Case, *, turned: bool
) -> tuple[Counter[str], State]:
    world, work = await prepared(database, case)
    both = [work, world.rival or work]
    answers = Counter([await outcome(world.run(one)) for one in (reversed(both) if turned else both)])
    return answers, state_of(look, world)


def _waits(look: psycopg.Connection) -> bool:
    """Whether a session of the app waits for a lock."""
    row = look.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE wait_event_type = 'Lock' AND datname = current_database()"
    ).fetchone()
    return row is not None and row[0] > 0


def _difference(one: tuple[Counter[str], State], other: tuple[Counter[str], State]) -> str:
    lines = [f"{dict(one[0])}, not {dict(other[0])}"]
    lines += [f"+ {row}" for row in one[1] - other[1]] + [f"- {row}" for row in other[1] - one[1]]
    return "\n".join(lines)


@each
async def test_another_tenant_finds_nothing(
    case: Case, database: Database[UnitOfWork], look: psycopg.Connection
) -> None:
    if case.names_nothing:
        return
    world, work = await prepared(database, case)
    other = await new_world(database)
    before = state_of(look, world), state_of(look, other)
    asked = outcome(database.run(other.tenant, work, user=world.user))
    if case.answers_others:
        await asked
    else:
        assert await asked in {NotFound.__name__, ReferenceNotFound.__name__}
    assert (state_of(look, world), state_of(look, other)) == before
