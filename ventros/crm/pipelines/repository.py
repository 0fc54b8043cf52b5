"""Where pipelines are kept, with their custom fields."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg
import attrs

from ventros.crm.pipelines import mapper
from ventros.crm.pipelines.aggregate import Pipeline, PipelineCustomField
from ventros.kernel.children import diff
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.repository import Repository, mapped
from ventros.kernel.statements import statement


class PipelineRepository(Repository[Pipeline]):
    """Custom fields are read and written after the row of their pipeline: reading, a change in between is
    one of its version, writing, the lock on the row keeps others away. Removing a pipeline takes them along;
    one that ever had a stage cannot be removed, only deleted.
    """

    resource = "pipeline"
    mapper = mapper

    INSERT = statement("pipelines.insert")
    SELECT = statement("pipelines.get")
    UPDATE = statement("pipelines.update")
    DELETE = statement("pipelines.delete")
    STORED_VERSION = statement("pipelines.stored_version")
    LOCK = statement("pipelines.lock")
    FIND_BY_PROJECT = statement("pipelines.find_by_project")
    STATUSES_EXIST = statement("pipeline_statuses.exist_in_pipeline")
    INSERT_FIELD = statement("pipeline_custom_fields.insert")
    UPDATE_FIELD = statement("pipeline_custom_fields.update")
    DELETE_FIELD = statement("pipeline_custom_fields.delete")
    FIND_FIELDS = statement("pipeline_custom_fields.find_by_pipelines")

    async def add(self, aggregate: Pipeline) -> Pipeline:
        added = await super().add(aggregate)
        await self._add_fields(added, added.custom_fields)
        return added

    async def get(self, id: UUID) -> Pipeline:  # noqa: A002 - the field's name everywhere
        (pipeline,) = await self._with_fields([await super().get(id)])
        return pipeline

    async def save(self, aggregate: Pipeline) -> Pipeline:
        """Custom fields cost one statement to look at them, and one for each that changed.

        Raises InvariantViolation for a deleted pipeline that still has a live stage.
        """
        if not aggregate.domain_events:
            return aggregate
        if aggregate.deleted_at is not None:
            await self._refuse_with_statuses(aggregate)
        saved = await super().save(aggregate)
        (stored,) = await self._with_fields([attrs.evolve(saved, custom_fields=())])
        change = diff(stored.custom_fields, saved.custom_fields)
        for field in change.removed:
            await self._connection.affected(self.DELETE_FIELD, self._tenant, field.id)
        for field in change.changed:
            await self._connection.affected(self.UPDATE_FIELD, *mapper.custom_field_update_args(saved, field))
        await self._add_fields(saved, change.added)
        return saved

    async def find_by_project(self, project_id: UUID, *, active_only: bool = False) -> list[Pipeline]:
        """By position. A tenant has one project, so these are the tenant's as well."""
        rows = await self._connection.many(self.FIND_BY_PROJECT, self._tenant, project_id, active_only)
        return await self._with_fields([self._load(row) for row in rows])

    async def _refuse_with_statuses(self, pipeline: Pipeline) -> None:
        """Asked under the lock on the pipeline, which a new stage has to wait for."""
        await self._connection.maybe(self.LOCK, *self._key(pipeline.id))
        row = await self._connection.one(self.STATUSES_EXIST, *self._key(pipeline.id))
        if row["found"]:
            raise InvariantViolation(f"pipeline {pipeline.id} still has stages; delete them first")

    async def _add_fields(self, pipeline: Pipeline, fields: Sequence[PipelineCustomField]) -> None:
        for field in fields:
            await self._connection.affected(
                self.INSERT_FIELD, *mapper.custom_field_insert_args(pipeline, field)
            )

    async def _with_fields(self, pipelines: Sequence[Pipeline]) -> list[Pipeline]:
        if not pipelines:
            return []
        ids = [pipeline.id for pipeline in pipelines]
        rows = await self._connection.many(self.FIND_FIELDS, self._tenant, ids)
        fields: dict[UUID, list[PipelineCustomField]] = {id_: [] for id_ in ids}
        for row in rows:
            fields[row["pipeline_id"]].append(_custom_field(row))
        return [attrs.evolve(each, custom_fields=fields[each.id]) for each in pipelines]


def _custom_field(row: asyncpg.Record) -> PipelineCustomField:
    return mapped(mapper.custom_field_from_row, f"custom field of pipeline {row['pipeline_id']}", row)
