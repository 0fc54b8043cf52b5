"""Campaign, for the contract suite."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import CampaignStatus, GoalType, StepConfig, StepType
from ventros.automation.values import DelayUnit, StepCondition, WaitFor
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import json_objects, maybe, texts, times, uuids
from ventros.testing.factory import Factory, Refs
from ventros.testing.strategies import json_values

STEP_IDS = [UUID(int=number) for number in range(1, 5)]
"""Few, so that a save finds steps to keep, to change, to swap, to add and to remove."""

conditions = st.lists(
    st.builds(
        StepCondition,
        type=st.sampled_from(["tag_has", "field_equals", "custom_field"]),
        operator=st.sampled_from(["equals", "not_equals", "contains"]),
        value=json_values,
        field=texts,
        metadata=json_objects,
    ),
    max_size=2,
).map(tuple)

configs = st.builds(
    StepConfig,
    broadcast_id=uuids,
    sequence_id=uuids,
    delay_amount=st.integers(0, 10**6),
    delay_unit=st.sampled_from(DelayUnit),
    condition_type=st.just("tag_has"),
    condition_data=maybe(json_values.map(lambda value: {"value": value})),
    wait_for=st.sampled_from(WaitFor),
    wait_timeout=st.integers(1, 10**6),
    timeout_step=st.integers(0, 9),
)
delays = st.builds(StepConfig, delay_amount=st.integers(0, 10**6), delay_unit=st.sampled_from(DelayUnit))
typed_configs = st.tuples(st.sampled_from(StepType), configs) | st.tuples(st.just(StepType.DELAY), delays)

steps = st.builds(
    lambda step_id, position, typed, **others: CampaignStep(
        id=step_id, position=position, type=typed[0], config=typed[1], created_at=NOW, **others
    ),
    step_id=st.sampled_from(STEP_IDS),
    position=st.integers(0, 5),
    typed=typed_configs,
    name=texts,
    conditions=conditions,
)


def step(position: int, name: str) -> CampaignStep:
    config = StepConfig(delay_amount=1, delay_unit=DelayUnit.DAYS)
    return CampaignStep(position=position, name=name, type=StepType.DELAY, config=config, created_at=NOW)


def new(seed: Seed, _refs: Refs) -> Campaign:
    campaign = Campaign.create(
        tenant_id=seed.tenant, name="Spring", goal_type=GoalType.CONVERSIONS, goal_value=10, now=NOW
    )
    return campaign.add_step(step(0, "first"), now=NOW).add_step(step(1, "second"), now=NOW)


def overrides(_seed: Seed, _refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    unbound = {CampaignStatus.DRAFT, CampaignStatus.ACTIVE, CampaignStatus.PAUSED, CampaignStatus.ARCHIVED}
    phases = st.tuples(st.sampled_from(sorted(unbound)), maybe(times), maybe(times)) | st.tuples(
        st.sampled_from(sorted(CampaignStatus)), times, times
    )
    return st.builds(
        lambda phase, **others: {
            "status": phase[0],
            "start_date": phase[1],
            "end_date": phase[2],
            **others,
        },
        phase=phases,
        description=maybe(texts).map(lambda text: text or ""),
        steps=st.lists(steps, max_size=4, unique_by=(lambda step: step.id, lambda step: step.position)).map(
            lambda drawn: tuple(sorted(drawn, key=lambda step: step.position))
        ),
    )


def change(campaign: Campaign, now: datetime) -> Campaign:
    return campaign.rename(f"Spring {new_id()}", now=now)


def change_child(campaign: Campaign, now: datetime) -> Campaign:
    first = campaign.steps[0]
    return campaign.replace_step(first.id, attrs.evolve(first, name=f"first {new_id()}"), now=now)


FACTORY = Factory(
    resource="campaign",
    new=new,
    overrides=overrides,
    change=change,
    change_child=change_child,
)
