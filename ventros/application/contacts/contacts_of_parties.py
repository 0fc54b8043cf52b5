"""The contact that a party is: found by what the platform knows the party by, or made."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.application.contacts.identify_contact import Sighting, identify_contact
from ventros.application.messages.inbound import Party
from ventros.crm.contacts.aggregate import Contact
from ventros.unit_of_work import UnitOfWork
from ventros.values import Phone


def phone_of(party: Party) -> Phone | None:
    """Raises ValidationError for a phone that is none."""
    return Phone(party.phone) if party.phone else None


async def find_contact(uow: UnitOfWork, project_id: UUID, party: Party) -> Contact | None:
    """Raises ValidationError for a phone that is none."""
    return await uow.contact_identities.find(project_id, phone_of(party), party.lid)


def sighting_of(project_id: UUID, party: Party, *, now: datetime) -> Sighting:
    """Raises ValidationError for a phone that is none."""
    return Sighting(project_id=project_id, phone=phone_of(party), lid=party.lid, name=party.name, now=now)


async def save_contact(uow: UnitOfWork, project_id: UUID, party: Party, *, now: datetime) -> Contact:
    """As ``identify_contact``, which raises what that says."""
    phone = phone_of(party)
    return await identify_contact(uow, project_id, phone=phone, lid=party.lid, name=party.name, now=now)
