"""What a scheduler does with a broadcast: it starts when its time has come, and sends batch by batch."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.application.broadcasts.execute_broadcast_batch import MOST, BroadcastBatch, execute_batch
from ventros.application.broadcasts.start_broadcast import StartedBroadcast, start
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.unit_of_work import UnitOfWork


async def advance_broadcast(
    uow: UnitOfWork, broadcast_id: UUID, now: datetime
) -> StartedBroadcast | BroadcastBatch | None:
    """To be run by :meth:`ventros.kernel.database.Database.run`, as a scheduler's step does.

    None when there is nothing to do now: it is neither due nor running, the rate limit leaves no room, or the
    platform is yet to answer. It is not waited for. Raises NotFound when it is gone, or when another unit has
    it locked, else as the two use cases.
    """
    broadcast = await uow.broadcasts.get(broadcast_id, lock="no key update", skip_locked=True)
    if broadcast.is_ready_to_start(now):
        return await start(uow, broadcast, now=now)
    if broadcast.status is not BroadcastStatus.RUNNING:
        return None
    batch = await execute_batch(uow, broadcast, at_most=MOST, now=now)
    is_over = batch.broadcast.status is not BroadcastStatus.RUNNING
    return batch if batch.message_ids or batch.skipped or is_over else None
