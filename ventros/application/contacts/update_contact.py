"""Several fields of a contact change at once: one version, one save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import attrs
from msgspec import UNSET, UnsetType

from ventros.application.contacts.unique_keys import require_free, taken_meanwhile
from ventros.crm.contacts.aggregate import Contact
from ventros.kernel import validators
from ventros.kernel.errors import AlreadyExists, ValidationError
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class UpdateContact:
    """What is left UNSET stays; None clears a field, and sets the language back to the default.

    ``tags`` replace those that are there; an empty tuple clears them. ``updated_at`` is the one clock of all
    that follows. Raises ValidationError for a nil id, and when all is left UNSET.
    """

    contact_id: UUID = attrs.field(validator=validators.not_nil)
    updated_at: datetime = attrs.field(validator=validators.aware)
    changed_by: UUID | None = None
    name: str | UnsetType = UNSET
    phone: str | UnsetType | None = UNSET
    email: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET
    source_channel: str | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET
    timezone: str | UnsetType | None = UNSET
    tags: tuple[str, ...] | UnsetType = UNSET

    def __attrs_post_init__(self) -> None:
        if not any(self.given()):
            raise ValidationError(f"give at least one of {', '.join(SETTERS)}", field="fields")

    def given(self) -> Iterator[tuple[str, Any]]:
        """The fields that are not UNSET, with their values."""
        for name in SETTERS:
            if (value := getattr(self, name)) is not UNSET:
                yield name, value


async def update_contact(uow: UnitOfWork, command: UpdateContact) -> Contact:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which retries conflicts; it ends the unit.

    Each field that differs has its own event; where none does, nothing is stored. By what WhatsApp knows the
    contact stays as it is, see docs/contacts.md: a pairing means it under a new phone too.

    Raises NotFound when there is no such contact, ContactAlreadyExists when another one of the project has
    the phone or the email, ValidationError for an empty name or tag and a phone or an email that is none.
    """
    contact = await uow.contacts.get(command.contact_id)
    changed = contact
    for name, value in command.given():
        changed = SETTERS[name](changed, value, command)
    new_phone = changed.phone if changed.phone != contact.phone else None
    new_email = changed.email if changed.email != contact.email else None
    await require_free(uow, contact, new_phone, new_email)
    try:
        (stored,) = await uow.commit(changed)
    except AlreadyExists as error:
        raise taken_meanwhile(error) from error
    return stored


def _rename(contact: Contact, name: str, command: UpdateContact) -> Contact:
    return contact.rename(name, now=command.updated_at, changed_by=command.changed_by)


def _set_phone(contact: Contact, phone: str | None, command: UpdateContact) -> Contact:
    now = command.updated_at
    return contact.clear_phone(now=now) if phone is None else contact.set_phone(phone, now=now)


def _set_email(contact: Contact, email: str | None, command: UpdateContact) -> Contact:
    now = command.updated_at
    return contact.clear_email(now=now) if email is None else contact.set_email(email, now=now)


Setter = Callable[[Contact, Any, UpdateContact], Contact]
SETTERS: Final[dict[str, Setter]] = {
    "name": _rename,
    "phone": _set_phone,
    "email": _set_email,
    "external_id": lambda contact, value, by: contact.set_external_id(value, now=by.updated_at),
    "source_channel": lambda contact, value, by: contact.set_source_channel(value, now=by.updated_at),
    "language": lambda contact, value, by: contact.set_language(value, now=by.updated_at),
    "timezone": lambda contact, value, by: contact.set_timezone(value, now=by.updated_at),
    "tags": lambda contact, value, by: contact.set_tags(value, now=by.updated_at),
}
