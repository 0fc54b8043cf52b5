"""Of two who each save what the other has only read, one must give way."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import attrs
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.contacts import MakeContacts
from ventros import Conflict, Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.kernel.errors import DeadlockDetected
from ventros.kernel.statements import Statement

DUELS = 100

Save = Callable[[UnitOfWork, Contact, Contact], Awaitable[object]]


async def unverified(uow: UnitOfWork, changed: Contact, _read: Contact) -> None:
    await uow.contacts.save(changed)


async def verified_at_commit(uow: UnitOfWork, changed: Contact, read: Contact) -> None:
    uow.contacts.verify(read)
    await uow.contacts.save(changed)


async def verified_with_the_save(uow: UnitOfWork, changed: Contact, read: Contact) -> None:
    uow.contacts.verify(read)
    await uow.save_all(changed)


async def locked_at_once(uow: UnitOfWork, changed: Contact, read: Contact) -> None:
    """What verify could do as well: lock when it is called, and compare."""
    locked = await uow.contacts.get(read.id, lock="share")
    if locked.version != read.version:
        raise Conflict("stale")
    await uow.contacts.save(changed)


async def duels(db: Database[UnitOfWork], make: MakeContacts, save: Save) -> Counter[str]:
    """How many duels both won, and how many deadlocks there were."""
    outcomes: Counter[str] = Counter(both=0, deadlocks=0)

    async def fight(changed: Contact, read: Contact, start: asyncio.Barrier) -> bool:
        try:
            async with db.unit_of_work(TENANT) as uow:
                mine, other = await uow.contacts.get(changed.id), await uow.contacts.get(read.id)
                await start.wait()
                await save(uow, mine.rename("Alice", now=NOW), other)
                await uow.commit()
        except DeadlockDetected:
            outcomes["deadlocks"] += 1
            return False
        except Conflict:
            return False
        return True

    async def duel() -> None:
        one, two = await make(2)
        start = asyncio.Barrier(2)
        won = await asyncio.gather(fight(one, two, start), fight(two, one, start))
        outcomes["both"] += all(won)

    for _ in range(DUELS // 20):
        await asyncio.gather(*(duel() for _ in range(20)))
    return outcomes


@pytest.mark.parametrize("save", [verified_with_the_save, verified_at_commit, locked_at_once])
async def test_verified_one_gives_way(wide: Database[UnitOfWork], contacts: MakeContacts, save: Save) -> None:
    outcomes = await duels(wide, contacts, save)
    print(f"{save.__name__}: {dict(outcomes)} of {DUELS}")
    assert outcomes["both"] == 0
    assert save is not verified_with_the_save or outcomes["deadlocks"] == 0


async def test_control_unverified_both_win(wide: Database[UnitOfWork], contacts: MakeContacts) -> None:
    outcomes = await duels(wide, contacts, unverified)
    print(f"unverified: {dict(outcomes)} of {DUELS}")
    assert outcomes["both"] > 0


@pytest.mark.spoiled
@pytest.mark.parametrize("instead", ["FOR KEY SHARE", ""])
async def test_control_of_a_weaker_lock_both_win(
    wide: Database[UnitOfWork], contacts: MakeContacts, monkeypatch: pytest.MonkeyPatch, instead: str
) -> None:
    """FOR KEY SHARE lets others save; a plain SELECT, the version compared, is no lock at all."""
    monkeypatch.setattr(
        ContactRepository, "LOCK_FOR_SHARE", weakened(ContactRepository.LOCK_FOR_SHARE, instead)
    )
    outcomes = await duels(wide, contacts, verified_at_commit)
    print(f"{instead or 'plain SELECT'}: {dict(outcomes)} of {DUELS}")
    assert outcomes["both"] > 0


def weakened(statement: Statement, instead: str) -> Statement:
    assert "FOR SHARE" in statement.text
    return attrs.evolve(statement, text=statement.text.replace("FOR SHARE", instead))
