"""Cases of contacts."""

from __future__ import annotations

from tests.support.constants import NOW
from tests.support.inbound_messages import MINUTE
from tests.support.use_cases import Work, World, case
from ventros import UnitOfWork
from ventros.application.contacts.identify_contact import identify_contact
from ventros.application.contacts.merge_contacts import MergeContacts, merge_contacts
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.sessions.aggregate import Session
from ventros.values import Phone

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
