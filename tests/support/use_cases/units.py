"""Cases of the unit of work alone, that belong to no use case."""

from __future__ import annotations

from tests.support.campaigns import make_step
from tests.support.constants import NOW
from tests.support.inbound_messages import MINUTE
from tests.support.use_cases import UNIT, Work, World, case
from tests.support.use_cases.contacts import new_contact
from ventros import UnitOfWork
from ventros.automation.campaigns.aggregate import Campaign
from ventros.automation.campaigns.values import GoalType
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterOperator, FilterRule
from ventros.crm.pipelines.aggregate import Pipeline

LATER = NOW + MINUTE


@case(UNIT, "get")
async def _get(world: World) -> Work:
    (contact,) = await world.add(new_contact(world))
    return lambda uow: uow.contacts.get(contact.id)


@case(UNIT, "get, save, commit()")
async def _save(world: World) -> Work:
    (contact,) = await world.add(new_contact(world))

    async def work(uow: UnitOfWork) -> None:
        await uow.contacts.save((await uow.contacts.get(contact.id)).rename("Bea", now=LATER))

    return work


@case(UNIT, "get, commit(contact)")
async def _commit(world: World) -> Work:
    (contact,) = await world.add(new_contact(world))

    async def work(uow: UnitOfWork) -> None:
        await uow.commit((await uow.contacts.get(contact.id)).rename("Bea", now=LATER))

    return work


@case(UNIT, "save_all of a contact and a pipeline")
async def _save_all(world: World) -> Work:
    pipeline = Pipeline.create(
        project_id=world.seed.project_id, tenant_id=world.tenant, name=f"Sales {world.number}", now=NOW
    )
    contact, pipeline = await world.add(new_contact(world), pipeline)
    return lambda uow: uow.save_all(
        contact.rename("Bea", now=LATER), pipeline.rename(f"Support {world.number}", now=LATER)
    )


@case(UNIT, "add of a contact list with 20 rules")
async def _add(world: World) -> Work:
    contact_list = ContactList.create(
        project_id=world.seed.project_id, tenant_id=world.tenant, name=f"List {world.number}", now=NOW
    )
    for number in range(20):
        rule = FilterRule.tag(FilterOperator.EQ, f"tag {number}", now=NOW)
        contact_list = contact_list.add_filter_rule(rule, now=NOW)
    return lambda uow: uow.contact_lists.add(contact_list)


@case(UNIT, "save_all of 20 campaigns with a step more")
async def _campaigns(world: World) -> Work:
    campaigns = [
        Campaign.create(
            tenant_id=world.tenant,
            name=f"Spring {number}",
            description="",
            goal_type=GoalType.REACH_CONTACTS,
            goal_value=10,
            now=NOW,
        )
        for number in range(20)
    ]
    stored = await world.add(*campaigns)
    changed = [campaign.add_step(make_step(), now=LATER) for campaign in stored]
    return lambda uow: uow.save_all(*changed)
