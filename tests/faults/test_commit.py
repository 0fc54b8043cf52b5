"""A unit of work whose COMMIT is cancelled, times out or loses its connection says what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import asyncpg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.contacts import Contacts
from tests.support.proxy import COMMIT, COMMITTED, Proxy
from ventros import CRM, CommitInDoubt, Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.errors import UndoneWrite
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome
from ventros.ops import history

Work = Callable[[Contacts, UnitOfWork, str], Coroutine[Any, Any, None]]
FORMS = [Contacts.rename, Contacts.rename_shortly]
HELD = pytest.mark.parametrize("held", [COMMIT, COMMITTED], ids=["COMMIT", "its answer"])
WRITES = pytest.mark.parametrize("work", FORMS)


async def look(contacts: Contacts, unit: UnitOfWork, _name: str) -> None:
    async with unit as uow:
        await uow.contacts.get(contacts.id)
        await uow.commit()


@pytest.mark.parametrize(
    ("work", "expected"),
    [(Contacts.rename, [3, 3, 3]), (Contacts.rename_shortly, [2, 2, 2]), (look, [1, 2, 1])],
)
async def test_how_many_round_trips_a_unit_is(
    through: Database[UnitOfWork],
    proxy: Proxy,
    contacts: Contacts,
    owner_dsn: str,
    work: Work,
    expected: list[int],
) -> None:
    """BEGIN goes with the SELECT, events, marker and COMMIT go together; in the short form with the UPDATE.

    A unit that only reads does not wait for its COMMIT, but for that of a claim.

    Counted are the answers that the client waits for, once the statements are prepared: an answer takes some
    time to arrive, and what nobody waits for arrives when the unit is over.
    """
    proxy.delay = 0.05
    counted: list[int] = []

    async def count(unit: UnitOfWork) -> None:
        before = proxy.answers
        await work(contacts, unit, f"Name {len(counted)}")
        counted.append(proxy.answers - before)
        await asyncio.sleep(2 * proxy.delay)

    for command_id in (None, new_id(), None, new_id()):
        await count(through.unit_of_work(TENANT, command_id=command_id))
    history.enable(owner_dsn, CRM)
    await count(through.unit_of_work(TENANT, actor="user:7", use_case="rename"))
    print(f"{work.__name__}: cold {counted[:2]}, warm {counted[2]}, with a command_id {counted[3]}")
    print(f"with actor, use case and history {counted[4]}")
    assert counted[2:] == expected


@HELD
@WRITES
@pytest.mark.parametrize("warm", [True, False], ids=["warm", "cold"])
async def test_cancelled_while_commit_is_held(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, held: bytes, work: Work, warm: bool
) -> None:
    await connect(through, contacts, work, warm)
    unit = through.unit_of_work(TENANT)
    proxy.hold = held
    task = asyncio.create_task(work(contacts, unit, "Alice"))
    await proxy.held.wait()
    task.cancel()
    await asyncio.sleep(0.05)
    assert not task.done(), "the cancellation did not wait for the outcome"
    proxy.released.set()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert caught.value.outcome is unit.outcome  # type: ignore[attr-defined]
    # Held on its way there, COMMIT may be overtaken by what cancels it.
    assert (unit.outcome is Outcome.COMMITTED) == contacts.stored("Alice")
    assert unit.outcome is Outcome.COMMITTED or held == COMMIT


async def connect(database: Database[UnitOfWork], contacts: Contacts, work: Work, warm: bool) -> None:
    """What a new connection is tried with holds a COMMIT too; ``warm`` has the statements prepared."""
    await (work(contacts, database.unit_of_work(TENANT), "Warm") if warm else database.ping())


@HELD
@WRITES
async def test_no_answer_to_commit_is_in_doubt_and_can_be_resolved(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, held: bytes, work: Work
) -> None:
    await connect(through, contacts, work, warm=True)
    unit = through.unit_of_work(TENANT)
    proxy.hold = held
    with pytest.raises(CommitInDoubt) as caught:
        await work(contacts, unit, "Alice")
    assert unit.outcome is Outcome.IN_DOUBT
    assert caught.value.marker == unit.marker
    proxy.cut()
    proxy.hold = None
    outcome = await through.resolve(caught.value.marker, deadline=5)
    assert (outcome is Outcome.COMMITTED) == contacts.stored("Alice") == (held is COMMITTED)
    assert await through.resolve(caught.value.marker) is outcome


@HELD
async def test_what_a_unit_in_doubt_returned_waits_for_its_outcome(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, held: bytes
) -> None:
    with pytest.raises(CommitInDoubt) as caught:
        async with through.unit_of_work(TENANT) as uow:
            alice = await uow.contacts.save((await uow.contacts.get(contacts.id)).rename("Alice", now=NOW))
            proxy.hold = held
            await uow.commit()
    proxy.cut()
    proxy.hold = None
    with pytest.raises(UndoneWrite, match="in doubt"):
        await save(through, alice)
    outcome = await through.resolve(caught.value.marker, deadline=5)
    if outcome is Outcome.COMMITTED:
        assert await save(through, alice) == alice
    else:
        with pytest.raises(UndoneWrite, match="rolled back"):
            await save(through, alice)


async def save(db: Database[UnitOfWork], contact: Contact) -> Contact:
    async with db.unit_of_work(TENANT) as uow:
        return await uow.contacts.save(contact)


async def test_control_asyncpgs_transaction_does_not_wait_for_its_answer(
    owner_dsn: str, proxy: Proxy, contacts: Contacts
) -> None:
    """It was committed, and who asked for it was told "cancelled"."""
    proxy.target = owner_dsn
    driver = await asyncpg.connect(proxy.dsn)
    await driver.execute("CREATE TABLE control (id integer)")

    async def work() -> None:
        async with driver.transaction():
            await driver.execute("INSERT INTO control VALUES (1)")

    proxy.hold = b"C\x00\x00\x00\x0bCOMMIT"
    task = asyncio.create_task(work())
    await proxy.held.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    driver.terminate()
    assert not hasattr(caught.value, "outcome")
    assert contacts.superuser.execute("SELECT count(*) FROM control").fetchone() == (1,)
