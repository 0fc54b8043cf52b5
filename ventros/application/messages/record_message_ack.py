"""The platform reported on the delivery of a message: its status moves forward, or nothing happens."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from uuid import UUID

import attrs

from ventros.application.messages.existing_messages import look_for, named_message
from ventros.application.messages.inbound import MessageRef
from ventros.crm.messages.values import MessageStatus
from ventros.unit_of_work import UnitOfWork

CONSUMER = "record_message_ack"


@attrs.frozen(kw_only=True)
class MessageAck:
    """``at`` is when the platform learnt of it."""

    message: MessageRef
    status: MessageStatus
    at: datetime
    event_id: UUID | None = None


class AckResult(Enum):
    """UNKNOWN leaves no trace, so that the same report may be tried again when the message is there."""

    ADVANCED = "advanced"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"


async def record_message_ack(uow: UnitOfWork, channel_id: UUID, command: MessageAck) -> AckResult:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts."""
    rows = await look_for(uow, channel_id, command, CONSUMER)
    if rows is None:
        return AckResult.DUPLICATE
    message = named_message(uow, command.message, rows)
    if message is None:
        await uow.rollback()
        return AckResult.UNKNOWN
    updated_message = message.report_delivery(command.status, now=command.at)
    if updated_message is message:
        return AckResult.UNCHANGED
    await uow.messages.save(updated_message)
    return AckResult.ADVANCED
