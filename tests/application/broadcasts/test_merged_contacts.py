"""A contact that is merged takes its place in a broadcast along, and nobody gets a message twice."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.broadcasts import (
    batch,
    executions,
    messages_of,
    new_broadcast,
    new_list,
    starting,
)
from tests.support.constants import NOW, TENANT
from tests.support.conversations import LID, PHONE, identify
from ventros import Database, UnitOfWork
from ventros.application.broadcasts.execute_broadcast_batch import BroadcastBatch
from ventros.application.contacts.merge_contacts import MergeContacts, merge_contacts
from ventros.automation.broadcasts.repository import BroadcastRepository
from ventros.demo.seed import Seed
from ventros.kernel.errors import DeadlockDetected


@attrs.frozen
class Person:
    """Two contacts that are one person, and a broadcast that has begun to some of them."""

    survivor: UUID
    merged: UUID
    broadcast: UUID

    def merging(self) -> Any:
        command = MergeContacts(
            surviving_contact_id=self.survivor, merged_contact_id=self.merged, merged_at=NOW
        )
        return lambda uow: merge_contacts(uow, command)


async def person(db: Database[UnitOfWork], seed: Seed, *, both: bool = False) -> Person:
    """The broadcast goes to the merged one, or to both."""

    async def store(uow: UnitOfWork) -> Person:
        survivor, merged = await identify(uow, seed, PHONE), await identify(uow, seed, lid=LID, name="Ada")
        readers = await uow.contact_lists.add(new_list(seed))
        members = [survivor.id, merged.id] if both else [merged.id]
        await uow.contact_lists.add_members(readers.id, members, now=NOW)
        broadcast = await uow.broadcasts.add(new_broadcast(seed, readers.id))
        return Person(survivor.id, merged.id, broadcast.id)

    made: Person = await db.run(TENANT, store)
    await db.run(TENANT, starting(made.broadcast, NOW))
    return made


async def test_the_survivor_gets_what_is_pending(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    one = await person(db, seed)
    await db.run(TENANT, one.merging())
    assert executions(superuser, one.broadcast) == {one.survivor: "pending"}
    await db.run(TENANT, batch(one.broadcast, NOW))
    assert messages_of(superuser, one.broadcast) == [one.survivor]


async def test_who_was_on_the_list_twice_gets_it_once(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    one = await person(db, seed, both=True)
    await db.run(TENANT, one.merging())
    sent = await db.run(TENANT, batch(one.broadcast, NOW))
    assert (len(sent.message_ids), sent.skipped) == (1, 1)
    assert executions(superuser, one.broadcast) == {one.survivor: "sending", one.merged: "skipped"}


async def test_what_was_sent_before_stays_done(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    one = await person(db, seed)
    await db.run(TENANT, batch(one.broadcast, NOW))
    await db.run(TENANT, one.merging())
    assert executions(superuser, one.broadcast) == {one.survivor: "sending"}
    assert not (await db.run(TENANT, batch(one.broadcast, NOW))).message_ids


async def merged_during_a_claim(db: Database[UnitOfWork], one: Person) -> BroadcastBatch | BaseException:
    """The batch comes when the merge holds the contacts, and is yet to move the executions."""
    async with db.unit_of_work(TENANT) as merge:
        survivor, merged = await merge.contacts.get_many([one.survivor, one.merged])
        await merge.contacts.hold(survivor, merged)
        sending = asyncio.create_task(db.run(TENANT, batch(one.broadcast, NOW), attempts=1))
        await asyncio.wait([sending], timeout=0.5)
        assert not sending.done(), "it does not wait"
        try:
            await merge.broadcasts.move_executions(one.merged, one.survivor)
            await merge.commit()
        except DeadlockDetected as deadlock:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            return deadlock
    (answer,) = await asyncio.gather(sending, return_exceptions=True)
    return answer


async def test_a_merge_and_a_batch_do_not_wait_for_each_other_in_a_circle(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    one = await person(db, seed)
    answer = await merged_during_a_claim(db, one)
    assert isinstance(answer, BroadcastBatch)
    assert executions(superuser, one.broadcast) == {one.survivor: "pending"}


@pytest.mark.spoiled
async def test_control_with_the_execution_locked_first_they_do(
    db: Database[UnitOfWork], seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = BroadcastRepository.CLAIM
    of_contact, of_execution = "FOR NO KEY UPDATE OF c", "FOR NO KEY UPDATE OF e SKIP LOCKED"
    turned = f"{of_execution}\n   {of_contact}"
    text = claim.text.replace(f"{of_contact}\n   {of_execution}", turned)
    assert text != claim.text
    monkeypatch.setattr(BroadcastRepository, "CLAIM", attrs.evolve(claim, text=text))
    answer = await merged_during_a_claim(db, await person(db, seed))
    assert isinstance(answer, DeadlockDetected)
