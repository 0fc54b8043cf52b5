"""Campaigns and steps, not stored."""

from __future__ import annotations

from typing import Any

import attrs

from tests.support.constants import NOW
from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import CampaignStatus, GoalType, StepConfig, StepType
from ventros.automation.values import DelayUnit, WaitFor

DELAY = StepConfig(delay_amount=2, delay_unit=DelayUnit.DAYS)
WAIT = StepConfig(
    delay_amount=0,
    delay_unit=DelayUnit.HOURS,
    wait_for=WaitFor.REPLY,
    wait_timeout=24,
    timeout_step=0,
)


def make_campaign(*steps: CampaignStep, status: CampaignStatus = CampaignStatus.DRAFT) -> Campaign:
    campaign = Campaign.create(
        tenant_id="acme",
        name="Spring",
        description="sale",
        goal_type=GoalType.REACH_CONTACTS,
        goal_value=10,
        now=NOW,
    )
    return attrs.evolve(campaign.clear_events(), steps=steps, status=status)


def make_step(position: int = 0, **changes: Any) -> CampaignStep:
    step = CampaignStep(
        position=position, name=f"step {position}", type=StepType.DELAY, config=DELAY, created_at=NOW
    )
    return attrs.evolve(step, **changes)
