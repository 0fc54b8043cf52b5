"""Whether a delivery was dealt with before: a platform may send an event more than once."""

from __future__ import annotations

from uuid import UUID

from ventros.kernel.connection.call import Call
from ventros.kernel.outbox import inbox
from ventros.unit_of_work import UnitOfWork


def recording(uow: UnitOfWork, consumer: str, event_id: UUID | None) -> list[Call]:
    """What is to be sent before anything else in the unit, and touches no row if the delivery is known.

    Nothing for a delivery without an id, which is never known.
    """
    if event_id is None:
        return []
    return [inbox.record(uow.tenant, consumer, [event_id])]
