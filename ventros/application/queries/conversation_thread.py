"""What was said with a contact, over all its sessions, newest first."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import attrs

from ventros.crm.messages.aggregate import Message
from ventros.crm.sessions.aggregate import EndReason, SessionStatus
from ventros.kernel import validators
from ventros.kernel.errors import NotFound
from ventros.kernel.lists import Page, SortKey
from ventros.kernel.lists.cursors import Cursors
from ventros.kernel.lists.list_repository import MAX_LIMIT
from ventros.statements import statement
from ventros.unit_of_work import UnitOfWork

_FIND: Final = statement("messages.find_thread").of("contact")
_KEY: Final = SortKey("timestamptz")
_NEWEST: Final = (datetime.max.replace(microsecond=999_998, tzinfo=UTC), UUID(int=2**128 - 1))
"""The latest time that a row may have, and an id above all others."""


@attrs.frozen(kw_only=True)
class ConversationThread:
    """``after`` is the page's ``next`` before this one. Raises ValidationError for a limit not 1 to 1,000."""

    contact_id: UUID = attrs.field(validator=validators.not_nil)
    limit: int = attrs.field(
        default=50, validator=validators.attribute(validators.whole_number, least=1, most=MAX_LIMIT)
    )
    after: str | None = None


@attrs.frozen(kw_only=True)
class ThreadSession:
    """What a reader of the thread is shown of a session; ``uow.sessions.get(id)`` has the whole."""

    id: UUID
    channel_type_id: int | None
    status: SessionStatus
    end_reason: EndReason | None
    started_at: datetime
    ended_at: datetime | None


@attrs.frozen(kw_only=True)
class ThreadMessage:
    """``session`` is None for a message in none; messages of one session may alternate with those of another
    type of channel.
    """

    message: Message
    session: ThreadSession | None


async def conversation_thread(uow: UnitOfWork, query: ConversationThread) -> Page[ThreadMessage]:
    """The newest messages, or those before the cursor, in one statement; ``total`` is always None.

    Messages of one time are in the order of their ids. What comes in meanwhile neither repeats nor hides
    others. A merge brings the merged contact's messages in: where they are older than the cursor, a later
    page has them. Raises NotFound for an unknown contact, ValidationError for a cursor that is damaged or of
    another contact.
    """
    cursors = Cursors.of("conversation_thread", uow.tenant, query.contact_id)
    before = _NEWEST if query.after is None else cursors.read(query.after, _KEY)
    rows = await uow.connection.many(_FIND, uow.tenant, query.contact_id, *before, query.limit + 1)
    if not rows:
        raise NotFound("contact", query.contact_id)
    has_more = len(rows) > query.limit
    items = tuple(_item(uow, row) for row in rows[: query.limit] if row["id"] is not None)
    last = items[-1].message if has_more else None
    return Page(items, cursors.write(last.timestamp, last.id) if last else None)


def _item(uow: UnitOfWork, row: Any) -> ThreadMessage:
    channel_type_id, status, end_reason, started_at, ended_at, *columns = row
    message = uow.messages.read(columns)
    if message.session_id is None or status is None:
        return ThreadMessage(message=message, session=None)
    session = ThreadSession(
        id=message.session_id,
        channel_type_id=channel_type_id,
        status=SessionStatus(status),
        end_reason=None if end_reason is None else EndReason(end_reason),
        started_at=started_at,
        ended_at=ended_at,
    )
    return ThreadMessage(message=message, session=session)
