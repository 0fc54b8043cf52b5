"""Somebody voted in a poll: the vote stands with the message, one for each who votes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.messages.existing_messages import ChangeResult, change_message, find_respondent
from ventros.application.messages.inbound import MessageRef, Party
from ventros.crm.messages.aggregate import Message
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork

CONSUMER = "record_poll_vote"


@attrs.frozen(kw_only=True)
class PollVote:
    """``voter`` is None for us. ``options`` are all that stand now; none takes the vote back."""

    message: MessageRef
    voter: Party | None
    options: tuple[str, ...]
    voted_at: datetime = attrs.field(validator=validators.aware)
    event_id: UUID | None = None


async def record_poll_vote(uow: UnitOfWork, channel_id: UUID, command: PollVote) -> ChangeResult:
    """In a one-to-one chat only its two sides can; anybody else is UNKNOWN."""

    async def decide(message: Message) -> Message | None:
        respondent = await find_respondent(uow, message, command.voter, command.message)
        return None if respondent is None else message.vote(respondent, command.options, now=command.voted_at)

    return await change_message(uow, channel_id, command, CONSUMER, decide)
