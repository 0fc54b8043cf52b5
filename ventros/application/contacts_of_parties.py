"""The contact that a party is: found by what the platform knows the party by, or created."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.application.inbound import Party
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.errors import AlreadyExists, Conflict
from ventros.unit_of_work import UnitOfWork
from ventros.values import Phone

CONTACT_TAG = "whatsapp"


async def find_contact(uow: UnitOfWork, project_id: UUID, party: Party) -> Contact | None:
    """Raises ValidationError for a phone that is none."""
    return await uow.contacts.find_by_phone(project_id, Phone(party.phone)) if party.phone else None


async def save_contact(uow: UnitOfWork, project_id: UUID, party: Party, *, now: datetime) -> Contact:
    """With the interaction recorded, and the name that the platform told.

    Raises Conflict when another message of the party creates the contact at the same time, ValidationError
    for a phone or name that is none.
    """
    contact = await find_contact(uow, project_id, party)
    if contact is not None:
        if party.name:
            contact = contact.rename(party.name, now=now)
        return await uow.contacts.save(contact.record_interaction(now=now))
    phone = Phone(party.phone) if party.phone else None
    contact = Contact.create(
        project_id=project_id,
        tenant_id=uow.tenant,
        name=party.name or (phone.value if phone else party.lid or ""),
        now=now,
    )
    if phone is not None:
        contact = contact.set_phone(phone.value, now=now)
    try:
        return await uow.contacts.add(contact.add_tag(CONTACT_TAG, now=now).record_interaction(now=now))
    except AlreadyExists as error:
        raise Conflict("another message of this party created the contact first") from error
