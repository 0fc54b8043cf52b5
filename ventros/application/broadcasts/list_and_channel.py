"""To whom a broadcast goes, and by what: what has to hold of its list and its channel."""

from __future__ import annotations

from uuid import UUID

from ventros.crm.channels.values import ChannelStatus
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.kernel.errors import InvariantViolation
from ventros.unit_of_work import UnitOfWork


async def require_list_and_channel(uow: UnitOfWork, list_id: UUID, channel_id: UUID) -> ContactList:
    """The list. It and the channel are to be verified: the unit fails when one of them changes meanwhile.

    Raises NotFound when one of them is not there, InvariantViolation when they are of two projects or the
    channel is not active.
    """
    contact_list = await uow.contact_lists.get(list_id)
    channel = await uow.channels.get(channel_id)
    if contact_list.project_id != channel.project_id:
        raise InvariantViolation(
            f"contact list {list_id} and channel {channel_id} are of two projects: its contacts are not the "
            "channel's"
        )
    if channel.status is not ChannelStatus.ACTIVE:
        raise InvariantViolation(f"channel {channel_id} is {channel.status}: nothing can be sent by it")
    uow.contact_lists.verify(contact_list)
    uow.channels.verify(channel)
    return contact_list
