"""Many who save the same aggregates at once: no deadlock, one winner, every conflict told."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.contacts import MakeContacts
from tests.support.listening import listen
from ventros import Database, OptimisticLockError, UnitOfWork
from ventros.crm.contacts import mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.kernel.errors import Conflict, DeadlockDetected, OptimisticLockErrors
from ventros.kernel.ids import new_id

WORKERS, ROUNDS = 8, 60

Save = Callable[[UnitOfWork, list[Contact]], Awaitable[object]]


async def together(uow: UnitOfWork, changed: list[Contact]) -> None:
    await uow.save_all(*changed)


async def one_after_the_other(uow: UnitOfWork, changed: list[Contact]) -> None:
    for contact in changed:
        await uow.contacts.save(contact)


async def work(db: Database[UnitOfWork], stored: list[Contact], save: Save, seed: int) -> Counter[str]:
    """8 workers load 3 of the 10 in an order of chance, change and save them, and count what comes of it."""

    async def worker(number: int) -> None:
        chance = random.Random(f"{seed}-{number}")
        for _ in range(ROUNDS):
            try:
                async with db.unit_of_work(TENANT) as uow:
                    loaded = [await uow.contacts.get(contact.id) for contact in chance.sample(stored, 3)]
                    await save(uow, [contact.rename(str(new_id()), now=NOW) for contact in loaded])
                    await uow.commit()
                outcomes["commits"] += 1
            except DeadlockDetected:
                outcomes["deadlocks"] += 1
            except Conflict:
                outcomes["conflicts"] += 1

    outcomes: Counter[str] = Counter()
    await asyncio.gather(*map(worker, range(WORKERS)))
    return outcomes


async def steps(db: Database[UnitOfWork], stored: list[Contact]) -> int:
    async with db.unit_of_work(TENANT) as uow:
        return sum([(await uow.contacts.get(contact.id)).version - 1 for contact in stored])


async def test_no_deadlocks_when_saved_together(wide: Database[UnitOfWork], contacts: MakeContacts) -> None:
    seed = random.randrange(10**6)
    stored = await contacts(10)
    outcomes = await work(wide, stored, together, seed)
    print(f"save_all: {dict(outcomes)} (seed {seed})")
    assert outcomes["deadlocks"] == 0
    assert outcomes["commits"] > 0
    assert await steps(wide, stored) == 3 * outcomes["commits"]


async def test_control_deadlocks_when_saved_in_any_order(
    wide: Database[UnitOfWork], contacts: MakeContacts
) -> None:
    seed = random.randrange(10**6)
    stored = await contacts(10)
    outcomes = await work(wide, stored, one_after_the_other, seed)
    print(f"save, one after the other: {dict(outcomes)} (seed {seed})")
    assert outcomes["deadlocks"] > 0
    assert await steps(wide, stored) == 3 * outcomes["commits"]


async def test_of_fifty_racers_one_wins_and_all_others_are_told(
    wide: Database[UnitOfWork], contacts: MakeContacts, superuser: psycopg.Connection
) -> None:
    (contact,) = await contacts(1)
    start = asyncio.Barrier(50)

    async def race(number: int) -> Contact:
        async with wide.unit_of_work(TENANT) as uow:
            loaded = await uow.contacts.get(contact.id)
            await start.wait()
            saved = await uow.contacts.save(loaded.rename(f"Racer {number}", now=NOW))
            await uow.commit()
            return saved

    results = await asyncio.gather(*map(race, range(50)), return_exceptions=True)
    winners = [result for result in results if isinstance(result, Contact)]
    losers = [result for result in results if isinstance(result, OptimisticLockError)]
    events = superuser.execute(
        "SELECT event_name FROM outbox_events WHERE aggregate_id = %s AND aggregate_version > 1", [contact.id]
    ).fetchall()
    print(f"50 racers: {len(winners)} winner, {len(losers)} conflicts, {len(events)} event")
    assert (len(winners), len(losers)) == (1, 49)
    assert {(loser.resource, loser.id, loser.expected, loser.actual) for loser in losers} == {
        ("contact", contact.id, 1, 2)
    }
    assert events == [("contact.name_changed",)]


async def thousand(wide: Database[UnitOfWork], contacts: MakeContacts) -> tuple[list[Contact], list[Contact]]:
    """A thousand that were loaded, and seven of them that others have saved since."""
    stored = await contacts(1000)
    stale = random.sample(stored, 7)
    async with wide.unit_of_work(TENANT) as uow:
        await uow.save_all(*(contact.rename("Bob", now=NOW) for contact in stale))
        await uow.commit()
    return [contact.rename("Alice", now=NOW) for contact in stored], stale


def named(superuser: psycopg.Connection, name: str) -> int:
    row = superuser.execute("SELECT count(*) FROM contacts WHERE name = %s", [name]).fetchone()
    assert row is not None
    return int(row[0])


async def test_of_a_thousand_exactly_the_seven_stale_are_told_and_none_is_written(
    wide: Database[UnitOfWork], contacts: MakeContacts, superuser: psycopg.Connection
) -> None:
    changed, stale = await thousand(wide, contacts)
    async with wide.unit_of_work(TENANT) as uow:
        sent = listen(uow)
        with pytest.raises(OptimisticLockErrors) as caught:
            await uow.save_all(*changed)
        assert sent == ["contacts.lock_for_no_key_update"]
        await uow.commit()
    conflicts = caught.value.conflicts
    assert named(superuser, "Alice") == 0
    assert {conflict.id for conflict in conflicts} == {contact.id for contact in stale}
    assert {(conflict.expected, conflict.actual) for conflict in conflicts} == {(1, 2)}
    print(f"1,000 with 7 stale: {len(conflicts)} told, {named(superuser, 'Alice')} written")

    fresh = [contact for contact in changed if contact.id not in {every.id for every in stale}]
    async with wide.unit_of_work(TENANT) as uow:
        sent = listen(uow)
        await uow.save_all(*fresh)
        assert sent == ["contacts.lock_for_no_key_update", "contacts.update"]
        await uow.commit()
    assert named(superuser, "Alice") == 993


async def test_control_executemany_overlooks_the_stale_and_writes_the_others(
    wide: Database[UnitOfWork], contacts: MakeContacts, superuser: psycopg.Connection
) -> None:
    changed, _ = await thousand(wide, contacts)
    async with wide.unit_of_work(TENANT) as uow:
        await uow.connection.control("SAVEPOINT ventros")
        driver: Any = uow.connection.driver
        answer = await driver.executemany(
            ContactRepository.UPDATE.text, [mapper.update_args(contact) for contact in changed]
        )
        await uow.commit()
    print(f"executemany: told {answer}, {named(superuser, 'Alice')} written")
    assert named(superuser, "Alice") == 993
