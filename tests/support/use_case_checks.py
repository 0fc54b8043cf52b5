"""What holds of every use case, as a check of one of its cases."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable
from itertools import count
from typing import Any, Final

import attrs
import psycopg

from tests.support.at_wait import AtWait
from tests.support.lock_waits import waits
from tests.support.stored_state import State, state_of, without_event
from tests.support.use_cases import Case, Work, World, new_world
from ventros import AlreadyProcessed, CommitInDoubt, Database, NotFound, Settings, UnitOfWork
from ventros.kernel.errors import ConnectionLost, ReferenceNotFound
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome

VICTIM: Final = "ventros-victim"
FEW: Final = 2
"""Of so few waits no death may undo it: a pooled connection that dies under the first message is replaced
(PooledTransaction), and under the last one COMMIT may have been done."""

_Ended = tuple[Counter[str], State]


@attrs.frozen
class Checks:
    """On a database that ``dsn`` names, each world with a tenant of its own; ``look`` is a superuser's."""

    database: Database[UnitOfWork]
    dsn: str
    look: psycopg.Connection

    async def all_or_nothing(self, case: Case) -> None:
        """The session is ended between each message and its answer, up to the last, which is COMMIT.

        It has done the same before, for another tenant: no statement is prepared on the way.
        """
        world, work = await self._prepared(case)
        untouched = self._state(world)
        await world.run(work)
        done = self._state(world)
        undone = 0
        for at in count(1):
            world, work = await self._prepared(case)
            settings = Settings(max_size=1, application_name=VICTIM)
            before, rehearsed = await self._prepared(case)
            async with await Database.open(UnitOfWork, self.dsn, settings) as victim:
                await victim.run(before.tenant, rehearsed, user=before.user)
                once = victim.run(world.tenant, work, user=world.user, attempts=1)
                dying = AtWait(once, at, self._kill)
                is_committed = await _committed(victim, dying)
            if not dying.reached:
                break
            undone += not is_committed
            expected = done if is_committed else untouched
            assert self._state(world) == expected, f"killed at wait {at}"
        assert at > 1, "it never waited"
        assert undone or done == untouched or at - 1 <= FEW, "no death undid it"

    async def once_for_one_command_id(self, case: Case) -> None:
        """Where it stored nothing, asking again stores nothing, too."""
        world, work = await self._prepared(case)
        untouched, command_id = self._state(world), new_id()
        await self.database.run(world.tenant, work, user=world.user, command_id=command_id)
        done = self._state(world)
        again = await _answer(self.database.run(world.tenant, work, user=world.user, command_id=command_id))
        assert self._state(world) == done
        assert done == untouched or again == AlreadyProcessed.__name__

    async def two_at_once(self, case: Case) -> None:
        """The second comes in at each wait of the first, goes as far as it can; then the first goes on."""
        serial = [await self._one_after_the_other(case, turned=turned) for turned in (False, True)]
        for at in count(1):
            ended = await self._meeting(case, at)
            if ended is None:
                break
            assert ended in serial, f"the second came in at wait {at}: {_difference(ended, serial[0])}"
        assert at > 1, "it never waited"

    async def nothing_for_another_tenant(self, case: Case) -> None:
        world, work = await self._prepared(case)
        other = await new_world(self.database)
        before = self._state(world), self._state(other)
        answer = await _answer(self.database.run(other.tenant, work, user=world.user))
        assert case.answers_others or answer in {NotFound.__name__, ReferenceNotFound.__name__}
        assert (self._state(world), self._state(other)) == before

    async def _prepared(self, case: Case) -> tuple[World, Work]:
        world = await new_world(self.database)
        return world, await case.prepare(world)

    async def _meeting(self, case: Case, at: int) -> _Ended | None:
        """None when the first does not wait that often."""
        world, work = await self._prepared(case)
        second: list[asyncio.Task[str]] = []

        async def come_in(_future: object) -> None:
            second.append(asyncio.create_task(_answer(world.run(world.rival or work))))
            await waits(second[0], self.look)

        first = AtWait(_answer(world.run(work)), at, come_in)
        answer = await first
        return (Counter([answer, await second[0]]), self._state(world)) if first.reached else None

    async def _one_after_the_other(self, case: Case, *, turned: bool) -> _Ended:
        world, work = await self._prepared(case)
        both = [work, world.rival or work]
        answers = Counter([await _answer(world.run(one)) for one in (reversed(both) if turned else both)])
        return answers, self._state(world)

    def _state(self, world: World) -> State:
        assert without_event(self.look, world) == []
        return state_of(self.look, world)

    async def _kill(self, _future: object) -> None:
        """Ended is a session when it is no more there; told to wait for it, the server looks rarely."""
        sessions = "FROM pg_stat_activity WHERE application_name = %s"
        self.look.execute(f"SELECT pg_terminate_backend(pid) {sessions}", [VICTIM])
        while self.look.execute(f"SELECT 1 {sessions}", [VICTIM]).fetchone():
            pass


async def _committed(database: Database[UnitOfWork], dying: Awaitable[Any]) -> bool:
    try:
        await dying
    except ConnectionLost:
        return False
    except CommitInDoubt as doubt:
        return await database.resolve(doubt.marker) is Outcome.COMMITTED
    return True


async def _answer(done: Awaitable[Any]) -> str:
    """The type of what it returns or raises."""
    try:
        return type(await done).__name__
    except Exception as error:  # noqa: BLE001 - whatever it is, both orders must raise it
        return type(error).__name__


def _difference(one: _Ended, other: _Ended) -> str:
    lines = [f"{dict(one[0])}, not {dict(other[0])}"]
    lines += [f"+ {row}" for row in one[1] - other[1]] + [f"- {row}" for row in other[1] - one[1]]
    return "\n".join(lines)
