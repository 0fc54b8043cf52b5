"""Who a message is from or to: found by phone and LID, made where nobody is, merged where two are one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.application.contacts.merge_contacts import MergeContacts, merge_contacts
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.identities import Match
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import AlreadyExists, Conflict, ValidationError
from ventros.unit_of_work import UnitOfWork
from ventros.values import Phone

CONTACT_TAG = "whatsapp"


@attrs.frozen(kw_only=True)
class Sighting:
    """Somebody who wrote, or was written to, at ``now``; ``name`` is what the platform calls them.

    Raises ValidationError without phone and LID.
    """

    project_id: UUID
    phone: Phone | None
    lid: str | None = attrs.field()
    name: str | None
    now: datetime

    @lid.validator
    def _check_lid(self, _attribute: object, value: str | None) -> None:
        if self.phone is None and value is None:
            raise ValidationError("a contact is known by a phone or a LID", field="phone")


async def identify_contact(
    uow: UnitOfWork,
    project_id: UUID,
    *,
    phone: Phone | None,
    lid: str | None,
    name: str | None,
    now: datetime,
) -> Contact:
    """The contact, saved with the interaction of ``now``; a part of the use cases that store messages.

    A contact known by its LID alone has no phone. When the phone comes, it is set; or, where another contact
    has it, the two are merged. A contact that an old message does not change is held all the same, before any
    session or chat: nothing is stored for one that was merged meanwhile, and of two messages the second waits
    for the contact and for nothing else. Raises Conflict when another message of the same person was first,
    ValidationError without phone and LID.
    """
    sighting = Sighting(project_id=project_id, phone=phone, lid=lid, name=name, now=now)
    match = await uow.contact_identities.match(project_id, phone, lid)
    return await store_contact(uow, match, await decide_contact(uow, match, sighting), sighting)


async def decide_contact(uow: UnitOfWork, match: Match, sighting: Sighting) -> Contact:
    """The contact with the interaction, not stored yet: the one that was found, a new or a merged one."""
    found, now = match.contact, sighting.now
    if found is None:
        known_by = sighting.phone.value if sighting.phone else sighting.lid or ""
        found = Contact.create(
            project_id=sighting.project_id, tenant_id=uow.tenant, name=sighting.name or known_by, now=now
        ).add_tag(CONTACT_TAG, now=now)
    elif match.duplicate is not None:
        pair = MergeContacts(
            surviving_contact_id=found.id, merged_contact_id=match.duplicate.id, merged_at=now
        )
        found = await merge_contacts(uow, pair)
    return updated_contact(found, sighting)


async def store_contact(uow: UnitOfWork, match: Match, contact: Contact, sighting: Sighting) -> Contact:
    """Add, save or hold the contact that was decided, and remember by what it is known. Raises Conflict."""
    try:
        if uow.contacts.is_new(contact):
            stored = await uow.contacts.add(contact)
        else:
            stored = await uow.contacts.save(contact)
    except AlreadyExists as error:
        raise Conflict("another message of this phone came to a contact first") from error
    if stored is contact:
        await hold_contact(uow, contact)
    if not match.remembered:
        await uow.contact_identities.remember(
            sighting.project_id, stored.id, sighting.phone, sighting.lid, now=sighting.now
        )
    return stored


async def hold_contact(uow: UnitOfWork, contact: Contact, *behind: Call) -> list[Any]:
    """Lock it as a save would, and send ``behind`` it in the same round trip; the answers to those.

    Raises Conflict when the contact is no longer as it was found.
    """
    lock = uow.contacts.locking(uow.contacts.LOCK_FOR_NO_KEY_UPDATE, [contact.id])
    rows, *answers = await uow.connection.together([lock, *behind])
    if [row["version"] for row in rows] != [contact.version]:
        raise Conflict(f"contact {contact.id} was changed, or merged into another, meanwhile")
    return answers


def updated_contact(contact: Contact, sighting: Sighting) -> Contact:
    """With what the sighting tells: the phone that it lacked, the latest name, the interaction."""
    phone, name, now = sighting.phone, sighting.name, sighting.now
    if phone is not None and contact.phone is None:
        contact = contact.set_phone(phone.value, now=now)
        if contact.name == sighting.lid:
            name = name or phone.value
    if name:
        contact = contact.rename(name, now=now)
    return contact.record_interaction(now=now)
