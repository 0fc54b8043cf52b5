"""Where enrollments in sequences are kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.automation.sequence_enrollments import mapper
from ventros.automation.sequence_enrollments.aggregate import SequenceEnrollment
from ventros.kernel.repository import Repository
from ventros.statements import statement


class SequenceEnrollmentRepository(Repository[SequenceEnrollment]):
    """``sequence_enrollments_open_key`` lets a contact have one open enrollment in a sequence."""

    resource = "sequence_enrollment"
    mapper = mapper

    TABLE = statement.table("sequence_enrollments")
    CLAIM = statement("sequence_enrollments.claim")
    FIND_OPEN = statement("sequence_enrollments.find_open")
    FIND_ENDING_BY_REPLY = statement("sequence_enrollments.find_ending_by_reply")
    FIND_BY_CONTACT = statement("sequence_enrollments.find_by_contact")

    async def claim(self, enrollment_id: UUID, at: datetime) -> SequenceEnrollment | None:
        """The enrollment, if its next step is due by ``at``, held with its contact until the unit ends.

        None when it is not due or not there, or when another unit holds it or its contact: nobody is waited
        for.
        """
        row = await self.connection.maybe(self.CLAIM, self.tenant, enrollment_id, at)
        return None if row is None else self.load(row)

    async def find_open(self, sequence_id: UUID, contact_id: UUID) -> SequenceEnrollment | None:
        row = await self.connection.maybe(self.FIND_OPEN, self.tenant, sequence_id, contact_id)
        return None if row is None else self.load(row)

    async def find_by_contact(self, contact_id: UUID) -> list[SequenceEnrollment]:
        """Open ones and those that are over, the newest first."""
        return await self.load_all(await self.connection.many(self.FIND_BY_CONTACT, self.tenant, contact_id))

    async def find_ending_by_reply(self, contact_id: UUID, replied_at: datetime) -> list[SequenceEnrollment]:
        """The contact's open ones, begun before then, in sequences that an answer ends."""
        args = (self.tenant, contact_id, replied_at)
        return await self.load_all(await self.connection.many(self.FIND_ENDING_BY_REPLY, *args))
