"""A phone and an email name one contact of a project: unique keys decide, and this says whose they are."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.errors import AlreadyExists, Conflict
from ventros.unit_of_work import UnitOfWork
from ventros.values import Email, Phone


class ContactAlreadyExists(AlreadyExists):
    """``field`` is ``phone`` or ``email``, and ``id`` the contact of the project that has it."""

    fault: ClassVar[str] = "has this {field} already"

    def __init__(self, field: str, id: UUID) -> None:  # noqa: A002 - the field's name everywhere
        super().__init__("contact", f"contacts_live_{field}_key", id, field, "contacts")


async def require_free(uow: UnitOfWork, contact: Contact, phone: Phone | None, email: Email | None) -> None:
    """Raises ContactAlreadyExists when another contact of its project has one of them."""
    holders = await uow.contacts.find_holders(contact.project_id, phone=phone, email=email)
    for field, id_ in holders.items():
        if id_ != contact.id:
            raise ContactAlreadyExists(field, id_)


def taken_meanwhile(error: AlreadyExists) -> Conflict:
    """Of a save after :func:`require_free`, which says whose they are when all is run again."""
    conflict = Conflict("another contact of the project got the phone or the email first")
    conflict.constraint = error.constraint
    return conflict
