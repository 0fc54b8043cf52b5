"""Many contacts enter a status at once, each as if it were moved alone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import Conflict, Database, NotFound, UnitOfWork, ValidationError
from ventros.application.pipelines.change_pipeline_status import ChangePipelineStatus, change_pipeline_status
from ventros.application.pipelines.move_contacts_in_pipeline import (
    MAX_CONTACTS,
    ContactsMoved,
    MoveContactsInPipeline,
    move_contacts_in_pipeline,
)
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.ids import new_id
from ventros.testing import RoundTrips

HOUR = timedelta(hours=1)


@attrs.frozen(kw_only=True)
class Funnel:
    """Four contacts, and a pipeline with two statuses."""

    project_id: UUID
    contacts: tuple[Contact, ...]
    pipeline: Pipeline
    new: PipelineStatus
    won: PipelineStatus

    @property
    def ids(self) -> tuple[UUID, ...]:
        return tuple(contact.id for contact in self.contacts)

    def move(self, status: PipelineStatus, contact_ids: Sequence[UUID], **changes: Any) -> Any:
        command = MoveContactsInPipeline(
            project_id=self.project_id,
            contact_ids=contact_ids,
            pipeline_id=self.pipeline.id,
            status_id=status.id,
            changed_at=NOW,
        )
        return attrs.evolve(command, **changes)

    def change(self, status: PipelineStatus, contact_id: UUID, **changes: Any) -> Any:
        command = ChangePipelineStatus(
            project_id=self.project_id,
            contact_id=contact_id,
            pipeline_id=self.pipeline.id,
            status_id=status.id,
            changed_at=NOW,
        )
        return attrs.evolve(command, **changes)


def _contacts(seed: Seed, many: int) -> tuple[Contact, ...]:
    return tuple(
        Contact.create(project_id=seed.project_id, tenant_id=TENANT, name=f"Contact {n}", now=NOW)
        for n in range(many)
    )


@pytest.fixture
async def funnel(db: Database[UnitOfWork], seed: Seed) -> Funnel:
    pipeline = Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name="Sales", now=NOW)
    new, won = (
        PipelineStatus.create(
            pipeline_id=pipeline.id, tenant_id=TENANT, name=name, status_type=StatusType.OPEN, now=NOW
        )
        for name in ("New", "Won")
    )
    async with db.unit_of_work(TENANT) as uow:
        pipeline, new, won, *contacts = await uow.add_all(pipeline, new, won, *_contacts(seed, 4))
        await uow.commit()
    return Funnel(project_id=seed.project_id, contacts=tuple(contacts), pipeline=pipeline, new=new, won=won)


async def run(
    db: Database[UnitOfWork], command: MoveContactsInPipeline, tenant: str = TENANT
) -> ContactsMoved:
    return await db.run(tenant, lambda uow: move_contacts_in_pipeline(uow, command))


async def run_one(db: Database[UnitOfWork], command: ChangePipelineStatus) -> None:
    await db.run(TENANT, lambda uow: change_pipeline_status(uow, command))


async def standing(db: Database[UnitOfWork], funnel: Funnel, status: PipelineStatus) -> set[UUID]:
    async with db.unit_of_work(TENANT) as uow:
        return set(await uow.placements.contacts_in_status(funnel.pipeline.id, status.id))


def stored(superuser: psycopg.Connection, contact_id: UUID) -> list[tuple[Any, ...]]:
    """The contact's placements and what was told of them, without the ids that differ from one to another."""
    placements = superuser.execute(
        "SELECT status_id, entered_at, exited_at, duration_seconds, changed_by, reason, notes, created_at,"
        " updated_at FROM placements WHERE contact_id = %s ORDER BY entered_at",
        [contact_id],
    ).fetchall()
    events = superuser.execute(
        "SELECT event_name, aggregate_type, aggregate_version, sequence, occurred_at,"
        " (payload - 'contact_id')::text FROM outbox_events"
        " WHERE aggregate_type = 'placement' AND payload ->> 'contact_id' = %s ORDER BY position",
        [str(contact_id)],
    ).fetchall()
    return [*placements, *events]


async def test_who_was_moved_who_was_there_and_who_is_unknown(
    db: Database[UnitOfWork], funnel: Funnel, seed: Seed
) -> None:
    nowhere, there, elsewhere, deleted = funnel.contacts
    await run_one(db, funnel.change(funnel.won, there.id))
    await run_one(db, funnel.change(funnel.new, elsewhere.id))
    await db.run(TENANT, lambda uow: uow.contacts.save(deleted.delete(now=NOW)))
    stranger = new_id()
    asked = [stranger, elsewhere.id, there.id, deleted.id, nowhere.id, elsewhere.id]
    answer = await run(db, funnel.move(funnel.won, asked, changed_at=NOW + HOUR))
    assert answer == ContactsMoved(
        moved=(elsewhere.id, nowhere.id), there_already=(there.id,), unknown=(stranger, deleted.id)
    )
    assert await standing(db, funnel, funnel.won) == {nowhere.id, there.id, elsewhere.id}
    assert await standing(db, funnel, funnel.new) == set()


async def test_each_is_moved_and_told_of_as_one_alone_is(
    db: Database[UnitOfWork], funnel: Funnel, superuser: psycopg.Connection
) -> None:
    """One that enters and one that stood somewhere, against the use case for a single contact."""
    told = {"changed_at": NOW + HOUR, "changed_by": new_id(), "reason": "signed", "notes": "by mail"}
    alone, alone_moved, entering, moved = funnel.ids
    for contact_id in (alone_moved, moved):
        await run_one(db, funnel.change(funnel.new, contact_id))
    for contact_id in (alone, alone_moved):
        await run_one(db, funnel.change(funnel.won, contact_id, **told))
    await run(db, funnel.move(funnel.won, [entering, moved], **told))
    assert stored(superuser, entering) == stored(superuser, alone)
    assert stored(superuser, moved) == stored(superuser, alone_moved)
    assert [len(stored(superuser, id_)) for id_ in (entering, moved)] == [3, 5]


async def test_where_all_are_there_nothing_is_written(
    db: Database[UnitOfWork], funnel: Funnel, superuser: psycopg.Connection
) -> None:
    await run(db, funnel.move(funnel.new, funnel.ids))
    before = [stored(superuser, id_) for id_ in funnel.ids]
    answer = await run(db, funnel.move(funnel.new, funnel.ids, changed_at=NOW + HOUR))
    assert answer == ContactsMoved(moved=(), there_already=funnel.ids, unknown=())
    assert [stored(superuser, id_) for id_ in funnel.ids] == before


async def test_many_take_as_many_round_trips_as_one(
    db: Database[UnitOfWork], funnel: Funnel, round_trips: RoundTrips
) -> None:
    counts = set()
    for status in (funnel.new, funnel.won):  # prepared before they are counted
        await run(db, funnel.move(status, funnel.ids))
    for many, status in ((1, funnel.new), (3, funnel.new), (4, funnel.won)):
        before = round_trips.count
        await run(db, funnel.move(status, funnel.ids[:many]))
        counts.add(round_trips.count - before)
    assert len(counts) == 1, counts


@pytest.mark.parametrize("many", [0, MAX_CONTACTS + 1])
async def test_too_many_and_none_are_refused(funnel: Funnel, many: int) -> None:
    with pytest.raises(ValidationError, match=f"{many} contacts") as caught:
        funnel.move(funnel.new, [new_id() for _ in range(many)])
    assert caught.value.field == "contact_ids"
    funnel.move(funnel.new, [new_id() for _ in range(MAX_CONTACTS)])


@pytest.mark.parametrize("ids", [[UUID(int=0)], ["0190"]], ids=["nil", "text"])
async def test_what_is_no_id_is_refused(funnel: Funnel, ids: list[Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        funnel.move(funnel.new, ids)
    assert caught.value.field == "contact_ids"


async def test_a_status_that_is_not_there_is_named(db: Database[UnitOfWork], funnel: Funnel) -> None:
    for resource, changes in (
        ("pipeline", {"pipeline_id": new_id()}),
        ("pipeline", {"project_id": new_id()}),
        ("pipeline_status", {"status_id": new_id()}),
    ):
        with pytest.raises(NotFound) as caught:
            await run(db, funnel.move(funnel.new, funnel.ids, **changes))
        assert caught.value.resource == resource
    assert await standing(db, funnel, funnel.new) == set()


async def test_an_inactive_status_and_an_inactive_pipeline_are_not_entered(
    db: Database[UnitOfWork], funnel: Funnel
) -> None:
    """Whether one of the contacts is there or not."""
    await db.run(TENANT, lambda uow: uow.pipeline_statuses.save(funnel.won.deactivate(now=NOW)))
    for contact_ids in (funnel.ids, [new_id()]):
        with pytest.raises(InvariantViolation, match="status"):
            await run(db, funnel.move(funnel.won, contact_ids))
    await db.run(TENANT, lambda uow: uow.pipelines.save(funnel.pipeline.deactivate(now=NOW)))
    for contact_ids in (funnel.ids, [new_id()]):
        with pytest.raises(InvariantViolation, match="pipeline"):
            await run(db, funnel.move(funnel.new, contact_ids))


async def test_another_tenant_finds_no_pipeline(
    db: Database[UnitOfWork], funnel: Funnel, other_seed: Seed
) -> None:
    with pytest.raises(NotFound):
        await run(db, funnel.move(funnel.new, funnel.ids), OTHER_TENANT)


@pytest.mark.parametrize("stood", [False, True], ids=["nobody stood there", "all stood there"])
async def test_who_was_moved_meanwhile_is_decided_again(
    db: Database[UnitOfWork], funnel: Funnel, superuser: psycopg.Connection, stood: bool
) -> None:
    """The first one has looked when another moves one of its contacts; it is run again."""
    last = funnel.ids[-1]
    if stood:
        await run(db, funnel.move(funnel.new, funnel.ids))
    await _meanwhile(db, funnel, last)
    rows = stored(superuser, last)
    assert await standing(db, funnel, funnel.won) == set(funnel.ids)
    spans = [row[1:3] for row in rows if row[0] in {funnel.new.id, funnel.won.id}]
    assert [earlier[1] for earlier in spans[:-1]] == [later[0] for later in spans[1:]]
    assert spans[-1][1] is None


async def _meanwhile(db: Database[UnitOfWork], funnel: Funnel, moved: UUID) -> None:
    """All move to Won; between what the first attempt reads and what it writes, ``moved`` is moved alone."""
    attempts = 0

    async def once(uow: UnitOfWork) -> ContactsMoved:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            find = uow.placements.find_changes

            async def find_then_come_between(**asked: Any) -> Any:
                found = await find(**asked)
                won = funnel.change(funnel.won, moved, changed_at=NOW + HOUR)
                await run_one(db, won)
                return found

            uow.placements.find_changes = find_then_come_between  # type: ignore[method-assign]
        return await move_contacts_in_pipeline(uow, funnel.move(funnel.won, funnel.ids))

    answer = await db.run(TENANT, once)
    assert attempts == 2, "nothing came between"
    assert answer.there_already == (moved,)
    assert set(answer.moved) == set(funnel.ids) - {moved}


async def test_control_without_the_conflict_a_contact_stands_in_two_statuses(
    db: Database[UnitOfWork], funnel: Funnel, superuser: psycopg.Connection
) -> None:
    superuser.execute("DROP INDEX placements_open_key")
    with pytest.raises(AssertionError, match="nothing came between"):
        await _meanwhile(db, funnel, funnel.ids[-1])
    found = superuser.execute("SELECT contact_id FROM placements WHERE exited_at IS NULL").fetchall()
    assert Counter(found)[funnel.ids[-1],] == 2


async def test_a_first_placement_that_another_made_is_a_conflict(
    db: Database[UnitOfWork], funnel: Funnel
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        found = await uow.placements.find_changes(
            project_id=funnel.project_id,
            contact_ids=funnel.ids,
            pipeline_id=funnel.pipeline.id,
            status_id=funnel.new.id,
        )
        assert found is not None
        await run_one(db, funnel.change(funnel.new, funnel.ids[0]))
        with pytest.raises(Conflict, match="first"):
            await move_contacts_in_pipeline(_finding(uow, found), funnel.move(funnel.new, funnel.ids))


def _finding(uow: UnitOfWork, found: Any) -> UnitOfWork:
    async def answer(**_asked: Any) -> Any:
        return found

    uow.placements.find_changes = answer  # type: ignore[method-assign]
    return uow


async def test_two_who_move_the_same_many_the_other_way_round_do_not_wait_for_each_other(
    db: Database[UnitOfWork], funnel: Funnel
) -> None:
    moves = [
        funnel.move(funnel.new, funnel.ids),
        funnel.move(funnel.won, funnel.ids[::-1], changed_at=NOW + HOUR),
    ]
    conflicts: list[str] = []
    for _ in range(5):
        await asyncio.gather(
            *(
                db.run(
                    TENANT,
                    lambda uow, move=move: move_contacts_in_pipeline(uow, move),  # type: ignore[misc]
                    on_conflict=lambda error, _attempt: conflicts.append(type(error).__name__),
                )
                for move in moves
            )
        )
    assert "DeadlockDetected" not in conflicts
    places = [await standing(db, funnel, status) for status in (funnel.new, funnel.won)]
    assert set(funnel.ids) in places
    assert set() in places


async def test_a_status_is_not_deactivated_while_contacts_enter_it(
    db: Database[UnitOfWork], funnel: Funnel
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await move_contacts_in_pipeline(uow, funnel.move(funnel.new, funnel.ids))
        deactivation = asyncio.create_task(
            db.run(TENANT, lambda other: other.pipeline_statuses.save(funnel.new.deactivate(now=NOW)))
        )
        await asyncio.sleep(0.1)
        assert not deactivation.done(), "it does not wait"
        await uow.commit()
    await deactivation
