"""Where contacts are kept."""

from __future__ import annotations

from uuid import UUID

from ventros.crm.contacts import mapper
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.list_query import LIST_QUERY, ContactFilter, ContactSort
from ventros.kernel.errors import OptimisticLockErrors, StaleAggregate
from ventros.kernel.lists import ListRepository
from ventros.kernel.repository import Repository
from ventros.kernel.validators import instance_of
from ventros.statements import statement
from ventros.values import Email, Phone


class ContactRepository(Repository[Contact], ListRepository[Contact, ContactFilter, ContactSort]):
    resource = "contact"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    TABLE = statement.table("contacts")
    FIND_BY_PHONE = statement("contacts.find_by_phone")
    FIND_HOLDERS = statement("contacts.find_holders")
    MERGED_INTO = statement("contacts.get_merged_into")

    async def find_by_phone(self, project_id: UUID, phone: Phone) -> Contact | None:
        """The project's only live contact of that phone."""
        instance_of(Phone, phone, "phone")
        row = await self.connection.maybe(self.FIND_BY_PHONE, self.tenant, project_id, phone.value)
        return None if row is None else self.load(row)

    async def find_holders(
        self, project_id: UUID, *, phone: Phone | None, email: Email | None
    ) -> dict[str, UUID]:
        """Which live contact of the project has each of them, by ``phone`` and ``email``, if one has it.

        What it says may be outdated by the time of a save: that raises AlreadyExists. Nothing is sent for
        neither.
        """
        instance_of(Phone | None, phone, "phone")
        instance_of(Email | None, email, "email")
        if phone is None and email is None:
            return {}
        values = (phone.value if phone else None, email.value if email else None)
        rows = await self.connection.many(self.FIND_HOLDERS, self.tenant, project_id, *values)
        return {row["field"]: row["id"] for row in rows}

    async def find_surviving(self, id: UUID) -> Contact | None:  # noqa: A002 - the field's name everywhere
        """The live contact that the id means: its own, or the one that it was merged into, however often.

        A merge makes no circle, because it is into a live contact, and the merged one never lives again.
        """
        instance_of(UUID, id, "id")
        while (row := await self.connection.maybe(self.GET, *self.key(id))) is None:
            merged = await self.connection.maybe(self.MERGED_INTO, *self.key(id))
            if merged is None:
                return None
            id = merged["merged_into"]  # noqa: A001
        return self.load(row)

    async def hold(self, *contacts: Contact) -> None:
        """Lock them FOR UPDATE, in the order of their ids, until the transaction ends.

        Nobody saves one meanwhile, and no new row refers to one. Raises OptimisticLockErrors when one is not
        stored as it was loaded.
        """
        for contact in contacts:
            self.require_writable(contact)
        stored = await self.lock_versions(self.LOCK_FOR_UPDATE, [contact.id for contact in contacts])
        stale = [
            StaleAggregate(self.resource, contact.id, contact.version, stored.get(contact.id))
            for contact in contacts
            if stored.get(contact.id) != contact.version
        ]
        if stale:
            raise self.unit.telemetry.report_conflict(OptimisticLockErrors(stale))
