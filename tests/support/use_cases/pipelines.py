"""Cases of pipelines."""

from __future__ import annotations

from tests.support.constants import NOW
from tests.support.use_cases import Work, World, case
from tests.support.use_cases.contacts import new_contact
from ventros.application.pipelines.change_pipeline_status import ChangePipelineStatus, change_pipeline_status
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
