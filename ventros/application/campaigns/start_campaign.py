"""A campaign whose time has come starts, though nobody is there to start it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.automation.campaigns.aggregate import Campaign
from ventros.automation.campaigns.values import CampaignStatus
from ventros.unit_of_work import UnitOfWork


async def start_campaign(uow: UnitOfWork, campaign_id: UUID, now: datetime) -> Campaign | None:
    """To be run by :meth:`ventros.kernel.database.Database.run`, as a scheduler does; it ends the unit.

    The campaign as it is stored, active. None when it was started before, is not due yet or is gone, and when
    another unit has it locked: it is not waited for.
    """
    campaigns = uow.campaigns
    if not await campaigns.lock_versions(campaigns.TRY_LOCK_FOR_NO_KEY_UPDATE, [campaign_id]):
        return None
    campaign = await campaigns.get(campaign_id)
    due = campaign.start_date is not None and campaign.start_date <= now
    if campaign.status is not CampaignStatus.SCHEDULED or not due:
        return None
    (started,) = await uow.commit(campaign.activate(now=now))
    return started
