"""Cases of pipelines."""

from __future__ import annotations

import attrs

from tests.support.constants import NOW
from tests.support.use_cases import Work, World, case
from tests.support.use_cases.contacts import new_contact
from ventros.application.pipelines.change_pipeline_status import ChangePipelineStatus, change_pipeline_status
from ventros.application.pipelines.move_contacts_in_pipeline import (
    MoveContactsInPipeline,
    move_contacts_in_pipeline,
)
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline


async def _changes(world: World) -> list[ChangePipelineStatus]:
    """Of one contact, into each of two statuses."""
    contact = new_contact(world)
    pipeline = Pipeline.create(
        project_id=world.seed.project_id, tenant_id=world.tenant, name=f"Sales {world.number}", now=NOW
    )
    statuses = [
        PipelineStatus.create(
            pipeline_id=pipeline.id, tenant_id=world.tenant, name=name, status_type=StatusType.OPEN, now=NOW
        )
        for name in ("New", "Talking")
    ]
    await world.add(contact, pipeline, *statuses)
    return [
        ChangePipelineStatus(
            project_id=world.seed.project_id,
            contact_id=contact.id,
            pipeline_id=pipeline.id,
            status_id=status.id,
            changed_at=NOW,
        )
        for status in statuses
    ]


@case("change_pipeline_status", "of a contact that enters the pipeline")
async def _enter(world: World) -> Work:
    enter, _ = await _changes(world)
    return lambda uow: change_pipeline_status(uow, enter)


@case("change_pipeline_status", "of a contact that stands in it")
async def _move(world: World) -> Work:
    enter, move = await _changes(world)
    await world.run(lambda uow: change_pipeline_status(uow, enter))
    return lambda uow: change_pipeline_status(uow, move)


@case("move_contacts_in_pipeline", "of which one stands in it")
async def _move_many(world: World) -> Work:
    enter, move = await _changes(world)
    await world.run(lambda uow: change_pipeline_status(uow, enter))
    others = [new_contact(world, name) for name in ("Bob", "Eve")]
    await world.add(*others)
    command = MoveContactsInPipeline(
        project_id=move.project_id,
        contact_ids=(others[1].id, move.contact_id, others[0].id),
        pipeline_id=move.pipeline_id,
        status_id=move.status_id,
        changed_at=NOW,
    )
    backwards = attrs.evolve(command, contact_ids=command.contact_ids[::-1], status_id=enter.status_id)
    world.rival = lambda uow: move_contacts_in_pipeline(uow, backwards)
    return lambda uow: move_contacts_in_pipeline(uow, command)
