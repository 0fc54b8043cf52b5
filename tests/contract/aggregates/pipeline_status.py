"""PipelineStatus, for the contract suite."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from tests.contract.aggregates.pipeline import COLORS, WHOLE
from tests.support.constants import NOW
from ventros import UnitOfWork
from ventros.crm.pipeline_statuses.aggregate import PipelineStatus, StatusType
from ventros.crm.pipelines.aggregate import Pipeline
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import maybe, texts
from ventros.testing.factory import Factory, Refs


async def prepare(uow: UnitOfWork, seed: Seed) -> Refs:
    pipeline = Pipeline.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Sales", now=NOW)
    return {"pipeline_id": (await uow.pipelines.add(pipeline)).id}


def new(seed: Seed, refs: Refs) -> PipelineStatus:
    """Each of another name, which is unique within the pipeline."""
    return PipelineStatus.create(
        pipeline_id=refs["pipeline_id"],
        tenant_id=seed.tenant,
        name=f"New {new_id()}",
        status_type=StatusType.OPEN,
        now=NOW,
    )


def overrides(_seed: Seed, refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "pipeline_id": st.just(refs["pipeline_id"]),
            "description": st.just("") | texts,
            "color": maybe(COLORS),
            "position": WHOLE,
        }
    )


def change(status: PipelineStatus, now: datetime) -> PipelineStatus:
    return status.rename(f"New {new_id()}", now=now)


FACTORY = Factory(
    resource="pipeline_status",
    new=new,
    overrides=overrides,
    change=change,
    prepare=prepare,
    fixed=frozenset({"pipeline_id"}),
)
