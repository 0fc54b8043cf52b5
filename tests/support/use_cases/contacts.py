"""Cases of contacts."""

from __future__ import annotations

from typing import Any

import attrs

from tests.support.constants import NOW
from tests.support.inbound_messages import MINUTE
from tests.support.use_cases import Work, World, case
from ventros import UnitOfWork
from ventros.application.contacts.create_contact import CreateContact, create_contact
from ventros.application.contacts.delete_contact import DeleteContact, delete_contact
from ventros.application.contacts.identify_contact import identify_contact
from ventros.application.contacts.merge_contacts import MergeContacts, merge_contacts
from ventros.application.contacts.update_contact import UpdateContact, update_contact
from ventros.application.pipelines.change_pipeline_status import ChangePipelineStatus, change_pipeline_status
from ventros.crm.chats.aggregate import Chat
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.sessions.aggregate import Session
from ventros.values import CustomField, CustomFieldType, Phone

LATER = NOW + MINUTE


def new_contact(world: World, name: str = "Ada") -> Contact:
    return Contact.create(project_id=world.seed.project_id, tenant_id=world.tenant, name=name, now=NOW)


async def _with_session(world: World, *, phone: Phone | None = None, lid: str | None = None) -> Contact:
    async def begin(uow: UnitOfWork) -> Contact:
        contact = await identify_contact(uow, world.seed.project_id, phone=phone, lid=lid, name=None, now=NOW)
        await uow.sessions.add(
            Session.start(contact_id=contact.id, tenant_id=world.tenant, channel_type_id=1, now=NOW)
        )
        return contact

    contact: Contact = await world.run(begin)
    return contact


@case("merge_contacts", "of whom each has an active session")
async def _merge(world: World) -> Work:
    survivor = await _with_session(world, phone=Phone(f"+5511{world.number}"))
    merged = await _with_session(world, lid=f"7970{world.number:011}")
    command = MergeContacts(surviving_contact_id=survivor.id, merged_contact_id=merged.id, merged_at=LATER)
    return lambda uow: merge_contacts(uow, command)


def _creation(world: World, **changes: Any) -> CreateContact:
    command = CreateContact(
        project_id=world.seed.project_id,
        name="Ada",
        phone=f"+5511{world.number}",
        email=f"ada@{world.tenant}.example",
        created_at=NOW,
    )
    return attrs.evolve(command, **changes)


def _creating(command: CreateContact) -> Work:
    return lambda uow: create_contact(uow, command)


@case("create_contact", "with a phone, an email and two custom fields")
async def _create(world: World) -> Work:
    fields = tuple(CustomField(key, CustomFieldType.TEXT, "gold") for key in ("plan", "card"))
    return _creating(_creation(world, custom_fields=fields))


@case("create_contact", "with neither")
async def _create_bare(world: World) -> Work:
    return _creating(_creation(world, phone=None, email=None))


def _update(case_name: str, **changes: Any) -> None:
    """Of a contact, while another one gets the same."""

    @case("update_contact", case_name)
    async def _prepare(world: World) -> Work:
        contact, other = await world.add(new_contact(world), new_contact(world, "Bea"))
        command = UpdateContact(contact_id=contact.id, updated_at=LATER, tags=("vip",), **changes)
        rival = attrs.evolve(command, contact_id=other.id)
        world.rival = lambda uow: update_contact(uow, rival)
        return lambda uow: update_contact(uow, command)


_update("of its name and tags", name="Ada Lovelace")
_update("of its phone and email", phone="+5511987654321", email="ada@example.com")


async def _deletion(world: World, contact: Contact) -> Work:
    command = DeleteContact(contact_id=contact.id, deleted_at=LATER)
    return lambda uow: delete_contact(uow, command)


async def _held_by_all(world: World) -> tuple[Contact, ContactList]:
    """One with a session, a LID, a placement and a chat, which is on a list."""
    contact = await _with_session(world, phone=Phone(f"+5511{world.number}"), lid=f"7970{world.number:011}")
    project: dict[str, Any] = {"project_id": world.seed.project_id, "tenant_id": world.tenant, "now": NOW}
    listed = ContactList.create(name="VIP", is_static=True, **project)
    pipeline = Pipeline.create(name=f"Sales {world.number}", **project)
    status = PipelineStatus.create(
        pipeline_id=pipeline.id, tenant_id=world.tenant, name="New", status_type=StatusType.OPEN, now=NOW
    )
    await world.add(listed, pipeline, status, Chat.create_individual(contact_id=contact.id, **project))
    entry = ChangePipelineStatus(
        project_id=world.seed.project_id,
        contact_id=contact.id,
        pipeline_id=pipeline.id,
        status_id=status.id,
        changed_at=NOW,
    )
    await world.run(lambda uow: change_pipeline_status(uow, entry))
    await world.run(lambda uow: uow.contact_lists.add_members(listed.id, [contact.id], now=NOW))
    return contact, listed


@case("delete_contact", "that nothing refers to")
async def _delete_bare(world: World) -> Work:
    (contact,) = await world.add(new_contact(world))
    return await _deletion(world, contact)


@case("delete_contact", "with a session, a placement, a chat and a list")
async def _delete(world: World) -> Work:
    contact, _ = await _held_by_all(world)
    return await _deletion(world, contact)


@case("delete_contact", "that writes at the same time")
async def _delete_writing(world: World) -> Work:
    contact, _ = await _held_by_all(world)

    async def write(uow: UnitOfWork) -> None:
        await identify_contact(
            uow, world.seed.project_id, phone=contact.phone, lid=None, name="Ada", now=LATER
        )

    world.rival = write
    return await _deletion(world, contact)


@case("delete_contact", "that joins a list at the same time")
async def _delete_joining(world: World) -> Work:
    listed = ContactList.create(
        project_id=world.seed.project_id, tenant_id=world.tenant, name="VIP", is_static=True, now=NOW
    )
    contact, _ = await world.add(new_contact(world), listed)
    world.rival = lambda uow: uow.contact_lists.add_members(listed.id, [contact.id], now=LATER)
    return await _deletion(world, contact)
