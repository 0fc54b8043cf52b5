"""Many contacts are taken out of a static list at once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.contact_lists.contacts_of_list import ContactsOfList
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class RemoveContactsFromList(ContactsOfList):
    removed_at: datetime = attrs.field(validator=validators.aware)


async def remove_contacts_from_list(uow: UnitOfWork, command: RemoveContactsFromList) -> tuple[UUID, ...]:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    The ids of those that were members, sorted; ``contact_list.contact_removed`` tells of each. Who is none,
    or no contact at all, is passed over. The list's version stays, and its members are counted.

    Raises NotFound when there is no such list, InvariantViolation when it is dynamic.
    """
    return await uow.contact_lists.remove_members(
        command.contact_list_id, command.contact_ids, now=command.removed_at
    )
