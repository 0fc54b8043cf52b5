"""A conversation is over because somebody says so, and what came of it is marked with its end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class CloseSession:
    """``resolved`` and ``escalated`` are marks, and no reasons: the session ends whether or not they are set.

    Older words are a reason and a mark: ``agent_closed`` is AGENT_CLOSE, ``resolved`` AGENT_CLOSE with
    ``resolved``, ``escalated`` AGENT_CLOSE with ``escalated``. ``transferred`` is AGENT_CLOSE, too: who a
    session was given to, ``Session.assign_agent`` tells before. Raises ValidationError for a nil id.
    """

    session_id: UUID = attrs.field(validator=validators.not_nil)
    reason: EndReason = attrs.field(converter=EndReason)
    resolved: bool = attrs.field(default=False, validator=validators.boolean)
    escalated: bool = attrs.field(default=False, validator=validators.boolean)
    closed_at: datetime = attrs.field(validator=validators.aware)


async def close_session(uow: UnitOfWork, command: CloseSession) -> Session:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    End and marks are one version. A message that is recorded meanwhile comes first, and is in the metrics of
    ``session.ended``. Raises NotFound, InvariantViolation for a session that has ended.
    """
    session = await uow.sessions.get(command.session_id)
    session = session.end(command.reason, now=command.closed_at)
    if command.resolved:
        session = session.resolve(now=command.closed_at)
    if command.escalated:
        session = session.escalate(now=command.closed_at)
    (closed,) = await uow.commit(session)
    return closed
