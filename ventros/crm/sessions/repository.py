"""Where sessions are kept."""

from __future__ import annotations

from uuid import UUID

from ventros.crm.sessions import mapper
from ventros.crm.sessions.aggregate import Session
from ventros.crm.sessions.list_query import LIST_QUERY, SessionFilter, SessionSort
from ventros.kernel.connection.call import Call
from ventros.kernel.lists import ListRepository
from ventros.kernel.repository import Repository
from ventros.statements import statement


class SessionRepository(Repository[Session], ListRepository[Session, SessionFilter, SessionSort]):
    resource = "session"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    TABLE = statement.table("sessions")
    FIND_ACTIVE = statement("sessions.find_active")
    HOLD_ACTIVE = statement("sessions.hold_active")

    async def find_active(self, contact_id: UUID, channel_type_id: int | None) -> Session | None:
        """The contact's only active session of that type of channel."""
        row = await self.connection.maybe(self.FIND_ACTIVE, self.tenant, contact_id, channel_type_id)
        return None if row is None else self.load(row)

    def holding_active(self, contact_id: UUID) -> Call:
        """What locks the contact's active sessions as a save would and reads them, to be sent with other
        calls; :meth:`load` takes the rows that it answers.
        """
        return Call(self.HOLD_ACTIVE, ((self.tenant, contact_id),))
