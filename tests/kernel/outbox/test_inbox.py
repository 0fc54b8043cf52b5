"""A command_id makes a use case idempotent."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from tests.support.constants import OTHER_TENANT, TENANT
from tests.support.stored import count, new_contact
from ventros import Database, UnitOfWork
from ventros.demo.seed import Seed
from ventros.kernel.errors import AlreadyProcessed, ValidationError
from ventros.kernel.ids import new_id
from ventros.kernel.outbox import inbox
from ventros.kernel.outcome import CommitMarker, Outcome


async def test_a_command_is_processed_once(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    command = new_id()

    async def add(uow: UnitOfWork) -> None:
        await uow.contacts.add(new_contact(seed))

    await db.run(TENANT, add, command_id=command)
    with pytest.raises(AlreadyProcessed) as caught:
        await db.run(TENANT, add, command_id=command)
    assert (caught.value.tenant, caught.value.command_id) == (TENANT, command)
    await db.run(OTHER_TENANT, lambda uow: uow.first_time("test", command))
    assert count(superuser, "SELECT count(*) FROM contacts") == 1
    assert count(superuser, "SELECT count(*) FROM outbox_events WHERE aggregate_type = 'contact'") == 1


async def test_commands_have_a_name_that_no_consumer_may_have(db: Database[UnitOfWork]) -> None:
    command = new_id()
    async with db.unit_of_work(TENANT, command_id=command) as uow:
        assert await uow.first_time("test", command)
        with pytest.raises(ValidationError, match="is no consumer"):
            await uow.first_time(inbox.COMMAND, command)


async def test_control_without_a_command_id_it_is_done_twice(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async def add(uow: UnitOfWork) -> None:
        await uow.contacts.add(new_contact(seed))

    for _ in range(2):
        await db.run(TENANT, add)
    assert count(superuser, "SELECT count(*) FROM contacts") == 2


async def test_a_command_that_failed_can_be_sent_again(db: Database[UnitOfWork], seed: Seed) -> None:
    command = new_id()
    with pytest.raises(KeyError):
        async with db.unit_of_work(TENANT, command_id=command) as failed:
            await failed.contacts.add(new_contact(seed))
            raise KeyError
    assert await db.resolve(failed.marker) is Outcome.ROLLED_BACK
    async with db.unit_of_work(TENANT, command_id=command) as uow:
        await uow.contacts.add(new_contact(seed))
        await uow.commit()
    assert await db.resolve(uow.marker) is Outcome.COMMITTED
    assert await db.resolve(CommitMarker(OTHER_TENANT, uow.marker.id)) is Outcome.ROLLED_BACK
    assert command not in (failed.marker.id, uow.marker.id), "a marker is of one attempt, not of the command"


async def test_a_command_without_effect_counts_as_processed(db: Database[UnitOfWork]) -> None:
    command = new_id()
    async with db.unit_of_work(TENANT, command_id=command) as uow:
        await uow.commit()
    with pytest.raises(AlreadyProcessed):
        async with db.unit_of_work(TENANT, command_id=command) as uow:
            await uow.commit()


@pytest.mark.parametrize("commits", [True, False])
async def test_the_second_waits_for_the_first(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, commits: bool
) -> None:
    command, inside = new_id(), asyncio.Event()

    async def first() -> None:
        async with db.unit_of_work(TENANT, command_id=command) as uow:
            await uow.contacts.add(new_contact(seed))
            inside.set()
            await asyncio.sleep(0.2)
            if commits:
                await uow.commit()

    async def second() -> str:
        await inside.wait()
        try:
            async with db.unit_of_work(TENANT, command_id=command) as uow:
                await uow.contacts.add(new_contact(seed))
                await uow.commit()
        except AlreadyProcessed:
            return "refused"
        return "processed"

    _, outcome = await asyncio.gather(first(), second())
    assert outcome == ("refused" if commits else "processed")
    assert count(superuser, "SELECT count(*) FROM contacts") == 1


async def test_of_many_racers_with_one_command_one_wins(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    command = new_id()

    async def add(uow: UnitOfWork) -> None:
        await uow.contacts.add(new_contact(seed))

    results = await asyncio.gather(
        *(db.run(TENANT, add, command_id=command, isolation="serializable") for _ in range(10)),
        return_exceptions=True,
    )
    assert sum(result is None for result in results) == 1
    assert sum(isinstance(result, AlreadyProcessed) for result in results) == 9
    assert count(superuser, "SELECT count(*) FROM contacts") == 1
