"""Somebody reacted to a message: the reaction stands with it, one for each who reacts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.messages.existing_messages import ChangeResult, change_message, find_respondent
from ventros.application.messages.inbound import MessageRef, Party
from ventros.crm.messages.aggregate import Message
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork

CONSUMER = "react_to_message"


@attrs.frozen(kw_only=True)
class MessageReaction:
    """``reactor`` is None for us. An empty ``emoji`` takes the reaction back."""

    message: MessageRef
    reactor: Party | None
    emoji: str
    reacted_at: datetime = attrs.field(validator=validators.aware)
    event_id: UUID | None = None


async def react_to_message(uow: UnitOfWork, channel_id: UUID, command: MessageReaction) -> ChangeResult:
    """In a one-to-one chat only its two sides can; anybody else is UNKNOWN."""

    async def decide(message: Message) -> Message | None:
        respondent = await find_respondent(uow, message, command.reactor, command.message)
        return (
            None if respondent is None else message.react(respondent, command.emoji, now=command.reacted_at)
        )

    return await change_message(uow, channel_id, command, CONSUMER, decide)
