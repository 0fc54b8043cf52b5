"""A session that nobody has written in for longer than its timeout ends, though no message comes to tell."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.crm.sessions.aggregate import Session
from ventros.kernel.errors import NotFound
from ventros.unit_of_work import UnitOfWork


async def expire_session(uow: UnitOfWork, session_id: UUID, now: datetime) -> Session | None:
    """To be run by :meth:`ventros.kernel.database.Database.run`, as a scheduler's step does.

    The session as it is stored, ended as of the moment when its timeout ran out. None when there is nothing
    to do: it has ended before, a message came in time, it is gone, or another unit holds it, which is not
    waited for.
    """
    try:
        session = await uow.sessions.get(session_id, lock="no key update", skip_locked=True)
    except NotFound:
        return None
    ended = session.check_timeout(now=now)
    if ended is session:
        return None
    (saved,) = await uow.commit(ended)
    return saved
