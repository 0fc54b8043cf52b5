"""A unit of work whose COMMIT is cancelled, times out or loses its connection says what became of it."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.contacts import Contacts
from tests.support.proxy import COMMIT, COMMITTED, Proxy
from ventros import CommitInDoubt, Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.errors import UndoneWrite
from ventros.kernel.ids import new_id
from ventros.kernel.outcome import Outcome
from ventros.ops import history


async def test_a_unit_is_five_round_trips(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, owner_dsn: str
) -> None:
    """BEGIN, SELECT, UPDATE, outbox and marker, COMMIT; once the statements are prepared."""
    counted: list[int] = []

    async def count(unit: UnitOfWork) -> None:
        before = proxy.answers
        await contacts.rename(unit, f"Name {len(counted)}")
        counted.append(proxy.answers - before)

    for command_id in (None, None, new_id()):
        await count(through.unit_of_work(TENANT, command_id=command_id))
    history.enable(owner_dsn)
    await count(through.unit_of_work(TENANT, actor="user:7", use_case="rename"))
    print(f"round trips: cold {counted[0]}, warm {counted[1]}, with a command_id {counted[2]}")
    print(f"with actor, use case and history {counted[3]}")
    assert counted[1:] == [5, 5, 5]


@pytest.mark.parametrize("held", [COMMIT, COMMITTED], ids=["COMMIT", "its answer"])
async def test_cancelled_while_commit_is_held(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, held: bytes
) -> None:
    unit = through.unit_of_work(TENANT)
    proxy.hold = held
    task = asyncio.create_task(contacts.rename(unit, "Alice"))
    await proxy.held.wait()
    task.cancel()
    await asyncio.sleep(0.05)
    assert not task.done(), "the cancellation did not wait for the outcome"
    proxy.released.set()
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    assert caught.value.outcome is unit.outcome is Outcome.COMMITTED  # type: ignore[attr-defined]
    assert contacts.stored("Alice")


@pytest.mark.parametrize("held", [COMMIT, COMMITTED], ids=["COMMIT", "its answer"])
async def test_no_answer_to_commit_is_in_doubt_and_can_be_resolved(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts, held: bytes
) -> None:
    unit = through.unit_of_work(TENANT)
    proxy.hold = held
    with pytest.raises(CommitInDoubt) as caught:
        await contacts.rename(unit, "Alice")
    assert unit.outcome is Outcome.IN_DOUBT
    assert caught.value.marker == unit.marker
    proxy.cut()
    proxy.hold = None
    outcome = await through.resolve(caught.value.marker, deadline=5)
    assert (outcome is Outcome.COMMITTED) == contacts.stored("Alice") == (held is COMMITTED)
    assert await through.resolve(caught.value.marker) is outcome


@pytest.mark.parametrize("held", [COMMIT, COMMITTED], ids=["COMMIT", "its answer"])
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
