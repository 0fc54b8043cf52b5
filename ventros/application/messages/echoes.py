"""The platform tells of our own messages, too: of one that we handed over it tells us the id."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType, MessageStatus
from ventros.kernel.errors import AlreadyExists, Conflict
from ventros.unit_of_work import UnitOfWork

ECHOES_WITHIN: Final = timedelta(days=1)
"""How much later than it was written the platform may tell of it."""


async def name_echoed(
    uow: UnitOfWork,
    channel_id: UUID,
    contact_id: UUID,
    channel_message_id: str,
    *,
    content_type: ContentType,
    text: str | None,
    now: datetime,
) -> Message | None:
    """The message that was handed over, and whose answer is not recorded yet, or never will be.

    It is known by what it says; of several that say the same it is the oldest. It has the platform's id from
    now on, and was sent, so what was in doubt is not any more. None where there is no such message. Raises
    Conflict when another delivery was first.
    """
    message = await uow.messages.hold_echoed(
        channel_id, contact_id, content_type, text, since=now - ECHOES_WITHIN
    )
    if message is None:
        return None
    if message.status is MessageStatus.QUEUED:
        uow.send_with_commit(uow.channels.count_sent(channel_id))
    named = message.set_channel_message_id(channel_message_id, now=now)
    try:
        return await uow.messages.save(named.mark_as_sent(now=now))
    except AlreadyExists as error:
        raise Conflict("another delivery of the message was first") from error
