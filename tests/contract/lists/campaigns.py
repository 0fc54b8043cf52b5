"""Campaigns, for the suite of lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs

from tests.support.constants import NOW
from tests.support.list_case import Case, Filtered
from ventros import UnitOfWork
from ventros.automation.campaigns.aggregate import Campaign, CampaignStep
from ventros.automation.campaigns.values import CampaignStatus, GoalType, StepConfig, StepType
from ventros.automation.values import DelayUnit
from ventros.demo.seed import Seed

NOON = NOW + timedelta(hours=2)
DRAFT, SCHEDULED, ACTIVE = CampaignStatus.DRAFT, CampaignStatus.SCHEDULED, CampaignStatus.ACTIVE
FLOWS = (
    # name, status, goal, days until it starts; two in a row are created at the same time
    ("Spring", SCHEDULED, GoalType.CONVERSIONS, 1),
    ("spring again", DRAFT, GoalType.REACH_CONTACTS, None),
    ("100% off", SCHEDULED, GoalType.ENGAGEMENT, 1),
    ("Black_Friday", ACTIVE, GoalType.CONVERSIONS, None),
    ("Autumn", CampaignStatus.PAUSED, GoalType.CONVERSIONS, 0),
    ("Winter", CampaignStatus.ARCHIVED, GoalType.REACH_CONTACTS, None),
    ("Winter", ACTIVE, GoalType.ENGAGEMENT, 3),
)


async def store(uow: UnitOfWork, seed: Seed) -> list[Campaign]:
    config = StepConfig(delay_amount=1, delay_unit=DelayUnit.DAYS)
    stored = []
    for line, (name, status, goal_type, starts_in) in enumerate(FLOWS):
        created_at = NOW + timedelta(hours=line // 2)
        campaign = Campaign.create(
            tenant_id=seed.tenant, name=name, goal_type=goal_type, goal_value=line, now=created_at
        )
        for position in range(line % 3):
            step = CampaignStep(
                position=position, name="wait", type=StepType.DELAY, config=config, created_at=NOW
            )
            campaign = campaign.add_step(step, now=created_at)
        start_date = None if starts_in is None else NOW + timedelta(days=starts_in)
        stored.append(await uow.campaigns.add(attrs.evolve(campaign, status=status, start_date=start_date)))
    return stored


def expected(_stored: list[Campaign]) -> Mapping[str, list[Filtered]]:
    return {
        "status": [
            Filtered(value=SCHEDULED, passes=lambda c: c.status is SCHEDULED),
            Filtered(value=[DRAFT, "active"], passes=lambda c: c.status in {DRAFT, ACTIVE}),
        ],
        "goal_type": [
            Filtered(value="conversions", passes=lambda c: c.goal_type is GoalType.CONVERSIONS),
            Filtered(
                value=set(GoalType) - {GoalType.CONVERSIONS},
                passes=lambda c: c.goal_type is not GoalType.CONVERSIONS,
            ),
        ],
        "name": [
            Filtered(value=text, passes=lambda c, text=text: text.lower() in c.name.lower())  # type: ignore[misc]
            for text in ("SPRING", "%", "_")
        ],
        "created_from": [Filtered(value=NOON, passes=lambda c: c.created_at >= NOON)],
        "created_to": [Filtered(value=NOON, passes=lambda c: c.created_at <= NOON)],
    }


CASE: Any = Case(repository=lambda uow: uow.campaigns, store=store, expected=expected)
