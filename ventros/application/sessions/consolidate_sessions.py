"""Sessions that are parts of one conversation become one session, as after a history import."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import attrs

from ventros.crm.sessions.aggregate import DEFAULT_TIMEOUT, Session, SessionStatus
from ventros.crm.sessions.consolidation import Counts, conversations
from ventros.crm.sessions.list_query import SessionFilter, SessionSort
from ventros.kernel import validators
from ventros.kernel.errors import ValidationError
from ventros.kernel.lists import Direction
from ventros.unit_of_work import UnitOfWork

MOST = 200
"""Sessions that a unit looks at: few enough that nobody waits long for those that it holds."""


@attrs.frozen(kw_only=True)
class ConsolidateSessions:
    """``timeout`` is how long a conversation may pause. ``started_from`` is where another unit left off.

    ``consolidated_at`` is the one clock of all that follows. Raises ValidationError for a nil id or a timeout
    that is not positive.
    """

    contact_id: UUID = attrs.field(validator=validators.not_nil)
    channel_type_id: int
    timeout: timedelta = attrs.field(default=DEFAULT_TIMEOUT)
    started_from: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    most: int = attrs.field(
        default=MOST, validator=validators.attribute(validators.whole_number, least=2, most=MOST)
    )
    consolidated_at: datetime = attrs.field(validator=validators.aware)

    @timeout.validator
    def _check_timeout(self, _attribute: object, value: timedelta) -> None:
        if value <= timedelta(0):
            raise ValidationError("timeout must be above 0", field="timeout")


@attrs.frozen(kw_only=True)
class ConsolidatedSessions:
    """The sessions that absorbed others, as they are stored, and how many are deleted.

    ``started_from`` is where the next unit goes on; None when all of the contact's sessions were looked at.
    """

    survivors: tuple[Session, ...]
    deleted: int
    started_from: datetime | None


async def consolidate_sessions(uow: UnitOfWork, command: ConsolidateSessions) -> ConsolidatedSessions:
    """To be run by :meth:`ventros.kernel.database.Database.run`, until ``started_from`` is None.

    A session that began within the timeout of the last activity of those before it belongs to them. The
    earliest stays: it gets the messages of the others, what they counted, their first and last times and
    agents, and the end of the last one; the others are deleted. An active session is left alone until it has
    ended. The contact's sessions are looked at in the order in which they began, some at a time; the last
    conversation of a unit is the first of the next one, which may find more of it.

    Raises NotFound for a contact that is not there.
    """
    await uow.contacts.get(command.contact_id)
    page = await uow.sessions.page(
        SessionFilter(
            contact_id=command.contact_id,
            channel_type_id=command.channel_type_id,
            status=SessionStatus.ENDED,
            started_from=command.started_from,
        ),
        sort=SessionSort.STARTED_AT,
        direction=Direction.ASC,
        limit=command.most,
    )
    found = conversations(page.items, command.timeout)
    started_from = found[-1][0].started_at if page.next is not None else None
    cut_apart = [sessions for sessions in found if len(sessions) > 1]
    if not cut_apart:
        return ConsolidatedSessions(survivors=(), deleted=0, started_from=started_from)
    moved = await _move_messages(uow, cut_apart, command.consolidated_at)
    survivors: list[Session] = []
    deleted: list[Session] = []
    for first, *others in cut_apart:
        counts = [moved.get(session.id, (0, 0)) for session in others]
        survivors.append(first.absorb(others, counts, now=command.consolidated_at))
        deleted += [
            session.consolidate_into(first, count, now=command.consolidated_at)
            for session, count in zip(others, counts, strict=True)
        ]
    changed = survivors + deleted
    saved = await uow.commit(*changed)
    return ConsolidatedSessions(
        survivors=saved[: len(survivors)], deleted=len(deleted), started_from=started_from
    )


async def _move_messages(
    uow: UnitOfWork, cut_apart: Sequence[Sequence[Session]], now: datetime
) -> dict[UUID, Counts]:
    """How many of each session, of the contact and of our side. Sessions are locked before messages."""
    survivors = {other.id: first.id for first, *others in cut_apart for other in others}
    _, moved = await uow.connection.together(
        [
            uow.sessions.locking(
                uow.sessions.LOCK_FOR_NO_KEY_UPDATE, [session.id for group in cut_apart for session in group]
            ),
            uow.messages.moving_between_sessions(survivors, now=now),
        ]
    )
    return {row["session_id"]: (row["from_contact"], row["from_agent"]) for row in moved}
