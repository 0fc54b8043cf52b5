"""A connection that is cut anywhere leaves a whole unit or none, and an outcome that is true or in doubt."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from tests.support.constants import TENANT
from tests.support.contacts import Contacts
from tests.support.proxy import COMMIT, Direction, Proxy
from ventros import CommitInDoubt, Database, UnitOfWork, VentrosError
from ventros.kernel.outcome import Outcome


async def failure(work: Awaitable[None]) -> VentrosError | None:
    try:
        await work
    except VentrosError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("direction", "step"),
    [
        ("to client", 1),
        ("to server", 16),
        pytest.param("to server", 1, marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("work", [Contacts.rename, Contacts.rename_shortly])
async def test_cut_at_every_byte(
    through: Database[UnitOfWork],
    proxy: Proxy,
    contacts: Contacts,
    direction: Direction,
    step: int,
    work: Callable[[Contacts, UnitOfWork, str], Awaitable[None]],
) -> None:
    outcomes: Counter[str] = Counter()
    wrong = naive = byte = cuts = 0
    while True:
        await work(contacts, through.unit_of_work(TENANT), f"Warm {byte}")  # connected, statements prepared
        unit, name = through.unit_of_work(TENANT), f"Cut {byte}"
        proxy.cut_at = (direction, proxy.passed[direction] + byte)
        error = await failure(work(contacts, unit, name))
        proxy.cut_at = None
        outcome = unit.outcome
        if error is None:
            break
        cuts, byte = cuts + 1, byte + step
        outcomes[outcome.value] += 1
        if outcome is Outcome.IN_DOUBT:
            assert isinstance(error, CommitInDoubt)
            outcome = await through.resolve(error.marker)
            outcomes[f"then {outcome.value}"] += 1
        stored = contacts.stored(name)
        wrong += (outcome is Outcome.COMMITTED) != stored
        naive += stored
    print(
        f"{work.__name__}: {cuts} cuts {direction}: {dict(outcomes)}; "
        f"partial 0, wrong {wrong}; stored despite error {naive}"
    )
    assert wrong == 0
    if direction == "to client":
        assert naive > 0, "the control: who takes an error for a rollback would never have been wrong"
        assert outcomes["then committed"] > 0


async def test_a_cut_during_a_commit_is_resolved_by_waiting_for_it(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts
) -> None:
    """The control is what suggests itself, to look whether the marker is there: it is not there yet."""
    await through.ping()  # what tries a pool's first connection has a COMMIT too
    contacts.make_commits_slow(0.1)
    wrong = wrong_by_looking = 0
    for number in range(20):
        proxy.hold, proxy.held, proxy.released = COMMIT, asyncio.Event(), asyncio.Event()
        task = asyncio.create_task(contacts.rename(through.unit_of_work(TENANT), f"Cut {number}"))
        await proxy.held.wait()
        proxy.released.set()
        await asyncio.sleep(0.02)
        proxy.hold = None
        proxy.cut()
        with pytest.raises(CommitInDoubt) as caught:
            await task
        looked = contacts.has_marker(caught.value.marker)
        outcome = await through.resolve(caught.value.marker)
        assert await contacts.still_in_transaction() == 0  # else what is stored may yet change
        stored = contacts.stored(f"Cut {number}")
        wrong += (outcome is Outcome.COMMITTED) != stored
        wrong_by_looking += looked != stored
    print(f"20 cuts during a commit of 100 ms: resolved wrong {wrong}; by a SELECT {wrong_by_looking}")
    assert wrong == 0
    assert wrong_by_looking > 0


async def test_the_resolver_waits_for_a_server_that_is_away(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts
) -> None:
    unit = through.unit_of_work(TENANT)
    await contacts.rename(unit, "Alice")
    proxy.refuse = True
    proxy.cut()
    asking = asyncio.create_task(through.resolve(unit.marker, deadline=10))
    await asyncio.sleep(0.5)
    assert not asking.done()
    proxy.refuse = False
    assert await asking is Outcome.COMMITTED


async def test_the_resolver_gives_up_in_time(
    through: Database[UnitOfWork], proxy: Proxy, contacts: Contacts
) -> None:
    unit = through.unit_of_work(TENANT)
    await contacts.rename(unit, "Alice")
    proxy.black_hole = True
    started = asyncio.get_running_loop().time()
    with pytest.raises(CommitInDoubt) as caught:
        await through.resolve(unit.marker, deadline=2)
    assert asyncio.get_running_loop().time() - started < 2.5
    assert caught.value.marker == unit.marker
