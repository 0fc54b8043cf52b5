"""A contact is made by hand or by an import, with all that is known of it, in one transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.contacts.unique_keys import require_free, taken_meanwhile
from ventros.crm.contacts.aggregate import DEFAULT_LANGUAGE, Contact
from ventros.kernel import validators
from ventros.kernel.errors import AlreadyExists
from ventros.unit_of_work import UnitOfWork
from ventros.values import CustomField


@attrs.frozen(kw_only=True)
class CreateContact:
    """Phone and email are stored in their normal form. ``created_at`` is the one clock of all that follows.

    Raises ValidationError for a nil id.
    """

    project_id: UUID = attrs.field(validator=validators.not_nil)
    name: str
    created_at: datetime = attrs.field(validator=validators.aware)
    phone: str | None = None
    email: str | None = None
    external_id: str | None = None
    source_channel: str | None = None
    language: str = DEFAULT_LANGUAGE
    timezone: str | None = None
    tags: tuple[str, ...] = ()
    custom_fields: tuple[CustomField, ...] = ()


async def create_contact(uow: UnitOfWork, command: CreateContact) -> Contact:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which retries conflicts; it ends the unit.

    Raises ContactAlreadyExists when a contact of the project has the phone or the email: of two at once the
    second meets a Conflict, and is told so when it is run again. ReferenceNotFound when there is no such
    project, ValidationError for an empty name or tag, a phone or an email that is none, and a custom field
    that is there twice.
    """
    contact = _contact(uow.tenant, command)
    await require_free(uow, contact, contact.phone, contact.email)
    for call in uow.contact_custom_fields.setting(contact.id, command.custom_fields, now=command.created_at):
        uow.send_with_commit(call)
    try:
        (stored,) = await uow.commit(contact)
    except AlreadyExists as error:
        raise taken_meanwhile(error) from error
    return stored


def _contact(tenant: str, command: CreateContact) -> Contact:
    now = command.created_at
    contact = Contact.create(
        project_id=command.project_id, tenant_id=tenant, name=command.name, now=command.created_at
    )
    if command.phone is not None:
        contact = contact.set_phone(command.phone, now=now)
    if command.email is not None:
        contact = contact.set_email(command.email, now=now)
    return (
        contact.set_external_id(command.external_id, now=now)
        .set_source_channel(command.source_channel, now=now)
        .set_language(command.language, now=now)
        .set_timezone(command.timezone, now=now)
        .set_tags(command.tags, now=now)
    )
