"""Where pipelines are kept, with their custom fields."""

from __future__ import annotations

from collections.abc import Sequence

from ventros.crm.pipelines import mapper
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.crm.pipelines.list_query import LIST_QUERY, PipelineFilter, PipelineSort
from ventros.kernel.errors import InvariantViolation
from ventros.kernel.lists import ListRepository
from ventros.kernel.repository import ChildRows, Repository
from ventros.statements import statement


class PipelineRepository(Repository[Pipeline], ListRepository[Pipeline, PipelineFilter, PipelineSort]):
    """Custom fields are read and written after the row of their pipeline: reading, a change in between is
    one of its version, writing, the lock on the row keeps others away. Removing a pipeline takes them along;
    one that ever had a status cannot be removed, only deleted.
    """

    resource = "pipeline"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    TABLE = statement.table("pipelines")
    STATUSES_EXIST = statement("pipeline_statuses.exist_in_pipeline")

    CHILDREN = (
        ChildRows(
            table=statement.table("pipeline_custom_fields"),
            root_id="pipeline_id",
            from_row=mapper.custom_field_from_row,
            insert_args=mapper.custom_field_insert_args,
            update_args=mapper.custom_field_update_args,
            of=lambda pipeline, _stored: pipeline.custom_fields,
        ),
    )

    async def before_update(self, aggregates: Sequence[Pipeline]) -> None:
        """Raises InvariantViolation for a deleted pipeline that still has a live status."""
        for pipeline in aggregates:
            if pipeline.deleted_at is not None:
                await self._refuse_with_statuses(pipeline)

    async def _refuse_with_statuses(self, pipeline: Pipeline) -> None:
        """Asked under the lock on the pipeline, which a new status has to wait for."""
        await self.lock_versions(self.LOCK_FOR_NO_KEY_UPDATE, [pipeline.id])
        row = await self.connection.one(self.STATUSES_EXIST, *self.key(pipeline.id))
        if row["found"]:
            raise InvariantViolation(f"pipeline {pipeline.id} still has statuses; delete them first")
