"""Campaigns and sequences that contacts can be enrolled in, and who is."""

from __future__ import annotations

from typing import Any

import attrs

from tests.support.constants import NOW
from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import GoalType, StepConfig, StepType
from ventros.automation.sequences.aggregate import Sequence, SequenceStep
from ventros.automation.sequences.values import TriggerType
from ventros.automation.values import DelayUnit, MessageTemplate, TemplateType, WaitFor

HELLO = MessageTemplate(type=TemplateType.TEXT, content="Hello {{name}}")


def message_step(position: int, **changes: Any) -> SequenceStep:
    """Due an hour after the one before it."""
    step = SequenceStep(
        position=position,
        name=f"message {position}",
        delay_amount=1,
        delay_unit=DelayUnit.HOURS,
        message_template=HELLO,
        created_at=NOW,
    )
    return attrs.evolve(step, **changes)


def active_sequence(tenant: str, *steps: SequenceStep) -> Sequence:
    """New, to be added; two steps, of positions 0 and 2, unless given."""
    sequence = Sequence.create(tenant_id=tenant, name="Welcome", trigger_type=TriggerType.MANUAL, now=NOW)
    for step in steps or (message_step(0), message_step(2)):
        sequence = sequence.add_step(step, now=NOW)
    return sequence.activate(now=NOW)


def campaign_step(position: int, type_: StepType, **config: Any) -> CampaignStep:
    return CampaignStep(
        position=position, name=f"step {position}", type=type_, config=StepConfig(**config), created_at=NOW
    )


def delay_step(position: int) -> CampaignStep:
    """Due an hour after the one before it."""
    return campaign_step(position, StepType.DELAY, delay_amount=1, delay_unit=DelayUnit.HOURS)


def wait_step(position: int, timeout_step: int, wait_for: WaitFor = WaitFor.REPLY) -> CampaignStep:
    """Waits at once, for a day."""
    return campaign_step(
        position,
        StepType.WAIT,
        delay_amount=0,
        delay_unit=DelayUnit.HOURS,
        wait_for=wait_for,
        wait_timeout=24,
        timeout_step=timeout_step,
    )


def draft_campaign(tenant: str, *steps: CampaignStep) -> Campaign:
    """New, to be added; two delays, of positions 0 and 2, unless given."""
    campaign = Campaign.create(
        tenant_id=tenant, name="Spring", goal_type=GoalType.REACH_CONTACTS, goal_value=10, now=NOW
    )
    for step in steps or (delay_step(0), delay_step(2)):
        campaign = campaign.add_step(step, now=NOW)
    return campaign


def active_campaign(tenant: str, *steps: CampaignStep) -> Campaign:
    return draft_campaign(tenant, *steps).activate(now=NOW)
