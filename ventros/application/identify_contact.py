"""Who a message is from or to: found by phone and LID, made where nobody is, merged where two are one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.application.merge_contacts import MergeContacts, merge_contacts
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.errors import AlreadyExists, Conflict, NotFound, ValidationError
from ventros.unit_of_work import UnitOfWork
from ventros.values import Phone

CONTACT_TAG = "whatsapp"


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
    if phone is None and lid is None:
        raise ValidationError("a contact is known by a phone or a LID", field="phone")
    match = await uow.contact_identities.match(project_id, phone, lid)
    found = match.contact
    if found is not None and match.duplicate is not None:
        pair = MergeContacts(
            surviving_contact_id=found.id, merged_contact_id=match.duplicate.id, merged_at=now
        )
        found = await merge_contacts(uow, pair)
    try:
        if found is None:
            known_by = phone.value if phone else lid or ""
            new = Contact.create(
                project_id=project_id, tenant_id=uow.tenant, name=name or known_by, now=now
            ).add_tag(CONTACT_TAG, now=now)
            contact = await uow.contacts.add(_updated(new, phone, lid, name, now))
        else:
            contact = await uow.contacts.save(_updated(found, phone, lid, name, now))
    except AlreadyExists as error:
        raise Conflict("another message of this phone came to a contact first") from error
    if contact is found:
        contact = await _held(uow, contact)
    if not match.remembered:
        await uow.contact_identities.remember(project_id, contact.id, phone, lid, now=now)
    return contact


async def _held(uow: UnitOfWork, contact: Contact) -> Contact:
    """Raises Conflict when it is no longer as it was found."""
    try:
        return await uow.contacts.get(contact.id, expected_version=contact.version, lock="no key update")
    except NotFound as error:
        raise Conflict("the contact was merged into another meanwhile") from error


def _updated(
    contact: Contact, phone: Phone | None, lid: str | None, name: str | None, now: datetime
) -> Contact:
    if phone is not None and contact.phone is None:
        contact = contact.set_phone(phone.value, now=now)
        if contact.name == lid:
            name = name or phone.value
    if name:
        contact = contact.rename(name, now=now)
    return contact.record_interaction(now=now)
