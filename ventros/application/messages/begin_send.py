"""A queued message is about to be handed to its platform: the attempt is on record before that is called."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.messages.gateway import Outgoing
from ventros.application.messages.outbound import find_outbound, waha_access
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import MessageStatus
from ventros.kernel import validators
from ventros.kernel.connection.call import Call
from ventros.kernel.encryption import Encryptor
from ventros.kernel.errors import DomainError, InvariantViolation
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class BeginSend:
    """``encryptor`` reads the keys to the platform."""

    message_id: UUID = attrs.field(validator=validators.not_nil)
    encryptor: Encryptor
    began_at: datetime = attrs.field(validator=validators.aware)


@attrs.frozen(kw_only=True)
class BegunSend:
    """To be handed over, once the unit is committed, and its outcome recorded under this ``attempt``."""

    message: Message
    attempt: int
    outgoing: Outgoing


async def begin_send(uow: UnitOfWork, command: BeginSend) -> BegunSend | None:
    """To be run by :meth:`ventros.kernel.database.Database.run`. None where there is nothing to hand over.

    That is a message which is no longer queued, and one which cannot be sent any more: it was revoked, its
    channel is not active or not configured, or its contact is gone. Then it fails, with the reason. Where an
    earlier attempt is in doubt, ``message.resent`` tells that the contact may get the message twice.

    Raises NotFound for a message that is not there, and what ``encryptor`` raises.
    """
    message, now = await uow.messages.hold(command.message_id), command.began_at
    if message.status is not MessageStatus.QUEUED:
        return None
    try:
        outgoing = await _outgoing(uow, message, command.encryptor)
    except DomainError as error:
        await uow.messages.save(message.mark_as_failed(now=now, reason=str(error)))
        return None
    attempt, in_doubt = await uow.message_sends.begin(message.id, now=now)
    if in_doubt:
        message = await uow.messages.save(message.mark_as_resent(attempt, now=now))
    return BegunSend(message=message, attempt=attempt, outgoing=outgoing)


async def _outgoing(uow: UnitOfWork, message: Message, encryptor: Encryptor) -> Outgoing:
    """Raises DomainError where it cannot be sent."""
    if message.revoked_at is not None:
        raise InvariantViolation(f"message {message.id} was revoked before it was sent")
    found = await find_outbound(uow, message.channel_id, message.contact_id, reply_to_id=None, agent_id=None)
    channels, quoted = await uow.connection.together(
        [
            Call(uow.channels.GET, ((uow.tenant, message.channel_id),)),
            Call(uow.messages.GET, ((uow.tenant, message.reply_to_id),)),
        ]
    )
    config, session = waha_access(uow.channels.load(channels[0]), encryptor)
    return Outgoing(
        config=config,
        session=session,
        chat_id=found.chat_id,
        content_type=message.content_type,
        text=None if message.text is None else message.text.value,
        media_url=None if message.media_url is None else message.media_url.value,
        media_mimetype=message.media_mimetype,
        reply_to=_platform_id(uow.messages.load(quoted[0]), found.chat_id) if quoted else None,
    )


def _platform_id(message: Message, chat_id: str) -> str | None:
    """The whole id, of which the bare one is stored; None while the platform has given none."""
    if message.channel_message_id is None:
        return None
    return f"{'true' if message.from_me else 'false'}_{chat_id}_{message.channel_message_id}"
