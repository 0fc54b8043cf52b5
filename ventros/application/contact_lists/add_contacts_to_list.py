"""Many contacts become members of a static list at once, all of them or none."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.contact_lists.contacts_of_list import ContactsOfList
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class AddContactsToList(ContactsOfList):
    added_at: datetime = attrs.field(validator=validators.aware)


async def add_contacts_to_list(uow: UnitOfWork, command: AddContactsToList) -> tuple[UUID, ...]:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    The ids of those that were no members yet, sorted; ``contact_list.contact_added`` tells of each. The
    list's version stays, and its members are counted: ``uow.contact_lists.count_members``.

    Raises NotFound when there is no such list, or when one of the contacts is not in the list's project:
    nobody is added then. InvariantViolation when the list is dynamic.
    """
    return await uow.contact_lists.add_members(
        command.contact_list_id, command.contact_ids, now=command.added_at
    )
