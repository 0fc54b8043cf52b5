"""What can happen to a campaign."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class CampaignCreated(DomainEvent):
    event_name = "campaign.created"

    campaign_id: UUID
    tenant_id: str
    name: str
    description: str
    goal_type: str
    goal_value: int


@attrs.frozen(kw_only=True)
class CampaignUpdated(DomainEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "campaign.updated"

    campaign_id: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class CampaignActivated(DomainEvent):
    event_name = "campaign.activated"

    campaign_id: UUID


@attrs.frozen(kw_only=True)
class CampaignScheduled(DomainEvent):
    event_name = "campaign.scheduled"

    campaign_id: UUID
    start_date: datetime


@attrs.frozen(kw_only=True)
class CampaignPaused(DomainEvent):
    event_name = "campaign.paused"

    campaign_id: UUID


@attrs.frozen(kw_only=True)
class CampaignResumed(DomainEvent):
    event_name = "campaign.resumed"

    campaign_id: UUID


@attrs.frozen(kw_only=True)
class CampaignCompleted(DomainEvent):
    event_name = "campaign.completed"

    campaign_id: UUID


@attrs.frozen(kw_only=True)
class CampaignArchived(DomainEvent):
    event_name = "campaign.archived"

    campaign_id: UUID


@attrs.frozen(kw_only=True)
class CampaignStepAdded(DomainEvent):
    """``order`` is the step's position."""

    event_name = "campaign.step_added"

    campaign_id: UUID
    step_id: UUID
    step_type: str
    order: int


@attrs.frozen(kw_only=True)
class CampaignStepRemoved(DomainEvent):
    event_name = "campaign.step_removed"

    campaign_id: UUID
    step_id: UUID
