"""Pipeline, for the contract suite."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros.crm.pipelines.aggregate import Pipeline, PipelineCustomField
from ventros.crm.pipelines.lead_qualification import LeadQualificationConfig, Question
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import json_objects, maybe, tags, texts, times
from ventros.testing.factory import Factory, Refs
from ventros.values import CustomField, CustomFieldType, HexColor

KIND = CustomFieldType
WHOLE = st.integers(-(2**31), 2**31 - 1)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False, width=32)
VALUES: dict[CustomFieldType, st.SearchStrategy[Any]] = {
    **dict.fromkeys((KIND.TEXT, KIND.URL, KIND.EMAIL, KIND.PHONE, KIND.SELECT), st.just("") | texts),
    **dict.fromkeys((KIND.MULTI_SELECT, KIND.LABEL), tags),
    KIND.NUMBER: NUMBERS,
    KIND.BOOLEAN: st.booleans(),
    KIND.DATE: times,
    KIND.JSON: json_objects,
}
COLORS = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: HexColor.from_rgb(*rgb))


def new(seed: Seed, _refs: Refs) -> Pipeline:
    return Pipeline.create(
        project_id=seed.project_id, tenant_id=seed.tenant, name="Sales", now=NOW
    ).set_custom_field(CustomField("region", KIND.TEXT, "south"), now=NOW)


@st.composite
def custom_fields(draw: st.DrawFn) -> tuple[PipelineCustomField, ...]:
    kinds = draw(st.dictionaries(texts, st.sampled_from(CustomFieldType), max_size=5))
    return tuple(
        PipelineCustomField(
            field=CustomField(key, kind, draw(VALUES[kind])),
            created_at=draw(times),
            updated_at=draw(times),
        )
        for key, kind in kinds.items()
    )


def configs() -> st.SearchStrategy[LeadQualificationConfig]:
    questions = st.builds(
        Question,
        key=texts,
        label=texts,
        description=texts,
        options=st.lists(texts, max_size=3).map(tuple),
        weight=st.integers(1, 10),
    )
    return st.builds(
        LeadQualificationConfig,
        enabled=st.booleans(),
        min_score=st.integers(0, 10),
        questions=st.lists(questions, max_size=5, unique_by=lambda question: question.key).map(tuple),
    )


def overrides(seed: Seed, _refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "project_id": st.just(seed.project_id),
            "description": st.just("") | texts,
            "color": maybe(COLORS),
            "position": WHOLE,
            "session_timeout_minutes": maybe(st.integers(1, 1440)),
            "lead_qualification": maybe(configs()),
            "custom_fields": custom_fields(),
        }
    )


def change(pipeline: Pipeline, now: datetime) -> Pipeline:
    return pipeline.rename(f"Sales {new_id()}", now=now)


def change_child(pipeline: Pipeline, now: datetime) -> Pipeline:
    return pipeline.set_custom_field(CustomField("region", KIND.TEXT, str(new_id())), now=now)


FACTORY = Factory(
    resource="pipeline",
    new=new,
    overrides=overrides,
    change=change,
    change_child=change_child,
    fixed=frozenset({"project_id"}),
)
