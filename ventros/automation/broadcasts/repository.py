"""Where broadcasts are kept, with what they count and how far they have come with each contact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from ventros.automation.broadcasts import mapper
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.list_query import LIST_QUERY, BroadcastFilter, BroadcastSort
from ventros.automation.broadcasts.values import (
    BroadcastCounters,
    BroadcastExecution,
    ClaimedContact,
    ExecutionStatus,
)
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import Conflict
from ventros.kernel.lists import ListRepository
from ventros.kernel.lists.list_repository import MAX_LIMIT
from ventros.kernel.repository import Repository
from ventros.kernel.validators import instance_of, whole_number
from ventros.statements import statement

FIRST: Final = UUID(int=0)
"""Before the id of every contact."""


class BroadcastRepository(Repository[Broadcast], ListRepository[Broadcast, BroadcastFilter, BroadcastSort]):
    resource = "broadcast"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    TABLE = statement.table("broadcasts")
    BUMP = statement("broadcast_counters.bump")
    TOTAL = statement("broadcast_counters.total")
    ADD_MEMBERS = statement("broadcast_executions.add_members")
    CLAIM = statement("broadcast_executions.claim")
    QUEUE = statement("broadcast_executions.queue")
    SKIP = statement("broadcast_executions.skip")
    SETTLE = statement("broadcast_executions.settle")
    COUNT_QUEUED = statement("broadcast_executions.count_queued")
    HAS_OPEN = statement("broadcast_executions.has_open")
    MOVE = statement("broadcast_executions.move")
    FIND_EXECUTIONS = statement("broadcast_executions.find")

    async def remove(self, aggregate: Broadcast) -> None:
        """With its counters and executions. Raises InvariantViolation unless it is a draft or cancelled."""
        self.require_own(aggregate)
        aggregate.require_removable()
        await super().remove(aggregate)

    def counting(
        self, broadcast_id: UUID, *, contacts: int = 0, sent: int = 0, failed: int = 0, skipped: int = 0
    ) -> Call:
        """What counts ``contacts`` more that are to get the message, and how many are done with.

        Without loading the broadcast or stepping its version.

        To be sent with COMMIT, see :meth:`UnitOfWork.send_with_commit`, which then raises ReferenceNotFound
        when there is no such broadcast.
        """
        return Call(self.BUMP, ((self.tenant, broadcast_id, contacts, sent, failed, skipped),))

    async def counters(self, broadcast_id: UUID) -> BroadcastCounters:
        """Zeros before anything is counted, and for a broadcast that is not there."""
        row = await self.connection.one(self.TOTAL, self.tenant, broadcast_id)
        return BroadcastCounters(
            total_contacts=row["total_contacts"],
            sent_count=row["sent_count"],
            failed_count=row["failed_count"],
            skipped_count=row["skipped_count"],
        )

    async def add_members(self, broadcast_id: UUID, contact_list_id: UUID, *, now: datetime) -> int:
        """How many live members of the static list get the broadcast now, who did not before."""
        return await self.connection.affected(
            self.ADD_MEMBERS, self.tenant, broadcast_id, contact_list_id, now
        )

    async def claim(self, broadcast_id: UUID, *, at_most: int) -> list[ClaimedContact]:
        """The next contacts whose turn it is, by their ids, held until the transaction ends."""
        rows = await self.connection.many(self.CLAIM, self.tenant, broadcast_id, at_most)
        return [
            ClaimedContact(id=contact_id, name=name, skipped_because=_reason(deleted, reachable))
            for contact_id, name, deleted, reachable in rows
        ]

    async def close_claim(
        self,
        broadcast_id: UUID,
        *,
        queued: Mapping[UUID, UUID],
        skipped: Sequence[ClaimedContact],
        now: datetime,
    ) -> None:
        """Of the contacts that were claimed: who gets which message, and who gets none.

        ``queued`` has the ids of the messages by those of the contacts. Raises Conflict when one was dealt
        with by somebody else, which the claim does not let happen.
        """
        instance_of(Mapping, queued, "queued")
        instance_of(Sequence, skipped, "skipped")
        for contact in skipped:
            instance_of(ClaimedContact, contact, "skipped")
        key = (self.tenant, broadcast_id)
        calls = [
            Call(self.QUEUE, ((*key, contact_id, message_id, now),))
            for contact_id, message_id in queued.items()
        ]
        calls += [Call(self.SKIP, ((*key, one.id, one.skipped_because, now),)) for one in skipped]
        if any(count != 1 for count in await self.connection.together(calls)):
            raise Conflict(f"another batch of broadcast {broadcast_id} has dealt with a contact of this one")

    async def settle(self, message_id: UUID, *, error: str | None, now: datetime) -> UUID | None:
        """The broadcast whose message was sent, or failed with that error, if nothing was told before."""
        status, sent_at = (ExecutionStatus.SENT, now) if error is None else (ExecutionStatus.FAILED, None)
        row = await self.connection.maybe(
            self.SETTLE, self.tenant, message_id, status.value, sent_at, error, now
        )
        return None if row is None else row["broadcast_id"]

    async def move_executions(self, merged_contact_id: UUID, surviving_contact_id: UUID) -> int:
        """How many executions of the merged contact are now the surviving one's.

        One of a broadcast that goes to both stays: the merged contact is skipped as deleted.
        """
        return await self.connection.affected(self.MOVE, self.tenant, merged_contact_id, surviving_contact_id)

    async def count_queued(self, broadcast_id: UUID, *, after: datetime) -> int:
        """How many of its messages were stored after that time."""
        return int((await self.connection.one(self.COUNT_QUEUED, self.tenant, broadcast_id, after))["queued"])

    async def has_open(self, broadcast_id: UUID) -> bool:
        """Whether a contact is yet to get the message, or the platform to answer."""
        return bool((await self.connection.one(self.HAS_OPEN, self.tenant, broadcast_id))["open"])

    async def executions(
        self, broadcast_id: UUID, *, limit: int = 100, after: UUID = FIRST
    ) -> list[BroadcastExecution]:
        """By the contacts' ids, those behind ``after``. Raises ValidationError for a limit not 1 to 1,000."""
        whole_number(limit, "limit", 1, MAX_LIMIT)
        rows = await self.connection.many(self.FIND_EXECUTIONS, self.tenant, broadcast_id, after, limit)
        return [BroadcastExecution(**{**row, "status": ExecutionStatus(row["status"])}) for row in rows]


def _reason(deleted: bool, reachable: bool) -> str | None:
    if deleted:
        return "the contact was deleted"
    return None if reachable else "the contact has no phone"
