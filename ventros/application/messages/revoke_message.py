"""The author took a message back for everyone: it is marked, and what it said is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.messages.existing_messages import ChangeResult, change_message
from ventros.application.messages.inbound import MessageRef
from ventros.crm.messages.aggregate import Message
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork

CONSUMER = "revoke_message"


@attrs.frozen(kw_only=True)
class MessageRevocation:
    """``message`` names the author by whom it was taken back."""

    message: MessageRef
    revoked_at: datetime = attrs.field(validator=validators.aware)
    event_id: UUID | None = None


async def revoke_message(uow: UnitOfWork, channel_id: UUID, command: MessageRevocation) -> ChangeResult:
    async def decide(message: Message) -> Message:
        return message.revoke(now=command.revoked_at)

    return await change_message(uow, channel_id, command, CONSUMER, decide)
