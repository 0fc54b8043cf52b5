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
    for each in sorted(changed, key=lambda each: each.id):
        await UncheckedContactRepository(uow).save(each)


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
        written = [each for each in chosen if chance.random() < 0.4]
        reads: dict[Key, tuple[str, ...]] = {}
        appends: dict[Key, str] = {each.id: value for each in written}
        try:
            async with mode.unit(db) as uow:
                loaded = {}
                for each in chosen:
                    loaded[each.id] = await mode.get(uow, each)
                    await asyncio.sleep(chance.random() * 0.002)
                await save(uow, [loaded[each.id].add_tag(value, now=NOW) for each in written])
                await uow.commit()
        except Conflict:
            history.append(Transaction("rolled back", {}, appends))
        else:
            reads = {each.id: each.tags for each in loaded.values()}
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
    found: Counter[str] = Counter()
    for batch in range(batches):
        stored = await make(LISTS)
        history = await run(db, mode, stored, rounds, save, random.Random(f"{seed}-{batch}"))
        async with db.unit_of_work(TENANT) as uow:
            final: dict[Key, tuple[str, ...]] = {
                each.id: (await uow.contacts.get(each.id)).tags for each in stored
            }
        found += anomalies(history, final)
        found.update(each.outcome for each in history)
    print(f"{save.__name__}, {mode.name}: {dict(sorted(found.items()))} (seed {seed})")
    return found


def verdict(mode: Mode, found: Counter[str]) -> None:
    kinds = set(found) - {"committed", "rolled back"}
    assert found["committed"] > 0
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
    found = await checked(wide, contacts, NONE, batches=2, rounds=10, save=overwriting)
    assert found["lost"] > 0
