"""Where the placements of contacts are kept: one open for a contact and a pipeline, and all that were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from ventros.crm.pipelines import placement_mapper as mapper
from ventros.crm.pipelines.placement import Placement
from ventros.crm.pipelines.placement_mapper import ChangeView, NamedPlacement, TargetView
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import AlreadyExists, Conflict, ValidationError, WriteSuppressed
from ventros.kernel.repository import EntityRepository
from ventros.kernel.validators import instance_of
from ventros.statements import statement

FIRST = UUID(int=0)
"""Below every contact's id."""


class PlacementRepository(EntityRepository[Placement]):
    """Without a version: a unique key lets one placement be open, and an open one is closed once.

    The contact is not written. So the events are those of the placement, and have no version.
    """

    resource = "placement"
    mapper = mapper

    TABLE = statement.table("placements")
    CLOSE = statement("placements.close")
    FIND_OPEN = statement("placements.find_open")
    FIND_CHANGE = statement("placements.find_change")
    FIND_TARGET = statement("placements.find_target")
    FIND_MANY = statement("placements.find_many")
    HISTORY = statement("placements.history")
    CONTACTS_IN_STATUS = statement("placements.contacts_in_status")
    FIND_COLLISIONS = statement("placements.find_collisions")
    MOVE = statement("placements.move")
    HOLD_OPEN = statement("placements.hold_open")

    async def add(self, placement: Placement) -> Placement:
        """INSERT. Raises AlreadyExists when the contact stands in the pipeline already,
        ReferenceNotFound when there is no such contact, or no such status in the pipeline.
        """
        self.require_new(placement)
        if await self.connection.affected(self.INSERT, *mapper.insert_args(placement)) != 1:
            raise WriteSuppressed(
                f"placement {placement.id} is new, yet the write touched no row", table=self.TABLE.name
            )
        self.record_events(placement, None)
        return self.as_written(placement)

    async def replace(self, ended: Placement, placement: Placement) -> Placement:
        """Close and add in one round trip, as :meth:`Placement.move` says. Raises as either."""
        self.require_writable(ended)
        self.require_new(placement)
        calls = [
            Call(self.CLOSE, (mapper.close_args(ended),)),
            Call(self.INSERT, (mapper.insert_args(placement),), expected=1),
        ]
        closed, _ = await self.connection.together(calls)
        self._require_closed(ended, closed)
        self.record_events(ended, None)
        self.record_events(placement, None)
        return self.as_written(placement)

    async def replace_many(self, pairs: Sequence[tuple[Placement | None, Placement]]) -> None:
        """The same of many, each with what it follows, if anything, in their order and in one round trip.

        Raises Conflict when another has ended one of them, or was the first to place a contact.
        """
        instance_of(Sequence, pairs, "pairs")
        if any(not isinstance(pair, tuple) or len(pair) != 2 for pair in pairs):
            raise ValidationError("pairs must be tuples of two placements", field="pairs")
        ended = [former for former, _ in pairs if former is not None]
        begun = [placement for _, placement in pairs]
        for former in ended:
            self.require_writable(former)
        for placement in begun:
            self.require_new(placement)
        calls = [
            Call(statement, sets)
            for statement, sets in (
                (self.CLOSE, [mapper.close_args(former) for former in ended]),
                (self.INSERT, [mapper.insert_args(placement) for placement in begun]),
            )
            if sets
        ]
        try:
            written = await self.connection.together(calls)
        except AlreadyExists as error:
            raise Conflict("another change put one of the contacts into the pipeline first") from error
        if sum(written) != len(ended) + len(begun):
            raise Conflict("one of the placements was closed by another; load the open ones and decide again")
        for placement in (*ended, *begun):
            self.record_events(placement, None)

    async def close(self, placement: Placement) -> Placement:
        """Write that ``placement`` has ended, as :meth:`Placement.move` and :meth:`Placement.exit` say.

        Raises Conflict when another has ended it first.
        """
        self.require_writable(placement)
        self._require_closed(
            placement, await self.connection.affected(self.CLOSE, *mapper.close_args(placement))
        )
        self.record_events(placement, None)
        return self.as_written(placement)

    def _require_closed(self, placement: Placement, count: int) -> None:
        if count != 1:
            raise Conflict(
                f"placement {placement.id} was closed by another; load the open one and decide again"
            )

    def holding_open(self, contact_id: UUID) -> Call:
        """What locks the contact's open placements and reads them, to be sent with other calls; see
        :meth:`exit_all`.
        """
        return Call(self.HOLD_OPEN, ((self.tenant, contact_id),))

    async def exit_all(self, rows: Sequence[Sequence[Any]], *, reason: str, now: datetime) -> None:
        """The contact leaves every pipeline, of which ``rows``, answered to :meth:`holding_open`, tell."""
        instance_of(Sequence, rows, "rows")
        for row in rows:
            instance_of(asyncpg.Record, row, "rows")
        open_ones = [mapper.named_from_row(row) for row in rows]
        ended = [one.placement.exit(status_name=one.status_name, now=now, reason=reason) for one in open_ones]
        calls = [Call(self.CLOSE, (mapper.close_args(placement),), expected=1) for placement in ended]
        await self.connection.together(calls)
        for placement in ended:
            self.record_events(placement, None)

    async def find_open(self, contact_id: UUID, pipeline_id: UUID) -> Placement | None:
        """Where the contact stands in the pipeline; None when nowhere."""
        row = await self.connection.maybe(self.FIND_OPEN, self.tenant, contact_id, pipeline_id)
        return None if row is None else self.load(row)

    async def find_change(
        self, *, project_id: UUID, contact_id: UUID, pipeline_id: UUID, status_id: UUID
    ) -> ChangeView | None:
        """None unless contact and pipeline are live and in the project, and the status in the pipeline.

        Until the transaction ends nobody can change any of the three.
        """
        row = await self.connection.maybe(
            self.FIND_CHANGE, self.tenant, project_id, contact_id, pipeline_id, status_id
        )
        return None if row is None else mapper.change_from_row(row)

    async def find_changes(
        self, *, project_id: UUID, contact_ids: Sequence[UUID], pipeline_id: UUID, status_id: UUID
    ) -> tuple[TargetView, dict[UUID, ChangeView]] | None:
        """The same for many, in one round trip: each contact that is live and in the project.

        None unless the pipeline is live and in the project, and the status in the pipeline.
        """
        instance_of(Sequence, contact_ids, "contact_ids")
        targets, rows = await self.connection.together(
            [
                Call(self.FIND_TARGET, ((self.tenant, project_id, pipeline_id, status_id),)),
                Call(self.FIND_MANY, ((self.tenant, project_id, list(contact_ids), pipeline_id),)),
            ]
        )
        if not targets:
            return None
        changes = {row["sought_id"]: mapper.change_from_row((*targets[0], *tuple(row)[1:])) for row in rows}
        return mapper.target_from_row(targets[0]), changes

    async def history(self, contact_id: UUID, pipeline_id: UUID) -> list[NamedPlacement]:
        """The latest placement first, the open one included."""
        rows = await self.connection.many(self.HISTORY, self.tenant, contact_id, pipeline_id)
        return [mapper.named_from_row(row) for row in rows]

    async def contacts_in_status(
        self, pipeline_id: UUID, status_id: UUID, *, after: UUID = FIRST, limit: int = 1000
    ) -> list[UUID]:
        """At most ``limit`` of those who stand there, by id; the last one is the next page's ``after``."""
        rows = await self.connection.many(
            self.CONTACTS_IN_STATUS, self.tenant, pipeline_id, status_id, after, limit
        )
        return [row["contact_id"] for row in rows]

    async def move(self, merged_contact_id: UUID, surviving_contact_id: UUID, *, now: datetime) -> int:
        """How many placements of the merged contact are now the surviving one's; both are to be locked.

        Where both stand in one pipeline, the merged one leaves it first. Raises Conflict as :meth:`close`.
        """
        key = (self.tenant, merged_contact_id, surviving_contact_id)
        for row in await self.connection.many(self.FIND_COLLISIONS, *key):
            collision = mapper.named_from_row(row)
            placement, status_name = collision.placement, collision.status_name
            await self.close(placement.exit(status_name=status_name, now=now, reason="merged"))
        return await self.connection.affected(self.MOVE, *key, now)
