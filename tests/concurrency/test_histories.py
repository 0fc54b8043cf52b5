"""Random transactions over lists, run through the repositories in each mode, and what is found in them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from tests.support.constants import NOW, TENANT
from tests.support.contacts import MakeContacts
from tests.support.elle import Key, Transaction, anomalies
from tests.support.isolation import MODES, NONE, REPEATABLE_READ, SERIALIZABLE, VERIFY, Mode
from ventros import Conflict, Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.control import UncheckedContactRepository

CLIENTS, LISTS = 10, 3

MUST_OCCUR = {
    NONE: {"G-single", "G2"},
    VERIFY: set[str](),
    REPEATABLE_READ: {"G2"},
    SERIALIZABLE: set[str](),
}
"""What a mode does not prevent: a history without it would say little."""

Save = Callable[[UnitOfWork, list[Contact]], Awaitable[object]]


async def together(uow: UnitOfWork, changed: list[Contact]) -> None:
    await uow.save_all(*changed)


async def overwriting(uow: UnitOfWork, changed: list[Contact]) -> None:
    """The control: a save that does not compare the version."""
    for contact in sorted(changed, key=lambda contact: contact.id):
        await UncheckedContactRepository(uow).save(contact)


async def run(
    db: Database[UnitOfWork],
    mode: Mode,
    stored: list[Contact],
    rounds: int,
    save: Save,
    chance: random.Random,
) -> list[Transaction]:
    """Each client reads some of the lists and appends to some of those; a list is a contact's tags."""
    history: list[Transaction] = []

    async def transaction(value: str) -> None:
        chosen = chance.sample(stored, chance.randint(1, len(stored)))
        written = [contact for contact in chosen if chance.random() < 0.4]
        reads: dict[Key, tuple[str, ...]] = {}
        appends: dict[Key, str] = {contact.id: value for contact in written}
        try:
            async with mode.unit(db) as uow:
                loaded = {}
                for contact in chosen:
                    loaded[contact.id] = await mode.get(uow, contact)
                    await asyncio.sleep(chance.random() * 0.002)
                await save(uow, [loaded[contact.id].add_tag(value, now=NOW) for contact in written])
                await uow.commit()
        except Conflict:
            history.append(Transaction("rolled back", {}, appends))
        else:
            reads = {contact.id: contact.tags for contact in loaded.values()}
            history.append(Transaction("committed", reads, appends))

    async def client(number: int) -> None:
        for turn in range(rounds):
            await transaction(f"{number}.{turn}")

    await asyncio.gather(*map(client, range(CLIENTS)))
    return history


async def checked(
    db: Database[UnitOfWork], make: MakeContacts, mode: Mode, batches: int, rounds: int, save: Save = together
) -> Counter[str]:
    """Prints what was found; several short histories, because a list is read whole each time."""
    seed = random.randrange(10**6)
    counts: Counter[str] = Counter()
    for batch in range(batches):
        stored = await make(LISTS)
        history = await run(db, mode, stored, rounds, save, random.Random(f"{seed}-{batch}"))
        async with db.unit_of_work(TENANT) as uow:
            final: dict[Key, tuple[str, ...]] = {
                contact.id: (await uow.contacts.get(contact.id)).tags for contact in stored
            }
        counts += anomalies(history, final)
        counts.update(transaction.outcome for transaction in history)
    print(f"{save.__name__}, {mode.name}: {dict(sorted(counts.items()))} (seed {seed})")
    return counts


def verdict(mode: Mode, counts: Counter[str]) -> None:
    kinds = set(counts) - {"committed", "rolled back"}
    assert counts["committed"] > 0
    assert kinds <= MUST_OCCUR[mode], "promised to be prevented"
    assert kinds >= MUST_OCCUR[mode], "a history in which nothing could have gone wrong"


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
async def test_a_history_has_the_anomalies_of_its_mode_and_no_other(
    wide: Database[UnitOfWork], contacts: MakeContacts, mode: Mode
) -> None:
    verdict(mode, await checked(wide, contacts, mode, batches=10, rounds=12))


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
async def test_a_long_history_too(wide: Database[UnitOfWork], contacts: MakeContacts, mode: Mode) -> None:
    verdict(mode, await checked(wide, contacts, mode, batches=80, rounds=15))


@pytest.mark.spoiled
async def test_control_a_save_that_does_not_compare_the_version_loses_appends(
    wide: Database[UnitOfWork], contacts: MakeContacts
) -> None:
    counts = await checked(wide, contacts, NONE, batches=2, rounds=10, save=overwriting)
    assert counts["lost"] > 0
