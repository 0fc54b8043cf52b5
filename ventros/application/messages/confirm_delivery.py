"""Somebody other than a webhook of WAHA reports on the delivery of a message of ours."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import MessageStatus
from ventros.kernel import validators
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class ConfirmDelivery:
    """The message is named by ``message_id``, or by the platform's id and the channel; of both our id counts.

    ``confirmed_at`` is when the platform learnt of it, ``reason`` why it failed. Raises ValidationError where
    no message is named, and for a reason of anything but a failure.
    """

    message_id: UUID | None = None
    channel_id: UUID | None = None
    channel_message_id: str | None = attrs.field(default=None, validator=validators.indexed)
    status: MessageStatus = attrs.field(converter=MessageStatus)
    reason: str | None = None
    confirmed_at: datetime = attrs.field(validator=validators.aware)

    def __attrs_post_init__(self) -> None:
        if self.message_id is None and (self.channel_id is None or not self.channel_message_id):
            raise ValidationError(
                "name the message by its id, or by channel_id and channel_message_id", field="message_id"
            )
        if self.status is MessageStatus.QUEUED:
            raise ValidationError("that a message is queued is no report of its delivery", field="status")
        if self.reason is not None and self.status is not MessageStatus.FAILED:
            raise ValidationError("only a failure has a reason", field="reason")


async def confirm_delivery(uow: UnitOfWork, command: ConfirmDelivery) -> Message:
    """To be run by :meth:`ventros.kernel.database.Database.run`; the message as it is stored.

    A report that is not further along than what is known changes nothing: the rule is the message's own, as
    for WAHA's acks. Of two at once the one that is less far meets a Conflict, and finds nothing left to do.

    Raises NotFound for a message that is not there, InvariantViolation for one of the contact's.
    """
    by_id, by_platform = await uow.connection.together(
        [
            Call(uow.messages.GET, ((uow.tenant, command.message_id),)),
            Call(
                uow.messages.FIND_BY_CHANNEL_MESSAGE_ID,
                ((uow.tenant, command.channel_id, command.channel_message_id),),
            ),
        ]
    )
    rows = by_id or by_platform
    if not rows:
        raise NotFound("message", command.message_id or command.channel_message_id)
    message = uow.messages.load(rows[0])
    if not message.from_me:
        raise InvariantViolation(f"message {message.id} is the contact's: nobody delivers it to them")
    reported = message.report_delivery(command.status, now=command.confirmed_at, reason=command.reason)
    return message if reported is message else await uow.messages.save(reported)
