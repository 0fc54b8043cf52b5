"""What is known of a contact at a glance."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.conversations import Two, write
from ventros import Database, NotFound, UnitOfWork
from ventros.application.pipelines.change_pipeline_status import ChangePipelineStatus, change_pipeline_status
from ventros.application.queries.contact_statistics import (
    ContactFigures,
    ContactStatistics,
    contact_statistics,
)
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id

SECOND = timedelta(seconds=1)


async def statistics(db: Database[UnitOfWork], contact_id: UUID, tenant: str = TENANT) -> ContactFigures:
    query = ContactStatistics(contact_id=contact_id)
    return await db.run(tenant, lambda uow: contact_statistics(uow, query))


async def answered(uow: UnitOfWork, contact_id: UUID, after: int) -> None:
    """A session that is over, whose contact waited so many seconds."""
    session = Session.start(contact_id=contact_id, tenant_id=TENANT, now=NOW)
    session = session.record_message(from_contact=True, now=NOW)
    session = session.record_message(from_contact=False, now=NOW + after * SECOND)
    await uow.sessions.add(session.end(EndReason.MANUAL_CLOSE, now=NOW + timedelta(hours=1)))


async def test_all_is_counted_and_none_of_others(db: Database[UnitOfWork], seed: Seed, two: Two) -> None:
    contact_id = two.survivor.id
    async with db.unit_of_work(TENANT) as uow:
        first = await write(uow, seed, two.survivor, "1")
        await write(uow, seed, two.survivor, "2", NOW + SECOND)
        await write(uow, seed, two.merged, "of another")
        ours = {
            field: getattr(first, field)
            for field in ("tenant_id", "user_id", "project_id", "contact_id", "channel_id", "session_id")
        }
        await uow.messages.add(
            Message.create(
                **ours, content_type=ContentType.TEXT, text="3", from_me=True, timestamp=NOW + 2 * SECOND
            )
        )
        for seconds in (10, 20, 90):
            await answered(uow, contact_id, seconds)
        contact = await uow.contacts.get(contact_id)
        await uow.contacts.save(
            contact.add_tag("vip", now=NOW).add_tag("new", now=NOW).record_interaction(now=NOW + SECOND)
        )
        await uow.commit()
    figures = await statistics(db, contact_id)
    assert figures == ContactFigures(
        tags=figures.tags,
        first_interaction_at=NOW,
        last_interaction_at=NOW + SECOND,
        messages_from_contact=2,
        messages_to_contact=1,
        first_message_at=NOW,
        last_message_at=NOW + 2 * SECOND,
        sessions=4,
        active_sessions=1,
        responses=3,
        average_response_seconds=40.0,
        median_response_seconds=20,
        longest_response_seconds=90,
        placements={},
    )
    assert set(figures.tags) == {"vip", "new", "whatsapp"}


async def enter(uow: UnitOfWork, seed: Seed, contact_id: UUID, pipeline_id: UUID, name: str) -> UUID:
    """A new status of that name, whose id is returned."""
    status = PipelineStatus.create(
        pipeline_id=pipeline_id, tenant_id=TENANT, name=name, status_type=StatusType.OPEN, now=NOW
    )
    await uow.pipeline_statuses.add(status)
    command = ChangePipelineStatus(
        project_id=seed.project_id,
        contact_id=contact_id,
        pipeline_id=pipeline_id,
        status_id=status.id,
        changed_at=NOW,
    )
    await change_pipeline_status(uow, command)
    return status.id


async def test_where_it_stands_is_the_status_of_each_pipeline(
    db: Database[UnitOfWork], seed: Seed, two: Two
) -> None:
    """Of the two statuses of the first pipeline it left one."""
    contact_id, stands = two.survivor.id, {}
    for name, statuses in (("Sales", ("New", "Won")), ("Support", ("Open",))):
        pipeline = Pipeline.create(project_id=seed.project_id, tenant_id=TENANT, name=name, now=NOW)
        async with db.unit_of_work(TENANT) as uow:
            await uow.pipelines.add(pipeline)
            for status_name in statuses:
                stands[pipeline.id] = await enter(uow, seed, contact_id, pipeline.id, status_name)
            await uow.commit()
    assert (await statistics(db, contact_id)).placements == stands
    assert (await statistics(db, two.merged.id)).placements == {}


async def test_of_a_contact_of_whom_nothing_is_known_all_is_zero_or_none(
    db: Database[UnitOfWork], two: Two
) -> None:
    figures = await statistics(db, two.merged.id)
    assert (figures.messages_from_contact, figures.messages_to_contact, figures.sessions) == (0, 0, 0)
    assert (figures.responses, figures.average_response_seconds, figures.median_response_seconds) == (
        0,
        None,
        None,
    )
    assert (figures.first_message_at, figures.tags, figures.placements) == (None, two.merged.tags, {})


async def test_an_unknown_contact_is_not_found_nor_another_tenants_nor_a_deleted_one(
    db: Database[UnitOfWork], other_seed: Seed, two: Two
) -> None:
    for contact_id, tenant in ((new_id(), TENANT), (two.survivor.id, OTHER_TENANT)):
        with pytest.raises(NotFound) as caught:
            await statistics(db, contact_id, tenant)
        assert (caught.value.resource, caught.value.id) == ("contact", contact_id)
    await db.run(TENANT, lambda uow: uow.contacts.apply(two.merged.id, Contact.delete, now=NOW))
    with pytest.raises(NotFound):
        await statistics(db, two.merged.id)
