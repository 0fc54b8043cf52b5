"""Where pipelines are kept, with their custom fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import attrs

from ventros.crm.pipelines import mapper
from ventros.crm.pipelines.aggregate import Pipeline, PipelineCustomField
from ventros.crm.pipelines.list_query import LIST_QUERY, PipelineFilter, PipelineSort
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.lists import ListRepository
from ventros.kernel.repository import Repository
from ventros.kernel.repository.children import diff
from ventros.kernel.repository.entity import map_row
from ventros.kernel.statements import statement


class PipelineRepository(Repository[Pipeline], ListRepository[Pipeline, PipelineFilter, PipelineSort]):
    """Custom fields are read and written after the row of their pipeline: reading, a change in between is
    one of its version, writing, the lock on the row keeps others away. Removing a pipeline takes them along;
    one that ever had a status cannot be removed, only deleted.
    """

    resource = "pipeline"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    INSERT = statement("pipelines.insert")
    SELECT = statement("pipelines.get")
    UPDATE = statement("pipelines.update")
    DELETE = statement("pipelines.delete")
    STORED_VERSION = statement("pipelines.stored_version")
    TOUCH = statement("pipelines.touch")
    LOCK_FOR_SHARE = statement("pipelines.lock_for_share")
    LOCK_FOR_NO_KEY_UPDATE = statement("pipelines.lock_for_no_key_update")
    LOCK_FOR_UPDATE = statement("pipelines.lock_for_update")
    TRY_LOCK_FOR_SHARE = statement("pipelines.try_lock_for_share")
    TRY_LOCK_FOR_NO_KEY_UPDATE = statement("pipelines.try_lock_for_no_key_update")
    TRY_LOCK_FOR_UPDATE = statement("pipelines.try_lock_for_update")
    STATUSES_EXIST = statement("pipeline_statuses.exist_in_pipeline")
    INSERT_FIELD = statement("pipeline_custom_fields.insert")
    UPDATE_FIELD = statement("pipeline_custom_fields.update")
    DELETE_FIELD = statement("pipeline_custom_fields.delete")
    FIND_FIELDS = statement("pipeline_custom_fields.find_by_pipelines")

    async def add(self, aggregate: Pipeline) -> Pipeline:
        added = await super().add(aggregate)
        await self._add_fields(added, added.custom_fields)
        return added

    async def _before_update(self, aggregates: Sequence[Pipeline]) -> None:
        """Raises InvariantViolation for a deleted pipeline that still has a live status."""
        for pipeline in aggregates:
            if pipeline.deleted_at is not None:
                await self._refuse_with_statuses(pipeline)

    async def _after_update(self, aggregates: Sequence[Pipeline]) -> None:
        """One statement to look at the custom fields of all, and one for each that changed."""
        stored = await self._fields([pipeline.id for pipeline in aggregates])
        for pipeline in aggregates:
            change = diff(stored[pipeline.id], pipeline.custom_fields)
            for field in change.removed:
                await self._connection.affected(self.DELETE_FIELD, self._tenant, field.id)
            for field in change.changed:
                args = mapper.custom_field_update_args(pipeline, field)
                await self._connection.affected(self.UPDATE_FIELD, *args)
            await self._add_fields(pipeline, change.added)

    async def _refuse_with_statuses(self, pipeline: Pipeline) -> None:
        """Asked under the lock on the pipeline, which a new status has to wait for."""
        await self.lock_versions(self.LOCK_FOR_NO_KEY_UPDATE, [pipeline.id])
        row = await self._connection.one(self.STATUSES_EXIST, *self._key(pipeline.id))
        if row["found"]:
            raise InvariantViolation(f"pipeline {pipeline.id} still has statuses; delete them first")

    async def _add_fields(self, pipeline: Pipeline, fields: Sequence[PipelineCustomField]) -> None:
        for field in fields:
            await self._connection.affected(
                self.INSERT_FIELD, *mapper.custom_field_insert_args(pipeline, field)
            )

    async def _map_all(self, rows: Sequence[asyncpg.Record]) -> list[Pipeline]:
        """With their custom fields, all of them by one statement more, none when there are no rows."""
        if not rows:
            return []
        pipelines = await super()._map_all(rows)
        fields = await self._fields([pipeline.id for pipeline in pipelines])
        return [attrs.evolve(pipeline, custom_fields=fields[pipeline.id]) for pipeline in pipelines]

    async def _fields(self, ids: list[UUID]) -> defaultdict[UUID, list[PipelineCustomField]]:
        """By pipeline."""
        by_pipeline: defaultdict[UUID, list[PipelineCustomField]] = defaultdict(list)
        for row in await self._connection.many(self.FIND_FIELDS, self._tenant, ids):
            by_pipeline[row["pipeline_id"]].append(_custom_field(row))
        return by_pipeline


def _custom_field(row: asyncpg.Record) -> PipelineCustomField:
    return map_row(mapper.custom_field_from_row, "pipeline_custom_fields", row)
