"""Cases of contact lists."""

from __future__ import annotations

from uuid import UUID

from tests.support.constants import NOW
from tests.support.inbound_messages import MINUTE
from tests.support.use_cases import Work, World, case
from tests.support.use_cases.contacts import new_contact
from ventros.application.contact_lists.add_contacts_to_list import AddContactsToList, add_contacts_to_list
from ventros.application.contact_lists.create_contact_list import CreateContactList, create_contact_list
from ventros.application.contact_lists.delete_contact_list import DeleteContactList, delete_contact_list
from ventros.application.contact_lists.remove_contacts_from_list import (
    RemoveContactsFromList,
    remove_contacts_from_list,
)
from ventros.application.contact_lists.update_contact_list import UpdateContactList, update_contact_list
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterOperator, FilterRule
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.kernel.ids import new_id

LATER = NOW + MINUTE


def _rule(tag: str) -> FilterRule:
    return FilterRule.tag(FilterOperator.EQ, tag, now=NOW)


async def _status_rule(world: World) -> tuple[PipelineStatus, FilterRule]:
    pipeline = Pipeline.create(
        project_id=world.seed.project_id, tenant_id=world.tenant, name=f"Sales {world.number}", now=NOW
    )
    status = PipelineStatus.create(
        pipeline_id=pipeline.id, tenant_id=world.tenant, name="New", status_type=StatusType.OPEN, now=NOW
    )
    pipeline, status = await world.add(pipeline, status)
    return status, FilterRule.pipeline_status(pipeline.id, FilterOperator.EQ, status.id, now=NOW)


@case("create_contact_list", "with a rule on tags")
async def _create(world: World) -> Work:
    command = CreateContactList(
        project_id=world.seed.project_id, name="VIP", rules=(_rule("vip"),), created_at=LATER
    )
    return lambda uow: create_contact_list(uow, command)


@case("create_contact_list", "with a rule on a status that is deleted at the same time")
async def _create_on_status(world: World) -> Work:
    status, rule = await _status_rule(world)
    command = CreateContactList(
        project_id=world.seed.project_id, name="New ones", rules=(rule,), created_at=LATER
    )
    world.rival = lambda uow: uow.pipeline_statuses.apply(status.id, PipelineStatus.delete, now=LATER)
    return lambda uow: create_contact_list(uow, command)


@case("update_contact_list", "of its name and its rules")
async def _update(world: World) -> Work:
    kept, gone = _rule("kept"), _rule("gone")
    listed = _list(world).add_filter_rule(kept, now=NOW).add_filter_rule(gone, now=NOW)
    (listed,) = await world.add(listed)
    _, rule = await _status_rule(world)
    command = UpdateContactList(
        contact_list_id=listed.id, name="Others", rules=(_rule("kept"), rule), updated_at=LATER
    )
    return lambda uow: update_contact_list(uow, command)


def _list(world: World, *, is_static: bool = False) -> ContactList:
    return ContactList.create(
        project_id=world.seed.project_id, tenant_id=world.tenant, name="VIP", is_static=is_static, now=NOW
    )


async def _with_members(world: World, number: int, members: int) -> tuple[UUID, list[UUID]]:
    """A static list, and the ids of so many contacts, of whom so many are members."""
    listed, *contacts = await world.add(
        _list(world, is_static=True), *(new_contact(world, f"Contact {n}") for n in range(number))
    )
    ids = [contact.id for contact in contacts]
    if members:
        await world.run(lambda uow: uow.contact_lists.add_members(listed.id, ids[:members], now=NOW))
    return listed.id, ids


@case("delete_contact_list", "that is static, and gets a member at the same time")
async def _delete(world: World) -> Work:
    list_id, ids = await _with_members(world, 2, 1)
    command = DeleteContactList(contact_list_id=list_id, deleted_at=LATER)
    world.rival = lambda uow: uow.contact_lists.add_members(list_id, ids, now=LATER)
    return lambda uow: delete_contact_list(uow, command)


@case("add_contacts_to_list", "of 50, of whom one is a member, while others are removed")
async def _add(world: World) -> Work:
    list_id, ids = await _with_members(world, 50, 1)
    command = AddContactsToList(contact_list_id=list_id, contact_ids=tuple(ids), added_at=LATER)
    removal = RemoveContactsFromList(
        contact_list_id=list_id, contact_ids=tuple(reversed(ids)), removed_at=LATER
    )
    world.rival = lambda uow: remove_contacts_from_list(uow, removal)
    return lambda uow: add_contacts_to_list(uow, command)


@case("add_contacts_to_list", "of ten, at the same time as others")
async def _add_others(world: World) -> Work:
    list_id, ids = await _with_members(world, 12, 0)
    command = AddContactsToList(contact_list_id=list_id, contact_ids=tuple(ids[:10]), added_at=LATER)
    other = AddContactsToList(contact_list_id=list_id, contact_ids=tuple(ids[:1:-1]), added_at=LATER)
    world.rival = lambda uow: add_contacts_to_list(uow, other)
    return lambda uow: add_contacts_to_list(uow, command)


@case("remove_contacts_from_list", "of three, of whom two are members")
async def _remove(world: World) -> Work:
    list_id, ids = await _with_members(world, 3, 2)
    command = RemoveContactsFromList(contact_list_id=list_id, contact_ids=(*ids, new_id()), removed_at=LATER)
    return lambda uow: remove_contacts_from_list(uow, command)
