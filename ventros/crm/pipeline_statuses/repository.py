"""Where the statuses of pipelines are kept."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from ventros.crm.pipeline_statuses import mapper
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus
from ventros.kernel.errors import InvariantViolation, NotFound, WriteSuppressed
from ventros.kernel.repository import Repository
from ventros.statements import statement


class PipelineStatusRepository(Repository[PipelineStatus]):
    """:meth:`add` and :meth:`save` raise AlreadyExists when another live status there has the name."""

    resource = "pipeline_status"
    mapper = mapper

    TABLE = statement.table("pipeline_statuses")
    FIND_BY_PIPELINE = statement("pipeline_statuses.find_by_pipeline")
    PIPELINE_IS_LIVE = statement("pipelines.is_live")
    CONTACTS_EXIST = statement("placements.exist_in_status")

    async def add(self, aggregate: PipelineStatus) -> PipelineStatus:
        """Raises NotFound, beside what any ``add`` raises, when there is no live pipeline of that id."""
        try:
            return await super().add(aggregate)
        except WriteSuppressed:
            row = await self.connection.one(self.PIPELINE_IS_LIVE, self.tenant, aggregate.pipeline_id)
            if row["live"]:
                raise
            raise NotFound("pipeline", aggregate.pipeline_id) from None

    async def before_update(self, aggregates: Sequence[PipelineStatus]) -> None:
        """Raises InvariantViolation for a deleted status in which a contact still stands."""
        for status in aggregates:
            if status.deleted_at is not None:
                await self._refuse_with_contacts(status)

    async def find_by_pipeline(self, pipeline_id: UUID, *, active_only: bool = False) -> list[PipelineStatus]:
        """The live statuses by position."""
        rows = await self.connection.many(self.FIND_BY_PIPELINE, self.tenant, pipeline_id, active_only)
        return [self.load(row) for row in rows]

    async def _refuse_with_contacts(self, status: PipelineStatus) -> None:
        """Asked under the lock on the status, which a contact that enters it has to wait for."""
        await self.lock_versions(self.LOCK_FOR_NO_KEY_UPDATE, [status.id])
        row = await self.connection.one(self.CONTACTS_EXIST, self.tenant, status.pipeline_id, status.id)
        if row["found"]:
            raise InvariantViolation(f"status {status.id} still has contacts in it; move them first")
