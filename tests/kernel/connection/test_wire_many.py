"""Fifty tasks on three connections, cancelled at random: no foreign row, no unit with a wrong outcome."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.at_wait import AtWait, interrupted
from tests.support.constants import NOW, TENANT
from tests.support.wire_load import FORMS, new_contacts, read, stored, the_wire, without_a_gap
from ventros import Database, OptimisticLockError, Settings, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.connection.answers import Answer, State
from ventros.kernel.outcome import Outcome

SEED = int(os.environ.get("VENTROS_SEED", "20260101"))
TASKS, UNITS = 50, 12


@pytest.fixture
async def three(dsn: str) -> AsyncIterator[Database[UnitOfWork]]:
    settings = Settings(min_size=3, max_size=3, acquire_timeout=30)
    async with await Database.open(UnitOfWork, dsn, settings) as database:
        assert await the_wire(database)
        yield database
        assert database.stats().in_use == 0


async def awaited(unit: AtWait) -> Any:
    return await unit


@attrs.define
class Writer:
    """Renames a contact of its own, which nobody else does, and so knows its name at any time."""

    db: Database[UnitOfWork]
    contact: Contact
    rng: random.Random
    name: str
    outcomes: list[Outcome | None] = attrs.field(factory=list)

    async def work(self) -> None:
        for number in range(UNITS):
            await self.unit(f"{self.contact.id} {number}")
            assert await read(self.db, self.contact.id) == self.name
            if self.name != self.contact.name and self.rng.random() < 0.2:
                await self.stale(f"{self.contact.id} stale")

    async def stale(self, name: str) -> None:
        """An error in the message that COMMIT rides with."""
        try:
            async with self.db.unit_of_work(TENANT) as uow:
                await uow.contacts.get(self.contact.id)
                await uow.commit(self.contact.rename(name, now=NOW))
        except OptimisticLockError:
            return
        raise AssertionError("a stale contact was saved")

    async def unit(self, name: str) -> None:
        reads = self.rng.random() < 0.25
        work: Awaitable[Any] = (
            read(self.db, self.contact.id)
            if reads
            else self.rng.choice(FORMS)(self.db, self.contact.id, name)
        )
        at = self.rng.choice([0, 0, 1, 2, 2, 3, 3, 4, 5])
        unit = interrupted(work, at, late=self.rng.random() < 0.3)
        try:
            answer = await asyncio.create_task(awaited(unit))
        except asyncio.CancelledError as cancelled:
            outcome = getattr(cancelled, "outcome", None)
            if outcome is Outcome.IN_DOUBT:
                outcome = await self.db.resolve(cancelled.marker)  # type: ignore[attr-defined]
            assert outcome in {None, Outcome.COMMITTED, Outcome.ROLLED_BACK, Outcome.NOT_STARTED}
        else:
            outcome = Outcome.COMMITTED
            assert not reads or answer == self.name
        if outcome is Outcome.COMMITTED and not reads:
            self.name = name
        self.outcomes.append(outcome)


async def many(three: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, number: int) -> None:
    print(f"VENTROS_SEED={SEED}, {number}")
    contacts = await new_contacts(three, seed, TASKS)
    writers = [
        Writer(three, contact, random.Random(f"{SEED}:{number}:{at}"), contact.name)
        for at, contact in enumerate(contacts)
    ]
    async with asyncio.TaskGroup() as group:
        for writer in writers:
            group.create_task(writer.work())
    assert stored(superuser, [one.id for one in contacts]) == {w.contact.id: w.name for w in writers}
    assert all(without_a_gap(superuser, contact.id) for contact in contacts)
    ends = [outcome for writer in writers for outcome in writer.outcomes]
    print({str(outcome): ends.count(outcome) for outcome in set(ends)})
    assert ends.count(Outcome.COMMITTED) > TASKS
    assert ends.count(Outcome.ROLLED_BACK) + ends.count(None) > TASKS


@pytest.mark.parametrize("number", range(3))
async def test_no_foreign_row_and_no_wrong_outcome(
    three: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, number: int
) -> None:
    await many(three, seed, superuser, number)


def committed_whatever_came(become: Callable[..., None]) -> Callable[..., None]:
    def spoiled(self: Answer, state: State) -> None:
        become(self, State.DONE if state in {State.FAILED, State.SKIPPED, State.LOST} else state)

    return spoiled


async def test_control_an_answer_that_was_not_given_is_a_wrong_outcome(
    three: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Answer, "become", committed_whatever_came(Answer.become))
    with pytest.raises((ExceptionGroup, AssertionError)):
        await many(three, seed, superuser, 0)
