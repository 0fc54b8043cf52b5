"""A command_id makes a use case idempotent; a marker tells of a unit that wrote whether it was stored."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.errors import AlreadyProcessed, SerializationFailure
from ventros.kernel.ids import new_id
from ventros.kernel.outbox import inbox
from ventros.kernel.outcome import CommitMarker, Outcome
from ventros.kernel.transaction import commit_markers


def new_contact(seed: Seed) -> Contact:
    return Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)


def count(superuser: psycopg.Connection, query: str) -> int:
    row = superuser.execute(query).fetchone()
    assert row is not None
    return int(row[0])


async def test_a_command_is_processed_once(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    command = new_id()

    async def add(uow: UnitOfWork) -> None:
        await uow.contacts.add(new_contact(seed))

    await db.run(TENANT, add, command_id=command)
    with pytest.raises(AlreadyProcessed) as caught:
        await db.run(TENANT, add, command_id=command)
    assert caught.value.marker == CommitMarker(TENANT, command)
    await db.run(OTHER_TENANT, lambda uow: inbox.record(uow.connection, OTHER_TENANT, "test", command, NOW))
    assert count(superuser, "SELECT count(*) FROM contacts") == 1
    assert count(superuser, "SELECT count(*) FROM outbox_events WHERE aggregate_type = 'contact'") == 1


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
        async with db.unit_of_work(TENANT, command_id=command) as uow:
            await uow.contacts.add(new_contact(seed))
            raise KeyError
    assert await db.resolve(CommitMarker(TENANT, command)) is Outcome.ROLLED_BACK
    async with db.unit_of_work(TENANT, command_id=command) as uow:
        await uow.contacts.add(new_contact(seed))
        await uow.commit()
    assert await db.resolve(CommitMarker(TENANT, command)) is Outcome.COMMITTED
    assert await db.resolve(CommitMarker(OTHER_TENANT, command)) is Outcome.ROLLED_BACK


async def test_a_command_without_effect_counts_as_processed(db: Database[UnitOfWork]) -> None:
    command = new_id()
    async with db.unit_of_work(TENANT, command_id=command) as uow:
        await uow.commit()
    with pytest.raises(AlreadyProcessed):
        async with db.unit_of_work(TENANT, command_id=command):
            pass


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
    assert sum(each is None for each in results) == 1
    assert sum(isinstance(each, AlreadyProcessed) for each in results) == 9
    assert count(superuser, "SELECT count(*) FROM contacts") == 1


async def test_a_marker_goes_with_what_was_written_and_only_then(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    before = count(superuser, "SELECT count(*) FROM commit_markers")
    contact = new_contact(seed)
    async with db.unit_of_work(TENANT) as with_events:
        await with_events.contacts.add(contact)
        await with_events.commit()
    async with db.unit_of_work(TENANT) as without_events:
        await inbox.record(without_events.connection, TENANT, "test", new_id(), NOW)
        await without_events.commit()
    async with db.unit_of_work(TENANT) as reading:
        await reading.contacts.get(contact.id)
        await reading.commit()
    async with db.unit_of_work(TENANT) as undone:
        await undone.contacts.add(new_contact(seed))
    assert count(superuser, "SELECT count(*) FROM commit_markers") == before + 2
    outcomes = [await db.resolve(each.marker) for each in (with_events, without_events, undone)]
    assert outcomes == [Outcome.COMMITTED, Outcome.COMMITTED, Outcome.ROLLED_BACK]
    assert count(superuser, "SELECT count(*) FROM commit_markers") == before + 2, (
        "the resolver left something"
    )


async def test_old_markers_are_pruned(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed, superuser: psycopg.Connection
) -> None:
    superuser.execute("UPDATE commit_markers SET recorded_at = recorded_at - interval '10 days'")
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(new_contact(seed))
        await uow.commit()
    async with db.unit_of_work(TENANT) as pruning:
        assert (
            await commit_markers.prune(pruning.connection, TENANT, pruning.started_at - timedelta(days=7))
            == 1
        )
        await pruning.commit()
    assert await db.resolve(uow.marker) is Outcome.COMMITTED
    assert count(superuser, f"SELECT count(*) FROM commit_markers WHERE tenant_id = '{OTHER_TENANT}'") == 1  # noqa: S608


async def test_attempts_and_deadline_bound_the_retries(db: Database[UnitOfWork]) -> None:
    runs = 0

    async def conflict(_: UnitOfWork) -> None:
        nonlocal runs
        runs += 1
        raise SerializationFailure

    for options, expected in (
        ({"attempts": 3}, range(3, 4)),
        ({"attempts": 1000, "deadline": 0.1}, range(2, 999)),
    ):
        runs = 0
        with pytest.raises(SerializationFailure):
            await db.run(TENANT, conflict, **options)
        assert runs in expected
