"""What can happen to a campaign."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate


@attrs.frozen(kw_only=True)
class CampaignEvent(DomainEvent):
    """What every one of them says first."""

    campaign_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class CampaignCreated(CampaignEvent):
    event_name = "campaign.created"

    tenant_id: str = from_aggregate("tenant_id")
    name: str = from_aggregate("name")
    description: str = from_aggregate("description")
    goal_type: str = from_aggregate("goal_type")
    goal_value: int = from_aggregate("goal_value")


@attrs.frozen(kw_only=True)
class CampaignUpdated(CampaignEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "campaign.updated"

    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class CampaignActivated(CampaignEvent):
    event_name = "campaign.activated"


@attrs.frozen(kw_only=True)
class CampaignScheduled(CampaignEvent):
    event_name = "campaign.scheduled"

    start_date: datetime


@attrs.frozen(kw_only=True)
class CampaignPaused(CampaignEvent):
    event_name = "campaign.paused"


@attrs.frozen(kw_only=True)
class CampaignResumed(CampaignEvent):
    event_name = "campaign.resumed"


@attrs.frozen(kw_only=True)
class CampaignCompleted(CampaignEvent):
    event_name = "campaign.completed"


@attrs.frozen(kw_only=True)
class CampaignArchived(CampaignEvent):
    event_name = "campaign.archived"


@attrs.frozen(kw_only=True)
class CampaignStepAdded(CampaignEvent):
    """``order`` is the step's position."""

    event_name = "campaign.step_added"

    step_id: UUID
    step_type: str
    order: int


@attrs.frozen(kw_only=True)
class CampaignStepRemoved(CampaignEvent):
    event_name = "campaign.step_removed"

    step_id: UUID
