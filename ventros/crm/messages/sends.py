"""Each attempt to hand a message to its platform: what was begun without an outcome is in doubt."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import attrs

from ventros.crm.messages import mapper
from ventros.crm.messages.aggregate import Message
from ventros.kernel.connection.call import Call
from ventros.kernel.enums import ValidatedEnum
from ventros.kernel.repository import EntityRepository
from ventros.kernel.validators import instance_of
from ventros.statements import statement

LONGEST_REASON = 500
"""Characters that are kept of it; also a CHECK of the table."""


class SendOutcome(ValidatedEnum, field="outcome"):
    """None stands for an attempt of which no outcome was recorded: it may be at work, or have died."""

    SENT = "sent"
    REFUSED = "refused"
    """The platform will never take it."""
    NOT_TAKEN = "not_taken"
    """The platform did not take it this time."""
    UNANSWERED = "unanswered"
    """Whether the platform took it is not known."""


@attrs.frozen(kw_only=True)
class Send:
    """One attempt."""

    attempt: int
    began_at: datetime
    ended_at: datetime | None
    outcome: SendOutcome | None
    reason: str | None
    channel_message_id: str | None


class Begun(NamedTuple):
    """``in_doubt``: whether the platform took the message at an earlier attempt is not known."""

    attempt: int
    in_doubt: bool


class MessageSends(EntityRepository[Message]):
    """Beside the message; no event tells of an attempt, but ``message.resent`` of one that is in doubt."""

    resource = "message"
    mapper = mapper
    TABLE = statement.table("messages")
    STANDARD = ()

    BEGIN = statement("message_sends.begin")
    SETTLE = statement("message_sends.settle")
    FIND = statement("message_sends.find_by_message")

    async def begin(self, message_id: UUID, *, now: datetime) -> Begun:
        """The next attempt. The message is to be held, so that no two have one number."""
        row = await self.connection.one(self.BEGIN, self.tenant, message_id, now)
        return Begun(row["attempt"], row["in_doubt"])

    def settling(
        self,
        message_id: UUID,
        attempt: int,
        outcome: SendOutcome,
        *,
        reason: str | None,
        channel_message_id: str | None,
        now: datetime,
    ) -> Call:
        """What records the outcome, if there is none yet; to be sent together with others."""
        instance_of(SendOutcome, outcome, "outcome")
        kept = None if reason is None else reason.replace("\x00", "")[:LONGEST_REASON]
        key = (self.tenant, message_id, attempt)
        return Call(self.SETTLE, ((*key, outcome, now, kept, channel_message_id),))

    async def find(self, message_id: UUID) -> list[Send]:
        """All attempts, in their order."""
        rows = await self.connection.many(self.FIND, self.tenant, message_id)
        return [
            Send(
                attempt=row["attempt"],
                began_at=row["began_at"],
                ended_at=row["ended_at"],
                outcome=None if row["outcome"] is None else SendOutcome(row["outcome"]),
                reason=row["reason"],
                channel_message_id=row["channel_message_id"],
            )
            for row in rows
        ]
