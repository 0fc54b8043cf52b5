"""A contact that something is about to refer to, held so that it is neither deleted nor merged before."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ventros.crm.contacts.aggregate import Contact
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import NotFound
from ventros.unit_of_work import UnitOfWork


async def hold_live_contact(
    uow: UnitOfWork, project_id: UUID, contact_id: UUID, *behind: Call
) -> tuple[Contact, list[Any]]:
    """The contact, locked FOR SHARE, and the answers to what is sent ``behind`` the lock, in one round trip.

    Raises NotFound when it is not in the project.
    """
    repository = uow.contacts
    lock = repository.locking(repository.LOCK_FOR_SHARE, [contact_id])
    _, found, *answers = await uow.connection.together([lock, *repository.getting(contact_id), *behind])
    contact = repository.got([found])
    if contact is None or contact.project_id != project_id:
        raise NotFound("contact", contact_id)
    return contact, answers
