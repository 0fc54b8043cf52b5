"""What can happen to a contact's enrollment in a campaign."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate, from_occurrence


@attrs.frozen(kw_only=True)
class CampaignEnrollmentEvent(DomainEvent):
    """What every one of them says first."""

    enrollment_id: UUID = from_aggregate("id")
    campaign_id: UUID = from_aggregate("campaign_id")
    contact_id: UUID = from_aggregate("contact_id")


@attrs.frozen(kw_only=True)
class CampaignContactEnrolled(CampaignEnrollmentEvent):
    event_name = "campaign.contact_enrolled"

    next_scheduled_at: datetime = from_aggregate("next_scheduled_at")


@attrs.frozen(kw_only=True)
class CampaignEnrollmentAdvanced(CampaignEnrollmentEvent):
    """``current_step_order`` is the position of the step that is taken next."""

    event_name = "campaign.enrollment_advanced"

    current_step_order: int
    next_scheduled_at: datetime


@attrs.frozen(kw_only=True)
class CampaignEnrollmentPostponed(CampaignEnrollmentEvent):
    """The step could not be taken for ``reason``; it is tried again at ``next_scheduled_at``."""

    event_name = "campaign.enrollment_postponed"

    reason: str
    next_scheduled_at: datetime


@attrs.frozen(kw_only=True)
class CampaignEnrollmentWaiting(CampaignEnrollmentEvent):
    """The contact is waited for; at ``next_scheduled_at`` the time for it is over."""

    event_name = "campaign.enrollment_waiting"

    waiting_for: str
    next_scheduled_at: datetime


@attrs.frozen(kw_only=True)
class CampaignEnrollmentPaused(CampaignEnrollmentEvent):
    event_name = "campaign.enrollment_paused"


@attrs.frozen(kw_only=True)
class CampaignEnrollmentResumed(CampaignEnrollmentEvent):
    event_name = "campaign.enrollment_resumed"


@attrs.frozen(kw_only=True)
class CampaignEnrollmentCompleted(CampaignEnrollmentEvent):
    event_name = "campaign.enrollment_completed"

    completed_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class CampaignEnrollmentExited(CampaignEnrollmentEvent):
    event_name = "campaign.enrollment_exited"

    exit_reason: str
    exited_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class CampaignEnrollmentUpdated(CampaignEnrollmentEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "campaign.enrollment_updated"

    fields: tuple[str, ...]
