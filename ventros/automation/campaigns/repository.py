"""Where campaigns are kept, with their steps and what they count."""

from __future__ import annotations

from uuid import UUID

from ventros.automation.campaigns import mapper
from ventros.automation.campaigns.aggregate import Campaign
from ventros.automation.campaigns.list_query import LIST_QUERY, CampaignFilter, CampaignSort
from ventros.automation.campaigns.values import CampaignCounters
from ventros.kernel.connection.call import Call
from ventros.kernel.lists import ListRepository
from ventros.kernel.repository import ChildRows, Repository
from ventros.statements import statement


class CampaignRepository(Repository[Campaign], ListRepository[Campaign, CampaignFilter, CampaignSort]):
    resource = "campaign"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    TABLE = statement.table("campaigns")
    BUMP = statement("campaign_counters.bump")
    TOTAL = statement("campaign_counters.total")

    CHILDREN = (
        ChildRows(
            table=statement.table("campaign_steps"),
            root_id="campaign_id",
            from_row=mapper.step_from_row,
            insert_args=mapper.insert_step_args,
            update_all_args=mapper.update_steps_args,
            of=lambda campaign, _stored: campaign.steps,
        ),
    )

    async def remove(self, aggregate: Campaign) -> None:
        """With its steps and counters. Raises InvariantViolation unless it is a draft."""
        self.require_own(aggregate)
        aggregate.require_removable()
        await super().remove(aggregate)

    def counting(self, campaign_id: UUID, *, reached: int = 0, conversions: int = 0) -> Call:
        """What counts without loading the campaign or stepping its version, to be sent with the commit.

        It raises ReferenceNotFound when there is no such campaign.
        """
        return Call(self.BUMP, ((self.tenant, campaign_id, reached, conversions),))

    async def counters(self, campaign_id: UUID) -> CampaignCounters:
        """Zeros before anything is counted, and for a campaign that is not there."""
        row = await self.connection.one(self.TOTAL, self.tenant, campaign_id)
        return CampaignCounters(
            contacts_reached=row["contacts_reached"], conversions_count=row["conversions_count"]
        )
