"""A message was handed to its platform: what came of the attempt is recorded, and the message follows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.sends import SendOutcome
from ventros.crm.messages.values import MessageStatus
from ventros.kernel import validators
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import AlreadyExists, Conflict
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class RecordSend:
    """``channel_message_id`` is the bare id that the platform gave, ``reason`` why it was not sent."""

    message_id: UUID = attrs.field(validator=validators.not_nil)
    attempt: int
    outcome: SendOutcome = attrs.field(converter=SendOutcome)
    channel_message_id: str | None = attrs.field(default=None, validator=validators.indexed)
    reason: str | None = None
    ended_at: datetime = attrs.field(validator=validators.aware)


async def record_send(uow: UnitOfWork, command: RecordSend) -> Message:
    """To be run by :meth:`ventros.kernel.database.Database.run`; the message as it is stored.

    Once sent, a message is so, whatever came of other attempts, and has the id of the first answer; refused,
    it fails with the reason; else it stays queued, to be handed over again. A report of delivery that came
    before found nobody, and comes again: the platform's id is stored here. Where another message has that id,
    as one has that the platform told of as of one of ours, this one stays without.

    Raises NotFound for a message that is not there.
    """
    message, now = await uow.messages.hold(command.message_id), command.ended_at
    channel_message_id = command.channel_message_id
    settle = uow.message_sends.settling(
        message.id,
        command.attempt,
        command.outcome,
        reason=command.reason,
        channel_message_id=channel_message_id,
        now=now,
    )
    key = (uow.tenant, message.channel_id, channel_message_id)
    settled, holders = await uow.connection.together(
        [settle, Call(uow.messages.FIND_BY_CHANNEL_MESSAGE_ID, (key,))]
    )
    if not settled:
        return message
    changed = message
    if command.outcome is SendOutcome.REFUSED and message.status is MessageStatus.QUEUED:
        changed = message.mark_as_failed(now=now, reason=command.reason)
    elif command.outcome is SendOutcome.SENT:
        if message.status is MessageStatus.QUEUED:
            uow.send_with_commit(uow.channels.count_sent(message.channel_id))
        if channel_message_id and message.channel_message_id is None and not holders:
            changed = changed.set_channel_message_id(channel_message_id, now=now)
        changed = changed.mark_as_sent(now=now)
    if changed is message:
        return message
    try:
        return await uow.messages.save(changed)
    except AlreadyExists as error:
        raise Conflict("another message came to the platform's id first") from error
