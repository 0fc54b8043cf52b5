"""A contact moves through a pipeline: one status at a time, in one transaction, with its events."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from ventros import Database, NotFound, UnitOfWork, ValidationError
from ventros.application.pipelines.change_pipeline_status import (
    ChangePipelineStatus,
    PipelineStatusChanged,
    change_pipeline_status,
)
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.ids import new_id

HOUR = timedelta(hours=1)


@attrs.frozen(kw_only=True)
class Funnel:
    """A contact, a pipeline and three of its statuses."""

    project_id: UUID
    contact: Contact
    pipeline: Pipeline
    new: PipelineStatus
    talking: PipelineStatus
    won: PipelineStatus

    def change(self, status: PipelineStatus, **changes: Any) -> ChangePipelineStatus:
        command = ChangePipelineStatus(
            project_id=self.project_id,
            contact_id=self.contact.id,
            pipeline_id=self.pipeline.id,
            status_id=status.id,
            changed_at=NOW,
        )
        return attrs.evolve(command, **changes)


@pytest.fixture
async def funnel(db: Database[UnitOfWork], seed: Seed) -> Funnel:
    async with db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.add(
            Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        )
        pipeline = await uow.pipelines.add(
            Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name="Sales", now=NOW)
        )
        kinds = {"New": StatusType.OPEN, "Talking": StatusType.ACTIVE, "Won": StatusType.CLOSED}
        new, talking, won = [
            await uow.pipeline_statuses.add(
                PipelineStatus.create(
                    pipeline_id=pipeline.id, tenant_id=TENANT, name=name, status_type=kind, now=NOW
                )
            )
            for name, kind in kinds.items()
        ]
        await uow.commit()
    return Funnel(
        project_id=seed.project_id, contact=contact, pipeline=pipeline, new=new, talking=talking, won=won
    )


async def run(
    db: Database[UnitOfWork], command: ChangePipelineStatus, tenant: str = TENANT
) -> PipelineStatusChanged:
    return await db.run(tenant, lambda uow: change_pipeline_status(uow, command))


async def history(db: Database[UnitOfWork], funnel: Funnel) -> list[tuple[Any, ...]]:
    """Status, how long in seconds, by whom and why; the latest first."""
    async with db.unit_of_work(TENANT) as uow:
        entries = await uow.placements.history(funnel.contact.id, funnel.pipeline.id)
    return [
        (
            entry.status_name,
            entry.placement.duration_seconds,
            entry.placement.changed_by,
            entry.placement.reason,
        )
        for entry in entries
    ]


def events(superuser: psycopg.Connection) -> list[tuple[Any, ...]]:
    return superuser.execute(
        "SELECT event_name, aggregate_type, aggregate_id, aggregate_version, payload FROM outbox_events"
        " WHERE aggregate_type = 'placement' ORDER BY position"
    ).fetchall()


async def test_a_first_status_is_entered(
    db: Database[UnitOfWork], funnel: Funnel, superuser: psycopg.Connection
) -> None:
    result = await run(db, funnel.change(funnel.new, reason="wrote to us"))
    assert result.previous_status_id is None
    async with db.unit_of_work(TENANT) as uow:
        placement = await uow.placements.find_open(funnel.contact.id, funnel.pipeline.id)
        assert placement is not None
        assert await uow.placements.find_open(funnel.contact.id, new_id()) is None
        assert await uow.placements.contacts_in_status(funnel.pipeline.id, funnel.new.id) == [
            funnel.contact.id
        ]
        assert (await uow.contacts.get(funnel.contact.id)).version == 1
    assert (placement.id, placement.status_id, placement.entered_at) == (
        result.placement_id,
        funnel.new.id,
        NOW,
    )
    assert await history(db, funnel) == [("New", None, None, "wrote to us")]
    entered, changed = events(superuser)
    assert entered[:4] == ("contact.entered_pipeline", "placement", placement.id, None)
    assert changed[:4] == ("contact.pipeline_status_changed", "placement", placement.id, None)
    assert changed[4] == {
        "contact_id": str(funnel.contact.id),
        "pipeline_id": str(funnel.pipeline.id),
        "previous_status_id": None,
        "new_status_id": str(funnel.new.id),
        "previous_status_name": None,
        "new_status_name": "New",
        "tenant_id": TENANT,
        "project_id": str(funnel.project_id),
        "changed_by": None,
        "reason": "wrote to us",
        "changed_at": "2026-01-02T03:04:05Z",
    }


async def test_the_next_status_closes_the_one_before(
    db: Database[UnitOfWork], funnel: Funnel, superuser: psycopg.Connection
) -> None:
    boss = new_id()
    await run(db, funnel.change(funnel.new))
    result = await run(db, funnel.change(funnel.won, changed_at=NOW + HOUR, changed_by=boss, reason="signed"))
    assert result.previous_status_id == funnel.new.id
    assert await history(db, funnel) == [("Won", None, boss, "signed"), ("New", 3600, None, None)]
    *_, (name, _, aggregate_id, version, payload) = events(superuser)
    assert (name, aggregate_id, version) == ("contact.pipeline_status_changed", result.placement_id, None)
    assert payload["previous_status_id"] == str(funnel.new.id)
    assert (payload["previous_status_name"], payload["new_status_name"]) == ("New", "Won")
    assert (payload["changed_by"], payload["reason"]) == (str(boss), "signed")
    assert len(events(superuser)) == 3


async def test_any_status_may_follow_any_other_and_a_contact_may_leave_and_come_back(
    db: Database[UnitOfWork], funnel: Funnel, superuser: psycopg.Connection
) -> None:
    for hour, status in enumerate([funnel.won, funnel.new, funnel.won]):
        await run(db, funnel.change(status, changed_at=NOW + hour * HOUR))
    async with db.unit_of_work(TENANT) as uow:
        placement = await uow.placements.find_open(funnel.contact.id, funnel.pipeline.id)
        assert placement is not None
        await uow.placements.close(placement.exit(status_name="Won", now=NOW + 3 * HOUR))
        await uow.commit()
    assert (await run(db, funnel.change(funnel.new, changed_at=NOW + 4 * HOUR))).previous_status_id is None
    assert [entry[:2] for entry in await history(db, funnel)] == [
        ("New", None),
        ("Won", 3600),
        ("New", 3600),
        ("Won", 3600),
    ]
    assert [event[0] for event in events(superuser)] == [
        "contact.entered_pipeline",
        "contact.pipeline_status_changed",
        "contact.pipeline_status_changed",
        "contact.pipeline_status_changed",
        "contact.exited_pipeline",
        "contact.entered_pipeline",
        "contact.pipeline_status_changed",
    ]


async def test_the_status_that_it_is_in_already_is_refused(
    db: Database[UnitOfWork], funnel: Funnel, superuser: psycopg.Connection
) -> None:
    await run(db, funnel.change(funnel.new))
    with pytest.raises(InvariantViolation):
        await run(db, funnel.change(funnel.new, changed_at=NOW + HOUR))
    assert len(await history(db, funnel)) == 1
    assert len(events(superuser)) == 2


async def test_what_is_not_there_is_named(db: Database[UnitOfWork], funnel: Funnel, seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        other = await uow.pipelines.add(
            Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name="Support", now=NOW)
        )
        await uow.commit()
    for resource, changes in (
        ("contact", {"contact_id": new_id()}),
        ("contact", {"project_id": new_id()}),
        ("pipeline", {"pipeline_id": new_id()}),
        ("pipeline_status", {"status_id": new_id()}),
        ("pipeline_status", {"pipeline_id": other.id}),
    ):
        with pytest.raises(NotFound) as caught:
            await run(db, funnel.change(funnel.new, **changes))
        assert caught.value.resource == resource
    assert await history(db, funnel) == []


async def test_another_tenant_finds_nothing(
    db: Database[UnitOfWork], funnel: Funnel, other_seed: Seed
) -> None:
    with pytest.raises(NotFound):
        await run(db, funnel.change(funnel.new), OTHER_TENANT)


@pytest.mark.parametrize("field", ["project_id", "contact_id", "pipeline_id", "status_id"])
async def test_a_nil_id_is_named(funnel: Funnel, field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        funnel.change(funnel.new, **{field: UUID(int=0)})
    assert caught.value.field == field


async def test_an_inactive_status_and_an_inactive_pipeline_are_not_entered(
    db: Database[UnitOfWork], funnel: Funnel
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await uow.pipeline_statuses.save(funnel.won.deactivate(now=NOW))
        await uow.commit()
    with pytest.raises(InvariantViolation, match="status"):
        await run(db, funnel.change(funnel.won))
    async with db.unit_of_work(TENANT) as uow:
        await uow.pipelines.save(funnel.pipeline.deactivate(now=NOW))
        await uow.commit()
    for command in (funnel.change(funnel.new), funnel.change(funnel.new, status_id=new_id())):
        with pytest.raises(InvariantViolation, match="pipeline"):
            await run(db, command)


async def test_a_deleted_contact_is_not_placed(db: Database[UnitOfWork], funnel: Funnel) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.save(funnel.contact.delete(now=NOW))
        await uow.commit()
    with pytest.raises(NotFound):
        await run(db, funnel.change(funnel.new))


async def test_racing_changes_leave_one_open_placement_and_a_history_without_a_gap(
    db: Database[UnitOfWork], funnel: Funnel, superuser: psycopg.Connection
) -> None:
    """Each racer moves the contact three times around; who finds it where he wants it is refused."""
    statuses = [funnel.new, funnel.talking, funnel.won]

    async def race(start: int) -> int:
        moved = 0
        for step in range(9):
            try:
                await run(db, funnel.change(statuses[(start + step) % 3], changed_at=NOW + step * HOUR))
            except InvariantViolation:
                continue
            moved += 1
        return moved

    moved = sum(await asyncio.gather(*(race(start) for start in range(3))))
    async with db.unit_of_work(TENANT) as uow:
        stays = await uow.placements.history(funnel.contact.id, funnel.pipeline.id)
    assert len(stays) == moved
    assert [stay.placement.exited_at is None for stay in stays].count(True) == 1
    ids = {stay.placement.id for stay in stays}
    changes = [event for event in events(superuser) if event[0] == "contact.pipeline_status_changed"]
    assert len(changes) == moved
    assert {event[2] for event in changes} == ids
    previous = None
    for _, _, _, _, payload in changes:
        assert payload["previous_status_id"] == previous
        previous = payload["new_status_id"]


async def test_control_the_unique_key_is_what_keeps_two_first_placements_apart(
    db: Database[UnitOfWork], funnel: Funnel, superuser: psycopg.Connection
) -> None:
    """Without it both of two racers enter the pipeline."""
    superuser.execute("DROP INDEX placements_open_key")
    async with db.unit_of_work(TENANT) as first, db.unit_of_work(TENANT) as second:
        await change_pipeline_status(first, funnel.change(funnel.new))
        await change_pipeline_status(second, funnel.change(funnel.won))
        await first.commit()
        await second.commit()
    found = superuser.execute("SELECT count(*) FROM placements WHERE exited_at IS NULL").fetchone()
    assert found == (2,)


async def test_a_status_is_not_deactivated_while_a_contact_enters_it(
    db: Database[UnitOfWork], funnel: Funnel
) -> None:
    async def deactivate() -> None:
        async with db.unit_of_work(TENANT) as uow:
            await uow.pipeline_statuses.save(funnel.new.deactivate(now=NOW))
            await uow.commit()

    async with db.unit_of_work(TENANT) as uow:
        await change_pipeline_status(uow, funnel.change(funnel.new))
        deactivation = asyncio.create_task(deactivate())
        await asyncio.sleep(0.1)
        assert not deactivation.done(), "it does not wait"
        await uow.commit()
    await deactivation
