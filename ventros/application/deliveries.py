"""Whether a delivery was dealt with before: a platform may send an event more than once."""

from __future__ import annotations

from uuid import UUID

from ventros.kernel.outbox import inbox
from ventros.unit_of_work import UnitOfWork


async def is_repeated(uow: UnitOfWork, consumer: str, event_id: UUID | None) -> bool:
    """To be asked before anything else in the unit; a delivery without an id is never known."""
    return event_id is not None and not await inbox.record(
        uow.connection, uow.tenant, consumer, event_id, uow.started_at
    )
