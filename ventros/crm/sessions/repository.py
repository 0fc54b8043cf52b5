"""Where sessions are kept."""

from __future__ import annotations

from uuid import UUID

from ventros.crm.sessions import mapper
from ventros.crm.sessions.aggregate import Session
from ventros.crm.sessions.list_query import LIST_QUERY, SessionFilter, SessionSort
from ventros.kernel.lists import ListRepository
from ventros.kernel.repository import Repository
from ventros.kernel.statements import statement


class SessionRepository(Repository[Session], ListRepository[Session, SessionFilter, SessionSort]):
    resource = "session"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    INSERT = statement("sessions.insert")
    SELECT = statement("sessions.get")
    UPDATE = statement("sessions.update")
    DELETE = statement("sessions.delete")
    STORED_VERSION = statement("sessions.stored_version")
    TOUCH = statement("sessions.touch")
    LOCK_FOR_SHARE = statement("sessions.lock_for_share")
    LOCK_FOR_NO_KEY_UPDATE = statement("sessions.lock_for_no_key_update")
    LOCK_FOR_UPDATE = statement("sessions.lock_for_update")
    TRY_LOCK_FOR_SHARE = statement("sessions.try_lock_for_share")
    TRY_LOCK_FOR_NO_KEY_UPDATE = statement("sessions.try_lock_for_no_key_update")
    TRY_LOCK_FOR_UPDATE = statement("sessions.try_lock_for_update")
    FIND_ACTIVE = statement("sessions.find_active")

    async def find_active(self, contact_id: UUID, channel_type_id: int | None) -> Session | None:
        """The contact's only active session of that type of channel."""
        row = await self._connection.maybe(self.FIND_ACTIVE, self._tenant, contact_id, channel_type_id)
        return None if row is None else self._load(row)
