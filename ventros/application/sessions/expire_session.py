"""A session that nobody has written in for longer than its timeout ends, though no message comes to tell."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.crm.sessions.aggregate import Session
from ventros.unit_of_work import UnitOfWork


async def expire_session(uow: UnitOfWork, session_id: UUID, now: datetime) -> Session | None:
    """To be run by :meth:`ventros.kernel.database.Database.run`, as a scheduler's step does.

    The session as it is stored, ended as of the moment when its timeout ran out; None when it has ended
    before, or a message came in time. It is not waited for. Raises NotFound when it is gone, or when another
    unit has it locked.
    """
    session = await uow.sessions.get(session_id, lock="no key update", skip_locked=True)
    ended = session.check_timeout(now=now)
    if ended is session:
        return None
    (saved,) = await uow.commit(ended)
    return saved
