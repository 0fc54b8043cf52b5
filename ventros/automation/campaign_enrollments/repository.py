"""Where enrollments in campaigns are kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.automation.campaign_enrollments import mapper
from ventros.automation.campaign_enrollments.aggregate import CampaignEnrollment
from ventros.kernel.repository import Repository
from ventros.statements import statement


class CampaignEnrollmentRepository(Repository[CampaignEnrollment]):
    """``campaign_enrollments_open_key`` lets a contact have one open enrollment in a campaign."""

    resource = "campaign_enrollment"
    mapper = mapper

    TABLE = statement.table("campaign_enrollments")
    CLAIM = statement("campaign_enrollments.claim")
    FIND_OPEN = statement("campaign_enrollments.find_open")
    FIND_BY_CONTACT = statement("campaign_enrollments.find_by_contact")

    async def claim(self, enrollment_id: UUID, at: datetime) -> CampaignEnrollment | None:
        """The enrollment, if its next step is due by ``at``, held with its contact until the unit ends.

        None when it is not due or not there, or when another unit holds it or its contact: nobody is waited
        for.
        """
        row = await self.connection.maybe(self.CLAIM, self.tenant, enrollment_id, at)
        return None if row is None else self.load(row)

    async def find_open(self, campaign_id: UUID, contact_id: UUID) -> CampaignEnrollment | None:
        row = await self.connection.maybe(self.FIND_OPEN, self.tenant, campaign_id, contact_id)
        return None if row is None else self.load(row)

    async def find_by_contact(self, contact_id: UUID) -> list[CampaignEnrollment]:
        """Open ones and those that are over, the newest first."""
        return await self.load_all(await self.connection.many(self.FIND_BY_CONTACT, self.tenant, contact_id))
