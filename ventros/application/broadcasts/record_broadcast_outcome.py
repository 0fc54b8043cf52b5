"""The platform took a message of a broadcast, or it did not: the broadcast counts it, once."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class RecordBroadcastOutcome:
    """``error`` is why the message failed; None when it was sent. Raises ValidationError for an empty one."""

    message_id: UUID = attrs.field(validator=validators.not_nil)
    error: str | None = attrs.field(default=None, validator=attrs.validators.optional(validators.not_empty))
    settled_at: datetime = attrs.field(validator=validators.aware)


async def record_broadcast_outcome(uow: UnitOfWork, command: RecordBroadcastOutcome) -> UUID | None:
    """To be run by :meth:`ventros.kernel.database.Database.run`, for any message.

    The broadcast of the message; None for a message of no broadcast, or one whose outcome was told before:
    the first one stands. A broadcast that was cancelled meanwhile counts it, too.
    """
    broadcast_id = await uow.broadcasts.settle(
        command.message_id, error=command.error, now=command.settled_at
    )
    if broadcast_id is not None:
        sent = command.error is None
        uow.send_with_commit(uow.broadcasts.counting(broadcast_id, sent=int(sent), failed=int(not sent)))
    return broadcast_id
