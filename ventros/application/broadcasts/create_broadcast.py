"""A message to everybody on a contact list is drafted, by a channel that can reach them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.broadcasts.list_and_channel import require_list_and_channel
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.values import MessageTemplate
from ventros.kernel import validators
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class CreateBroadcast:
    """``rate_limit`` is in messages a minute, 0 for none. Raises ValidationError for a nil id."""

    name: str
    list_id: UUID = attrs.field(validator=validators.not_nil)
    channel_id: UUID = attrs.field(validator=validators.not_nil)
    message_template: MessageTemplate
    rate_limit: int = 0
    created_at: datetime = attrs.field(validator=validators.aware)


async def create_broadcast(uow: UnitOfWork, command: CreateBroadcast) -> Broadcast:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    List and channel are verified at the commit, so that neither is deleted in between.

    Raises NotFound when one of them is not there, InvariantViolation when they are of two projects or the
    channel is not active, ValidationError for an empty name or a negative limit.
    """
    await require_list_and_channel(uow, command.list_id, command.channel_id)
    return await uow.broadcasts.add(
        Broadcast.create(
            tenant_id=uow.tenant,
            name=command.name,
            list_id=command.list_id,
            channel_id=command.channel_id,
            message_template=command.message_template,
            rate_limit=command.rate_limit,
            now=command.created_at,
        )
    )
