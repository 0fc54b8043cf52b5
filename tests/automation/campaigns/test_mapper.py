"""What is written of a campaign and of its steps is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import attrs

from tests.support.campaigns import WAIT, make_campaign, make_step
from tests.support.constants import NOW
from ventros.automation.campaigns import mapper
from ventros.automation.campaigns.aggregate import Campaign
from ventros.automation.campaigns.values import CampaignStatus, StepType
from ventros.automation.values import StepCondition


def full_campaign() -> Campaign:
    """No field at its default, so that one that a mapper forgets is missed."""
    return attrs.evolve(
        make_campaign(status=CampaignStatus.COMPLETED),
        start_date=NOW + timedelta(days=1),
        end_date=NOW + timedelta(days=2),
        updated_at=NOW + timedelta(days=3),
    )


def test_what_the_mapper_writes_it_reads() -> None:
    for campaign in (make_campaign(), full_campaign()):
        tenant_id, id_, *others = mapper.insert_args(campaign)
        assert mapper.from_row((id_, campaign.version, tenant_id, *others)) == campaign
        assert len(mapper.COLUMNS) == len(others) + 3


def test_an_update_writes_all_but_what_never_changes() -> None:
    campaign = full_campaign()
    tenant_id, id_, *others = mapper.insert_args(campaign)
    changing = [
        value for column, value in zip(mapper.COLUMNS[3:], others, strict=True) if column != "created_at"
    ]
    assert mapper.update_args(campaign) == (tenant_id, id_, campaign.version, *changing)


def test_what_the_mapper_writes_of_a_step_it_reads() -> None:
    conditions = (
        StepCondition(type="tag_has", operator="equals", value="vip"),
        StepCondition(
            type="field_equals", operator="contains", value=[1, {"a": None}], field="city", metadata={"x": 1}
        ),
    )
    everything = attrs.evolve(
        WAIT,
        broadcast_id=uuid4(),
        sequence_id=uuid4(),
        condition_type="tag_has",
        condition_data={"tag": "vip"},
    )
    steps = [make_step(), make_step(1, type=StepType.WAIT, config=everything, conditions=conditions)]
    campaign = make_campaign()
    updated: Any = mapper.update_steps_args(campaign, steps)
    tenant_id, campaign_id, *columns = updated
    assert (tenant_id, campaign_id) == ("acme", campaign.id)
    for step, (*scalars, document) in zip(steps, zip(*columns, strict=True), strict=True):
        row = (campaign.id, *scalars, document["config"], document["conditions"], step.created_at)
        assert mapper.insert_step_args(campaign, step) == ("acme", *row)
        assert mapper.step_from_row(row) == step


def test_what_is_none_is_left_out_of_a_steps_documents() -> None:
    condition = StepCondition(type="tag_has", operator="equals", value=None)
    args: Any = mapper.update_steps_args(make_campaign(), [make_step(conditions=(condition,))])
    (document,) = args[6]
    assert document == {
        "config": {"delay_amount": 2, "delay_unit": "days"},
        "conditions": [{"type": "tag_has", "operator": "equals", "value": None}],
    }
