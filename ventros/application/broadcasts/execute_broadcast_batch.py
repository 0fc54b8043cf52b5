"""The next contacts of a running broadcast get its message, as many as its rate limit leaves room for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import attrs

from ventros.application.messages.send_message import SendMessage, send_message
from ventros.application.messages.template_message import template_message
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.values import ClaimedContact
from ventros.crm.messages.values import MessageSource
from ventros.kernel import validators
from ventros.kernel.errors import ValidationError
from ventros.unit_of_work import UnitOfWork

MINUTE: Final = timedelta(minutes=1)
MOST: Final = 100
"""In one unit of work, which holds the contacts until all their messages are stored."""


def _batch_size(_instance: object, attribute: attrs.Attribute[int], value: int) -> None:
    validators.whole_number(value, attribute.name, 1, MOST)


@attrs.frozen(kw_only=True)
class ExecuteBroadcastBatch:
    """For ``at_most`` contacts, 1 to 100. ``executed_at`` is the one clock of all that follows.

    Raises ValidationError for a nil id or another number.
    """

    broadcast_id: UUID = attrs.field(validator=validators.not_nil)
    at_most: int = attrs.field(default=25, validator=_batch_size)
    executed_at: datetime = attrs.field(validator=validators.aware)


@attrs.frozen(kw_only=True)
class BroadcastBatch:
    """The broadcast as it is stored now, the ids of the messages, and how many contacts got none."""

    broadcast: Broadcast
    message_ids: tuple[UUID, ...]
    skipped: int


async def execute_broadcast_batch(uow: UnitOfWork, command: ExecuteBroadcastBatch) -> BroadcastBatch:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    The broadcast is locked: it has one batch at a time, so that its rate limit holds, and nobody cancels it
    in the middle of one. Each message is stored by
    :func:`ventros.application.messages.send_message.send_message`; the platform is asked later. Skipped is
    who was deleted, who has neither phone nor LID, and whose name makes the text too long. When nobody is
    left and the platform has answered for all, the broadcast is complete.

    The rate limit counts what was stored in the minute before ``executed_at``, by whichever worker. When it
    leaves no room, nothing is done.

    Raises NotFound when there is no such broadcast, or its channel is gone, InvariantViolation when it is not
    running or its channel is not active: nothing is done, and it goes on when the channel is active again.
    """
    broadcast = await uow.broadcasts.get(command.broadcast_id, lock="no key update")
    return await execute_batch(uow, broadcast, at_most=command.at_most, now=command.executed_at)


async def execute_batch(
    uow: UnitOfWork, broadcast: Broadcast, *, at_most: int, now: datetime
) -> BroadcastBatch:
    """The same of a broadcast that the unit has locked."""
    broadcast.require_running()
    room = await _room(uow, broadcast, at_most, now)
    if not room:
        return BroadcastBatch(broadcast=broadcast, message_ids=(), skipped=0)
    claimed = await uow.broadcasts.claim(broadcast.id, at_most=room)
    queued, skipped = await _send(uow, broadcast, claimed, now)
    await uow.broadcasts.close_claim(broadcast.id, queued=queued, skipped=skipped, now=now)
    if skipped:
        uow.send_with_commit(uow.broadcasts.counting(broadcast.id, skipped=len(skipped)))
    if not queued and len(claimed) < room and not await uow.broadcasts.has_open(broadcast.id):
        counters = await uow.broadcasts.counters(broadcast.id)
        broadcast = await uow.broadcasts.save(broadcast.complete(counters, now=now))
    return BroadcastBatch(broadcast=broadcast, message_ids=tuple(queued.values()), skipped=len(skipped))


async def _room(uow: UnitOfWork, broadcast: Broadcast, at_most: int, now: datetime) -> int:
    """For how many contacts there is room now."""
    if not broadcast.rate_limit:
        return at_most
    queued = await uow.broadcasts.count_queued(broadcast.id, after=now - MINUTE)
    return min(at_most, max(broadcast.rate_limit - queued, 0))


async def _send(
    uow: UnitOfWork, broadcast: Broadcast, contacts: Sequence[ClaimedContact], now: datetime
) -> tuple[dict[UUID, UUID], list[ClaimedContact]]:
    """The ids of the messages by those of the contacts, and who got none."""
    queued, skipped = {}, []
    for contact in contacts:
        if contact.skipped_because:
            skipped.append(contact)
            continue
        try:
            message = await send_message(uow, _message_to(contact, broadcast, now))
        except ValidationError as fault:  # raised before anything is written
            skipped.append(attrs.evolve(contact, skipped_because=str(fault)))
        else:
            queued[contact.id] = message.id
    return queued, skipped


def _message_to(contact: ClaimedContact, broadcast: Broadcast, now: datetime) -> SendMessage:
    return template_message(
        broadcast.message_template,
        contact,
        broadcast.channel_required(),
        source=MessageSource.BROADCAST,
        metadata={"broadcast_id": str(broadcast.id)},
        now=now,
    )
