"""What every enrollment asks first: a contact, and the channel by which we write to it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from ventros.kernel.connection.call import Call
from ventros.kernel.errors import NotFound
from ventros.unit_of_work import UnitOfWork


async def hold_contact_and_channel(
    uow: UnitOfWork, contact_id: UUID, channel_id: UUID, *behind: Call
) -> list[Any]:
    """Neither is deleted before the unit ends; ``behind`` them the calls are sent, in the same round trip.

    The answers to those. Raises NotFound for a channel or a contact that is not there, and a contact of
    another project than the channel's.
    """
    contacts, channels = uow.contacts, uow.channels
    _, _, found_channel, found_contact, *answers = await uow.connection.together(
        [
            channels.locking(channels.LOCK_FOR_SHARE, [channel_id]),
            contacts.locking(contacts.LOCK_FOR_SHARE, [contact_id]),
            Call(channels.GET, (channels.key(channel_id),)),
            Call(contacts.GET, (contacts.key(contact_id),)),
            *behind,
        ]
    )
    if not found_channel:
        raise NotFound("channel", channel_id)
    if not found_contact or found_contact[0]["project_id"] != found_channel[0]["project_id"]:
        raise NotFound("contact", contact_id)
    return answers
