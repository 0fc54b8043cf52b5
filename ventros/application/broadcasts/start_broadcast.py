"""A broadcast begins to run: whom its list holds now is written down, and gets the message."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.broadcasts.list_and_channel import require_list_and_channel
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.kernel import validators
from ventros.kernel.errors import InvariantViolation
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class StartBroadcast:
    """``started_at`` is the one clock of all that follows. Raises ValidationError for a nil id."""

    broadcast_id: UUID = attrs.field(validator=validators.not_nil)
    started_at: datetime = attrs.field(validator=validators.aware)


@attrs.frozen(kw_only=True)
class StartedBroadcast:
    """The broadcast as it is stored, and how many contacts get its message."""

    broadcast: Broadcast
    contacts: int


async def start_broadcast(uow: UnitOfWork, command: StartBroadcast) -> StartedBroadcast:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    The snapshot has every live contact of the list; who has no phone is skipped when the turn comes. Who
    joins the list later gets nothing. Of two that start it at once, the second finds it running.
    :func:`ventros.application.broadcasts.execute_broadcast_batch.execute_broadcast_batch` sends.

    Raises NotFound when broadcast, list or channel is not there; InvariantViolation unless it is a draft, or
    scheduled for a time that has come, has an active channel of the list's project, and the list holds
    somebody; ValidationError when its template cannot be sent.
    """
    return await start(uow, await uow.broadcasts.get(command.broadcast_id), now=command.started_at)


async def start(uow: UnitOfWork, broadcast: Broadcast, *, now: datetime) -> StartedBroadcast:
    """The same of a broadcast that is loaded."""
    if broadcast.status is BroadcastStatus.SCHEDULED and not broadcast.is_ready_to_start(now):
        raise InvariantViolation(
            f"cannot start: broadcast {broadcast.id} is scheduled for {broadcast.scheduled_for}; wait "
            "until then, or cancel it"
        )
    started = broadcast.start(now=now)
    contact_list = await require_list_and_channel(uow, broadcast.list_id, broadcast.channel_required())
    (stored,) = await uow.save_all(started)
    if contact_list.is_static:
        contacts = await uow.broadcasts.add_members(broadcast.id, contact_list.id, now=now)
    else:
        contacts = await uow.contact_lists.add_executions(contact_list, broadcast.id, now=now)
    if not contacts:
        raise InvariantViolation(
            f"cannot start: contact list {contact_list.id} holds nobody to whom broadcast {broadcast.id} "
            "could go"
        )
    uow.send_with_commit(uow.broadcasts.counting(broadcast.id, contacts=contacts))
    return StartedBroadcast(broadcast=stored, contacts=contacts)
