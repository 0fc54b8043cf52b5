"""The anomalies of Kleppmann's Hermitage, step by step, run through the repositories in each mode.

Adya's names: G0 dirty write, G1a aborted read, G1b intermediate read, G1c circular information flow, OTV
observed transaction vanishes, PMP predicate-many-preceders, P4 lost update, G-single read skew, G2-item write
skew, G2 write skew on a row that is not there. Repositories never write by predicate, so PMP is of reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import attrs
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.contacts import MakeContacts
from tests.support.isolation import MODES, NONE, REPEATABLE_READ, VERIFY, Mode
from ventros import Conflict, Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.demo.control import UncheckedContactRepository
from ventros.values import Phone


@attrs.frozen
class Stage:
    """Two contacts, ``x`` and ``y``, and the way in which units of work are opened and contacts saved."""

    db: Database[UnitOfWork]
    mode: Mode
    x: Contact
    y: Contact
    contacts: Callable[[UnitOfWork], ContactRepository] = lambda uow: uow.contacts

    def unit(self) -> UnitOfWork:
        return self.mode.unit(self.db)

    async def get(self, uow: UnitOfWork, contact: Contact) -> Contact:
        return await self.mode.get(uow, contact)

    async def rename(self, uow: UnitOfWork, contact: Contact, name: str) -> Contact:
        return await self.contacts(uow).save(contact.rename(name, now=NOW))

    async def names(self) -> tuple[str, str]:
        async with self.db.unit_of_work(TENANT) as uow:
            return (await uow.contacts.get(self.x.id)).name, (await uow.contacts.get(self.y.id)).name


Scenario = Callable[[Stage, UnitOfWork, UnitOfWork], Awaitable[bool]]
"""Whether the anomaly occurs, of two units of work that are open; a Conflict says that it is prevented."""


async def g0(stage: Stage, one: UnitOfWork, two: UnitOfWork) -> bool:
    """Both write x and y."""

    async def second() -> None:
        async with stage.unit() as other:
            await stage.rename(other, stage.x, "two")
            await stage.rename(other, stage.y, "two")
            await other.commit()

    await two.rollback()
    await stage.rename(one, stage.x, "one")
    waiting = asyncio.ensure_future(second())
    await asyncio.wait([waiting], timeout=0.1)
    assert not waiting.done(), "it waits for the lock of the first"
    await stage.rename(one, stage.y, "one")
    await one.commit()
    await asyncio.gather(waiting, return_exceptions=True)
    return len(set(await stage.names())) > 1


async def g1a(stage: Stage, one: UnitOfWork, two: UnitOfWork) -> bool:
    await stage.rename(one, stage.x, "aborted")
    before = await stage.get(two, stage.x)
    await one.rollback()
    after = await stage.get(two, stage.x)
    await two.commit()
    return "aborted" in {before.name, after.name}


async def g1b(stage: Stage, one: UnitOfWork, two: UnitOfWork) -> bool:
    saved = await stage.rename(one, stage.x, "intermediate")
    seen = [await two.contacts.get(stage.x.id)]
    await stage.rename(one, saved, "final")
    await one.commit()
    seen.append(await two.contacts.get(stage.x.id))
    await two.commit()
    return "intermediate" in {contact.name for contact in seen}


async def g1c(stage: Stage, one: UnitOfWork, two: UnitOfWork) -> bool:
    await stage.rename(one, stage.x, "one")
    await stage.rename(two, stage.y, "two")
    seen = (await one.contacts.get(stage.y.id)).name, (await two.contacts.get(stage.x.id)).name
    await one.commit()
    await two.commit()
    return seen == ("two", "one")


async def otv(stage: Stage, one: UnitOfWork, two: UnitOfWork) -> bool:
    """What two has overwritten is gone for good: who has seen its x sees no older y."""
    await stage.rename(one, stage.x, "one")
    await stage.rename(one, stage.y, "one")
    await one.commit()
    x, y = await two.contacts.get(stage.x.id), await two.contacts.get(stage.y.id)
    await stage.rename(two, x, "two")
    async with stage.unit() as third:
        seen = [(await third.contacts.get(stage.x.id)).name]
        await stage.rename(two, y, "two")
        await two.commit()
        seen.append((await third.contacts.get(stage.y.id)).name)
        seen.append((await third.contacts.get(stage.x.id)).name)
        await third.commit()
    return seen[0] == "two" and "one" in seen[1:]


async def pmp(stage: Stage, one: UnitOfWork, two: UnitOfWork) -> bool:
    """A search that finds nothing, and then something."""
    before = await find(one, "5511911111111", stage)
    await two.contacts.add(person(stage, "5511911111111"))
    await two.commit()
    after = await find(one, "5511911111111", stage)
    await one.commit()
    return before is None and after is not None


async def p4(stage: Stage, one: UnitOfWork, two: UnitOfWork) -> bool:
    mine, yours = await stage.get(one, stage.x), await stage.get(two, stage.x)
    await stage.rename(one, mine, "one")
    await one.commit()
    await stage.rename(two, yours, "two")
    await two.commit()
    return True


async def g_single(stage: Stage, one: UnitOfWork, two: UnitOfWork) -> bool:
    x = await stage.get(one, stage.x)
    await two.save_all(*[contact.rename("two", now=NOW) for contact in (stage.x, stage.y)])
    await two.commit()
    y = await stage.get(one, stage.y)
    await one.commit()
    return (x.name, y.name) == ("Ada", "two")


async def g2_item(stage: Stage, one: UnitOfWork, two: UnitOfWork) -> bool:
    """Each reads both and saves another one of them."""
    mine = [await stage.get(one, contact) for contact in (stage.x, stage.y)]
    yours = [await stage.get(two, contact) for contact in (stage.x, stage.y)]
    await one.save_all(mine[0].rename("one", now=NOW))
    await one.commit()
    await two.save_all(yours[1].rename("two", now=NOW))
    await two.commit()
    return await stage.names() == ("one", "two")


async def g2(stage: Stage, one: UnitOfWork, two: UnitOfWork) -> bool:
    """Each looks for what the other adds; there is no row to verify."""
    assert await find(one, "5511911111111", stage) is None
    assert await find(two, "5511922222222", stage) is None
    await one.contacts.add(person(stage, "5511922222222"))
    await two.contacts.add(person(stage, "5511911111111"))
    await one.commit()
    await two.commit()
    return True


def person(stage: Stage, phone: str) -> Contact:
    made = Contact.create(project_id=stage.x.project_id, tenant_id=TENANT, name="New", now=NOW)
    return made.set_phone(phone, now=NOW)


async def find(uow: UnitOfWork, phone: str, stage: Stage) -> UUID | None:
    found = await uow.contacts.find_by_phone(stage.x.project_id, Phone(phone))
    return found.id if found else None


OCCURS: dict[Scenario, set[Mode]] = {
    g0: set(),
    g1a: set(),
    g1b: set(),
    g1c: set(),
    otv: set(),
    pmp: {NONE, VERIFY},
    p4: set(),
    g_single: {NONE},
    g2_item: {NONE, REPEATABLE_READ},
    g2: {NONE, VERIFY, REPEATABLE_READ},
}
"""In which modes; in all others of the four it is prevented."""


async def played(stage: Stage, scenario: Scenario) -> bool:
    try:
        async with stage.unit() as one, stage.unit() as two:
            return await scenario(stage, one, two)
    except Conflict:
        return False


async def test_each_mode_prevents_what_it_promises_and_nothing_else(
    wide: Database[UnitOfWork], contacts: MakeContacts
) -> None:
    occurred: dict[Scenario, set[Mode]] = {scenario: set() for scenario in OCCURS}
    for scenario in OCCURS:
        for mode in MODES:
            x, y = await contacts(2)
            if await played(Stage(wide, mode, x, y), scenario):
                occurred[scenario].add(mode)
            await forget_people(wide, x.project_id)
    for scenario, modes in occurred.items():
        cells = ", ".join(f"{mode.name} {'occurs' if mode in modes else '-'}" for mode in MODES)
        print(f"{scenario.__name__}: {cells}")
    assert occurred == OCCURS


async def forget_people(db: Database[UnitOfWork], project_id: UUID) -> None:
    async with db.unit_of_work(TENANT) as uow:
        for phone in ("5511911111111", "5511922222222"):
            found = await uow.contacts.find_by_phone(project_id, Phone(phone))
            if found:
                await uow.contacts.remove(found)
        await uow.commit()


@pytest.mark.spoiled
@pytest.mark.parametrize("scenario", [p4, g0], ids=lambda scenario: scenario.__name__)
async def test_control_without_the_version_check_updates_are_lost(
    wide: Database[UnitOfWork], contacts: MakeContacts, scenario: Scenario
) -> None:
    """G0 stays prevented even so, by the row locks alone; P4 does not."""
    x, y = await contacts(2)
    stage = Stage(wide, NONE, x, y, UncheckedContactRepository)
    assert await played(stage, scenario) == (scenario is p4)
