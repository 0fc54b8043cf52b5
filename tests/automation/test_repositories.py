"""What the repositories of campaigns, sequences and broadcasts do beyond the contract of all of them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest
from psycopg import sql

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.listening import listen
from ventros import Database, UnitOfWork
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import GoalType, StepConfig, StepType
from ventros.automation.sequences.aggregate import Sequence, SequenceStep
from ventros.automation.sequences.values import TriggerType
from ventros.automation.values import DelayUnit, MessageTemplate, StepCondition, TemplateType
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.demo.seed import Seed
from ventros.kernel.errors import InvariantViolation, MappingError, ReferenceNotFound
from ventros.kernel.ids import new_id

LATER = NOW + timedelta(hours=1)
HELLO = MessageTemplate(type=TemplateType.TEXT, content="Hello")


def campaign_step(position: int) -> CampaignStep:
    condition = StepCondition(type="tag_has", operator="in", value=["a", ["b"]])
    return CampaignStep(
        position=position,
        name=f"step {position}",
        type=StepType.DELAY,
        config=StepConfig(delay_amount=position, delay_unit=DelayUnit.DAYS),
        conditions=(condition,) * position,
        created_at=NOW,
    )


def sequence_step(position: int) -> SequenceStep:
    return SequenceStep(
        position=position,
        name=f"step {position}",
        delay_amount=position,
        delay_unit=DelayUnit.DAYS,
        message_template=HELLO,
        created_at=NOW,
    )


def make_campaign(steps: int = 3) -> Campaign:
    campaign = Campaign.create(
        tenant_id=TENANT, name="Spring", goal_type=GoalType.CONVERSIONS, goal_value=1, now=NOW
    )
    return attrs.evolve(campaign, steps=tuple(map(campaign_step, range(steps))))


def make_sequence(steps: int = 3) -> Sequence:
    sequence = Sequence.create(tenant_id=TENANT, name="Welcome", trigger_type=TriggerType.TAG_ADDED, now=NOW)
    return attrs.evolve(sequence, steps=tuple(map(sequence_step, range(steps))))


def make_broadcast(list_id: UUID, channel_id: UUID | None = None) -> Broadcast:
    return Broadcast.create(
        tenant_id=TENANT, name="News", list_id=list_id, channel_id=channel_id, message_template=HELLO, now=NOW
    )


@pytest.fixture
async def list_id(db: Database[UnitOfWork], seed: Seed) -> UUID:
    readers = ContactList.create(project_id=seed.project_id, tenant_id=TENANT, name="Readers", now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contact_lists.add(readers)
        await uow.commit()
    return readers.id


async def add(db: Database[UnitOfWork], *aggregates: Any) -> list[Any]:
    async with db.unit_of_work(TENANT) as uow:
        added = [await repository(uow, aggregate).add(aggregate) for aggregate in aggregates]
        await uow.commit()
    return added


def repository(uow: UnitOfWork, aggregate: Any) -> Any:
    return {"campaign": uow.campaigns, "sequence": uow.sequences, "broadcast": uow.broadcasts}[
        aggregate.resource
    ]


@pytest.mark.parametrize("make", [make_campaign, make_sequence])
async def test_steps_swap_and_rotate_their_positions(db: Database[UnitOfWork], seed: Seed, make: Any) -> None:
    (added,) = await add(db, make())
    one, two, three = (step.id for step in added.steps)
    for order in ([two, one, three], [three, two, one], [one, three, two]):
        async with db.unit_of_work(TENANT) as uow:
            loaded = await repository(uow, added).get(added.id)
            saved = await repository(uow, added).save(loaded.reorder_steps(order, now=LATER))
            assert await repository(uow, added).get(added.id) == saved
            await uow.commit()
        assert [step.id for step in saved.steps] == order
        assert [step.position for step in saved.steps] == [0, 1, 2]


@pytest.mark.parametrize("make", [make_campaign, make_sequence])
async def test_only_the_step_that_changed_is_written(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, make: Any
) -> None:
    (added,) = await add(db, make())
    table = sql.Identifier(f"{added.resource}_steps")

    def rows() -> dict[int, Any]:
        query = sql.SQL("SELECT position, id || ':' || xmin FROM {}").format(table)
        return dict(superuser.execute(query).fetchall())

    before = rows()
    async with db.unit_of_work(TENANT) as uow:
        renamed = attrs.evolve(added.steps[1], name="other")
        await repository(uow, added).save(added.replace_step(renamed.id, renamed, now=LATER))
        await uow.commit()
    after = rows()
    assert {position for position in after if after[position] != before[position]} == {1}


async def test_a_step_that_takes_the_place_of_a_removed_one(db: Database[UnitOfWork], seed: Seed) -> None:
    (added,) = await add(db, make_campaign())
    first, second, third = added.steps
    changed = (
        added.remove_step(first.id, now=LATER)
        .replace_step(second.id, attrs.evolve(second, position=0), now=LATER)
        .add_step(campaign_step(1), now=LATER)
    )
    async with db.unit_of_work(TENANT) as uow:
        saved = await uow.campaigns.save(changed)
        assert await uow.campaigns.get(added.id) == saved
    assert [step.position for step in saved.steps] == [0, 1, 2]
    assert saved.steps[2] == third


async def test_the_steps_of_many_campaigns_cost_one_statement(db: Database[UnitOfWork], seed: Seed) -> None:
    await add(db, *(make_campaign(2).schedule(LATER, now=NOW) for _ in range(3)))
    async with db.unit_of_work(TENANT) as uow:
        sent = listen(uow)
        page = await uow.campaigns.page()
        assert [len(campaign.steps) for campaign in page.items] == [2, 2, 2]
        assert len(sent) == 2


async def test_a_trigger_finds_the_active_sequences_that_it_fits(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    anyone = make_sequence().activate(now=NOW)
    vip = make_sequence().set_trigger_data({"tag": "vip"}, now=NOW).activate(now=NOW)
    vip = attrs.evolve(vip, created_at=LATER, updated_at=LATER)
    other = make_sequence().set_trigger_data({"tag": "new"}, now=NOW).activate(now=NOW)
    draft = make_sequence()
    await add(db, anyone, vip, other, draft)
    async with db.unit_of_work(TENANT) as uow:
        event = {"tag": "vip", "by": "agent"}
        sequences = await uow.sequences.find_active_by_trigger(TriggerType.TAG_ADDED, event)
        assert sequences == [vip.clear_events(), anyone.clear_events()]
        assert await uow.sequences.find_active_by_trigger(TriggerType.MANUAL, event) == []
    async with db.unit_of_work(OTHER_TENANT) as uow:
        assert await uow.sequences.find_active_by_trigger(TriggerType.TAG_ADDED, event) == []


async def test_counters_add_up_over_many_connections_without_a_version(
    db: Database[UnitOfWork], list_id: UUID
) -> None:
    campaign, sequence, broadcast = await add(db, make_campaign(), make_sequence(), make_broadcast(list_id))

    async def count() -> None:
        async with db.unit_of_work(TENANT) as uow:
            uow.send_with_commit(uow.campaigns.counting(campaign.id, reached=2, conversions=1))
            uow.send_with_commit(uow.sequences.counting(sequence.id, enrolled=2, completed=1, exited=1))
            uow.send_with_commit(
                uow.broadcasts.counting(broadcast.id, contacts=5, sent=1, failed=1, skipped=1)
            )
            await uow.commit()

    await asyncio.gather(*(count() for _ in range(20)))
    async with db.unit_of_work(TENANT) as uow:
        reached = await uow.campaigns.counters(campaign.id)
        assert (reached.contacts_reached, reached.conversions_count) == (40, 20)
        enrolled = await uow.sequences.counters(sequence.id)
        assert (enrolled.total_enrolled, enrolled.completed_count, enrolled.exited_count) == (40, 20, 20)
        sent = await uow.broadcasts.counters(broadcast.id)
        assert (sent.total_contacts, sent.sent_count, sent.failed_count) == (100, 20, 20)
        assert (sent.skipped_count, sent.pending_count) == (20, 40)
        assert (await uow.campaigns.get(campaign.id)).version == 1
        assert (await uow.broadcasts.counters(new_id())).total_contacts == 0


async def test_nothing_is_counted_for_what_is_not_there(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ReferenceNotFound):
            await uow.connection.together([uow.campaigns.counting(new_id(), conversions=1)])
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ReferenceNotFound):
            await uow.connection.together([uow.sequences.counting(new_id(), exited=1)])
    async with db.unit_of_work(TENANT) as uow:
        with pytest.raises(ReferenceNotFound):
            await uow.connection.together([uow.broadcasts.counting(new_id(), sent=1)])


async def test_what_has_begun_is_not_removed_and_a_draft_takes_its_rows_along(
    db: Database[UnitOfWork], seed: Seed, list_id: UUID, superuser: psycopg.Connection
) -> None:
    drafts = await add(db, make_campaign(), make_sequence(), make_broadcast(list_id, seed.channel_id))
    begun = (
        drafts[0].activate(now=LATER),
        drafts[1].activate(now=LATER),
        drafts[2].start(now=LATER),
    )
    async with db.unit_of_work(TENANT) as uow:
        for aggregate in begun:
            with pytest.raises(InvariantViolation):
                await repository(uow, aggregate).remove(aggregate)
        await uow.connection.together([uow.campaigns.counting(drafts[0].id, conversions=1)])
        for aggregate in drafts:
            await repository(uow, aggregate).remove(aggregate)
        await uow.commit()
    for table in ("campaign_steps", "campaign_counters", "sequence_steps", "broadcasts"):
        count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        assert superuser.execute(count).fetchone() == (0,), table


async def test_a_damaged_step_is_named(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    (added,) = await add(db, make_campaign(1))
    superuser.execute("UPDATE campaign_steps SET config = '{}'")
    with pytest.raises(MappingError, match=str(added.steps[0].id)):
        async with db.unit_of_work(TENANT) as uow:
            await uow.campaigns.get(added.id)
