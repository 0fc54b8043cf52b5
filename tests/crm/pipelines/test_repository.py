"""Pipelines, their statuses and the contacts in them, where a database decides."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from ventros import AlreadyExists, Database, NotFound, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.pipelines.placement import Placement
from ventros.demo.seed import Seed
from ventros.kernel.errors import (
    Conflict,
    InvariantViolation,
    MappingError,
    ReferenceNotFound,
    StillReferenced,
)
from ventros.kernel.ids import new_id
from ventros.values import CustomField, CustomFieldType

LATER = NOW + timedelta(hours=1)
TEXT = CustomFieldType.TEXT


def new_pipeline(seed: Seed, name: str = "Sales") -> Pipeline:
    return Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name=name, now=NOW)


def new_status(pipeline_id: UUID, name: str = "New") -> PipelineStatus:
    return PipelineStatus.create(
        pipeline_id=pipeline_id, tenant_id=TENANT, name=name, status_type=StatusType.OPEN, now=NOW
    )


def enter(seed: Seed, contact_id: UUID, status: PipelineStatus) -> Placement:
    return Placement.enter(
        tenant_id=TENANT,
        project_id=seed.project_id,
        contact_id=contact_id,
        pipeline_id=status.pipeline_id,
        status_id=status.id,
        status_name=status.name,
        now=NOW,
    )


async def add_status(db: Database[UnitOfWork], seed: Seed) -> tuple[Pipeline, PipelineStatus]:
    async with db.unit_of_work(TENANT) as uow:
        pipeline = await uow.pipelines.add(new_pipeline(seed))
        status = await uow.pipeline_statuses.add(new_status(pipeline.id))
        await uow.commit()
    return pipeline, status


async def add_placement(db: Database[UnitOfWork], seed: Seed, status: PipelineStatus) -> Placement:
    async with db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.add(
            Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        )
        placement = await uow.placements.add(enter(seed, contact.id, status))
        await uow.commit()
    return placement


async def test_statuses_of_a_pipeline_come_by_position(db: Database[UnitOfWork], seed: Seed) -> None:
    pipeline, first = await add_status(db, seed)
    async with db.unit_of_work(TENANT) as uow:
        statuses = uow.pipeline_statuses
        idle = await statuses.add(
            new_status(pipeline.id, "Idle").set_position(-1, now=NOW).deactivate(now=NOW)
        )
        gone = await statuses.add(new_status(pipeline.id, "Gone"))
        await statuses.save(gone.delete(now=NOW))
        assert await statuses.find_by_pipeline(pipeline.id) == [idle, first]
        assert await statuses.find_by_pipeline(pipeline.id, active_only=True) == [first]


async def test_custom_fields_are_written_one_by_one_and_may_change_places(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    pipeline = new_pipeline(seed)
    for key in ("a", "b", "c"):
        pipeline = pipeline.set_custom_field(CustomField(key, TEXT, key), now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        added = await uow.pipelines.add(pipeline)
        await uow.commit()

    def rows() -> dict[str, tuple[object, ...]]:
        stored = superuser.execute(
            "SELECT field_key, field_value, xmin FROM pipeline_custom_fields"
        ).fetchall()
        return {key: tuple(rest) for key, *rest in stored}

    before = rows()
    changed = (
        added.set_custom_field(CustomField("b", TEXT, "B"), now=LATER)
        .remove_custom_field("c", now=LATER)
        .set_custom_field(CustomField("c", CustomFieldType.NUMBER, 3), now=LATER)
    )
    async with db.unit_of_work(TENANT) as uow:
        saved = await uow.pipelines.save(changed)
        assert await uow.pipelines.get(added.id) == saved
        await uow.commit()
    after = rows()
    assert after["a"] == before["a"]
    assert (after["b"][0], after["c"][0]) == ("B", 3)


async def test_a_custom_field_that_is_not_valid_is_named(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        field = CustomField("since", CustomFieldType.DATE, NOW)
        pipeline = await uow.pipelines.add(new_pipeline(seed).set_custom_field(field, now=NOW))
        await uow.commit()
    superuser.execute("UPDATE pipeline_custom_fields SET field_value = '\"soon\"'")
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(MappingError, match=str(pipeline.custom_fields[0].id)):
            await uow.pipelines.get(pipeline.id)


async def test_a_name_is_taken_once_among_the_live_statuses_of_a_pipeline(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    pipeline, status = await add_status(db, seed)
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(AlreadyExists):
            await uow.pipeline_statuses.add(new_status(pipeline.id))
    async with db.unit_of_work(TENANT) as uow:
        other = await uow.pipeline_statuses.add(new_status(pipeline.id, "Won"))
        with pytest.raises(AlreadyExists):
            await uow.pipeline_statuses.save(other.rename("New", now=LATER))
    async with db.unit_of_work(TENANT) as uow:
        await uow.pipeline_statuses.save(status.delete(now=LATER))
        await uow.pipeline_statuses.add(new_status(pipeline.id))


async def test_a_status_is_added_to_a_live_pipeline_only(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        gone = await uow.pipelines.add(new_pipeline(seed))
        await uow.pipelines.save(gone.delete(now=LATER))
        for pipeline_id in (gone.id, new_id()):
            with pytest.raises(NotFound) as caught:
                await uow.pipeline_statuses.add(new_status(pipeline_id))
            assert (caught.value.resource, caught.value.id) == ("pipeline", pipeline_id)


async def test_a_pipeline_with_statuses_and_a_status_with_contacts_are_not_deleted(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    pipeline, status = await add_status(db, seed)
    placement = await add_placement(db, seed, status)
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(InvariantViolation, match="contacts"):
            await uow.pipeline_statuses.save(status.delete(now=LATER))
        with pytest.raises(InvariantViolation, match="statuses"):
            await uow.pipelines.save(pipeline.delete(now=LATER))
        await uow.placements.close(placement.exit(status_name=status.name, now=LATER))
        await uow.pipeline_statuses.save(status.delete(now=LATER))
        await uow.pipelines.save(pipeline.delete(now=LATER))
        await uow.commit()
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(NotFound):
            await uow.pipelines.get(pipeline.id)


async def test_what_has_a_history_is_not_removed(db: Database[UnitOfWork], seed: Seed) -> None:
    pipeline, status = await add_status(db, seed)
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(StillReferenced):
            await uow.pipelines.remove(pipeline)
    placement = await add_placement(db, seed, status)
    async with db.unit_of_work(TENANT) as uow:
        await uow.placements.close(placement.exit(status_name=status.name, now=LATER))
        with pytest.raises(StillReferenced):
            await uow.pipeline_statuses.remove(status)


async def test_a_status_that_is_being_added_keeps_its_pipeline_from_being_deleted(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        pipeline = await uow.pipelines.add(new_pipeline(seed))
        await uow.commit()

    async def delete() -> None:
        async with db.unit_of_work(TENANT) as uow:
            await uow.pipelines.save(pipeline.delete(now=LATER))
            await uow.commit()

    async with db.unit_of_work(TENANT) as uow:
        await uow.pipeline_statuses.add(new_status(pipeline.id))
        deletion = asyncio.create_task(delete())
        await asyncio.sleep(0.1)
        assert not deletion.done(), "it does not wait"
        await uow.commit()
    with pytest.raises(InvariantViolation):
        await deletion


async def test_a_placement_is_closed_once(db: Database[UnitOfWork], seed: Seed) -> None:
    _, status = await add_status(db, seed)
    placement = await add_placement(db, seed, status)
    left = placement.exit(status_name=status.name, now=LATER)
    async with db.unit_of_work(TENANT) as uow:
        assert await uow.placements.close(left) == left.clear_events()
        with pytest.raises(Conflict):
            await uow.placements.close(left)


async def test_a_status_of_another_pipeline_is_refused(db: Database[UnitOfWork], seed: Seed) -> None:
    _, status = await add_status(db, seed)
    placement = await add_placement(db, seed, status)
    async with db.unit_of_work(TENANT) as uow:
        other = await uow.pipelines.add(new_pipeline(seed, "Support"))
        with pytest.raises(ReferenceNotFound):
            await uow.placements.add(
                attrs.evolve(enter(seed, placement.contact_id, status), pipeline_id=other.id)
            )


async def test_the_contacts_of_a_status_come_in_pages(db: Database[UnitOfWork], seed: Seed) -> None:
    pipeline, status = await add_status(db, seed)
    placements = [await add_placement(db, seed, status) for _ in range(5)]
    ids = sorted(placement.contact_id for placement in placements)
    async with db.unit_of_work(TENANT) as uow:
        await uow.placements.close(placements[0].exit(status_name="New", now=LATER))
        standing = [contact_id for contact_id in ids if contact_id != placements[0].contact_id]
        first = await uow.placements.contacts_in_status(pipeline.id, status.id, limit=3)
        rest = await uow.placements.contacts_in_status(pipeline.id, status.id, after=first[-1])
        assert (first, rest) == (standing[:3], standing[3:])
