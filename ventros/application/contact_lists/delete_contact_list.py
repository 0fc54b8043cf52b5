"""A list of contacts is deleted, unless a broadcast is about to go to it, or goes to it now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.automation.broadcasts.list_query import BroadcastFilter
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.kernel import validators
from ventros.kernel.errors import InvariantViolation
from ventros.unit_of_work import UnitOfWork

IN_USE = (BroadcastStatus.SCHEDULED, BroadcastStatus.RUNNING)
"""A draft may be of a deleted list: it is not scheduled or started then."""


@attrs.frozen(kw_only=True)
class DeleteContactList:
    """``deleted_at`` is the one clock of all that follows. Raises ValidationError for a nil id."""

    contact_list_id: UUID = attrs.field(validator=validators.not_nil)
    deleted_at: datetime = attrs.field(validator=validators.aware)


async def delete_contact_list(uow: UnitOfWork, command: DeleteContactList) -> ContactList:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    The list is locked before the broadcasts are looked up: a start, which verifies it, comes first, or
    finds that it is gone. Its members stay as rows, which nobody reads.

    Raises NotFound when there is no such list, InvariantViolation, with the id of a broadcast, when one of
    it is scheduled or running.
    """
    contact_list = await uow.contact_lists.get(command.contact_list_id, lock="update")
    chosen = BroadcastFilter(list_id=contact_list.id, status=IN_USE)
    for broadcast in (await uow.broadcasts.page(chosen, limit=1)).items:
        raise InvariantViolation(
            f"broadcast {broadcast.id} of contact list {contact_list.id} is {broadcast.status}: "
            "cancel it first"
        )
    return await uow.contact_lists.save(contact_list.delete(now=command.deleted_at))
