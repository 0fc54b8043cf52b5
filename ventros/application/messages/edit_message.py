"""The author changed a message: its text follows, and what stood there before goes out with the event."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.messages.existing_messages import ChangeResult, change_found, look_for
from ventros.application.messages.inbound import MessageRef
from ventros.application.messages.process_inbound_message import (
    InboundMessage,
    StoredMessage,
    process_inbound_message,
)
from ventros.crm.messages.aggregate import Message
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork

CONSUMER = "edit_message"


@attrs.frozen(kw_only=True)
class MessageEdit:
    """``text`` is the new one. ``fallback`` is the message as it reads now, where the platform sent the whole
    of it: it is stored as that message when the message that it names is unknown.
    """

    message: MessageRef
    text: str
    edited_at: datetime = attrs.field(validator=validators.aware)
    event_id: UUID | None = None
    fallback: InboundMessage | None = None


async def edit_message(
    uow: UnitOfWork, channel_id: UUID, command: MessageEdit
) -> ChangeResult | StoredMessage:
    """StoredMessage when the fallback was. The text of a message that is not edited by its author stays."""

    async def decide(message: Message) -> Message:
        return message.edit(command.text, now=command.edited_at)

    rows = await look_for(uow, channel_id, command, CONSUMER, lock=True)
    if rows is None:
        return ChangeResult.DUPLICATE
    # What somebody else wrote under that id is no reason to store it again.
    if rows or command.fallback is None:
        return await change_found(uow, command, rows, decide)
    whole = attrs.evolve(command.fallback, edited_at=command.edited_at)
    stored = await process_inbound_message(uow, channel_id, whole)
    # Else the message has come in between: to be tried again, as an edit of it.
    return stored if isinstance(stored, StoredMessage) else ChangeResult.UNKNOWN
