"""Where broadcasts are kept, with what they count."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.automation.broadcasts import mapper
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.list_query import LIST_QUERY, BroadcastFilter, BroadcastSort
from ventros.automation.broadcasts.values import BroadcastCounters
from ventros.kernel.lists import ListRepository
from ventros.kernel.repository import Repository
from ventros.statements import statement


class BroadcastRepository(Repository[Broadcast], ListRepository[Broadcast, BroadcastFilter, BroadcastSort]):
    resource = "broadcast"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    TABLE = statement.table("broadcasts")
    FIND_DUE = statement("broadcasts.find_due")
    BUMP = statement("broadcast_counters.bump")
    TOTAL = statement("broadcast_counters.total")

    async def remove(self, aggregate: Broadcast) -> None:
        """With its counters. Raises InvariantViolation unless it is a draft or cancelled."""
        self.require_own(aggregate)
        aggregate.require_removable()
        await super().remove(aggregate)

    async def find_due(self, at: datetime, *, limit: int = 100) -> list[Broadcast]:
        """Scheduled ones whose time has come by ``at``, the longest overdue first, locked for this unit of
        work; those that another unit holds are left to it.
        """
        rows = await self.connection.many(self.FIND_DUE, self.tenant, at, limit)
        return [self.load(row) for row in rows]

    async def count_contacts(self, broadcast_id: UUID, number: int) -> None:
        """``number`` more contacts are to get the message: a part of the list, or all of it.

        Without loading the broadcast or stepping its version. Raises ReferenceNotFound when there is no
        such broadcast.
        """
        await self.connection.affected(self.BUMP, self.tenant, broadcast_id, number, 0, 0, 0)

    async def count_sent(self, broadcast_id: UUID) -> None:
        """As :meth:`count_contacts` does; one pending contact fewer."""
        await self.connection.affected(self.BUMP, self.tenant, broadcast_id, 0, 1, 0, 0)

    async def count_failed(self, broadcast_id: UUID) -> None:
        """As :meth:`count_contacts` does; one pending contact fewer."""
        await self.connection.affected(self.BUMP, self.tenant, broadcast_id, 0, 0, 1, 0)

    async def count_skipped(self, broadcast_id: UUID) -> None:
        """As :meth:`count_contacts` does; one pending contact fewer."""
        await self.connection.affected(self.BUMP, self.tenant, broadcast_id, 0, 0, 0, 1)

    async def counters(self, broadcast_id: UUID) -> BroadcastCounters:
        """Zeros before anything is counted, and for a broadcast that is not there."""
        row = await self.connection.one(self.TOTAL, self.tenant, broadcast_id)
        return BroadcastCounters(
            total_contacts=row["total_contacts"],
            sent_count=row["sent_count"],
            failed_count=row["failed_count"],
            skipped_count=row["skipped_count"],
        )
