"""Where channels are kept, with the directory of their identities and what they count."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.crm.channels import mapper
from ventros.crm.channels.aggregate import Channel
from ventros.kernel.connection.call import Call
from ventros.kernel.database import Database
from ventros.kernel.repository import Repository
from ventros.statements import statement

FIND_BY_WEBHOOK = statement("channel_routes.find_by_webhook")


@attrs.frozen(kw_only=True)
class ChannelRoute:
    """Whose channel it is."""

    tenant_id: str
    channel_id: UUID


async def find_route(
    db: Database[Any], webhook_id: str, platform: str, external_id: str
) -> ChannelRoute | None:
    """The channel of an inbound webhook, if it has that identity on the platform.

    The way from an event to its tenant, so it needs none itself. See :attr:`ChannelType.platform`.
    """
    async with db.asking(webhook_id=webhook_id) as connection:
        row = await connection.maybe(FIND_BY_WEBHOOK, webhook_id, platform, external_id)
    return None if row is None else ChannelRoute(tenant_id=row["tenant_id"], channel_id=row["channel_id"])


@attrs.frozen(kw_only=True)
class ChannelCounters:
    """``last_message_at`` is when the last message was received; sent ones do not move it."""

    messages_received: int
    messages_sent: int
    last_message_at: datetime | None


class ChannelRepository(Repository[Channel]):
    """A live channel with an external id stands in the directory under its webhook, its platform and that id.

    :meth:`add` and :meth:`save` raise AlreadyExists when another channel of the tenant has that id on the
    platform; removing a channel takes its entry along.
    """

    resource = "channel"
    mapper = mapper

    TABLE = statement.table("channels")
    SECRET_COLUMNS = ("config", *Channel.encrypted)
    FIND_BY_WEBHOOK_ID = statement("channels.find_by_webhook_id")
    LIST_BY_USER = statement("channels.list_by_user")
    LIST_BY_PROJECT = statement("channels.list_by_project")
    LIST_ACTIVE_WAHA = statement("channels.list_active_waha")
    FIND_INBOUND = statement("channels.find_inbound")
    FIND_OUTBOUND = statement("channels.find_outbound")
    FIND_BY_OTHER_KEYS = statement("channels.find_by_other_keys")
    COUNT_BY_OTHER_KEYS = statement("channels.count_by_other_keys")
    FIND_ROUTE = statement("channel_routes.find")
    INSERT_ROUTE = statement("channel_routes.insert")
    SET_ROUTE = statement("channel_routes.set")
    DELETE_ROUTE = statement("channel_routes.delete")
    BUMP = statement("channel_counters.bump")
    TOTAL = statement("channel_counters.total")

    def calls_after_insert(self, aggregate: Channel) -> list[Call]:
        """The directory knows it from then on."""
        external_id = _routed_as(aggregate)
        if external_id is None:
            return []
        return [Call(self.INSERT_ROUTE, (self._route(aggregate, external_id),))]

    def calls_after_update(self, aggregate: Channel) -> list[Call]:
        """The directory follows the channel."""
        external_id = _routed_as(aggregate)
        if external_id is None:
            return [Call(self.DELETE_ROUTE, ((self.tenant, aggregate.id),))]
        return [Call(self.SET_ROUTE, (self._route(aggregate, external_id),))]

    def _route(self, channel: Channel, external_id: str) -> tuple[object, ...]:
        return (self.tenant, channel.type.platform, external_id, channel.id, channel.webhook_id)

    async def find_id(self, platform: str, external_id: str) -> UUID | None:
        """The tenant's live channel with this identity on the platform, see :attr:`ChannelType.platform`."""
        row = await self.connection.maybe(self.FIND_ROUTE, self.tenant, platform, external_id)
        return None if row is None else row["channel_id"]

    async def find_by_webhook_id(self, webhook_id: str) -> Channel | None:
        """The tenant's live channel whose inbound webhook has this path."""
        row = await self.connection.maybe(self.FIND_BY_WEBHOOK_ID, self.tenant, webhook_id)
        return None if row is None else self.load(row)

    async def list_by_user(self, user_id: UUID) -> list[Channel]:
        """The owner's live channels in this tenant, oldest first."""
        rows = await self.connection.many(self.LIST_BY_USER, self.tenant, user_id)
        return [self.load(row) for row in rows]

    async def list_by_project(self, project_id: UUID) -> list[Channel]:
        """The project's live channels, oldest first."""
        rows = await self.connection.many(self.LIST_BY_PROJECT, self.tenant, project_id)
        return [self.load(row) for row in rows]

    async def list_active_waha(self) -> list[Channel]:
        """The tenant's active channels of type waha, oldest first."""
        rows = await self.connection.many(self.LIST_ACTIVE_WAHA, self.tenant)
        return [self.load(row) for row in rows]

    def count_received(self, channel_id: UUID, at: datetime) -> Call:
        """What counts one message received at ``at``, without loading the channel or stepping its version.

        To be sent with COMMIT, see :meth:`UnitOfWork.send_with_commit`: a counter is where the messages of a
        channel meet, so it is the last of all row locks. ReferenceNotFound when there is no such channel.
        """
        return Call(self.BUMP, ((self.tenant, channel_id, 1, 0, at),))

    def count_sent(self, channel_id: UUID) -> Call:
        """What counts one sent message, as :meth:`count_received` does a received one."""
        return Call(self.BUMP, ((self.tenant, channel_id, 0, 1, None),))

    def count(self, channel_id: UUID, *, received: int, sent: int, last_received_at: datetime | None) -> Call:
        """What counts many messages at once."""
        return Call(self.BUMP, ((self.tenant, channel_id, received, sent, last_received_at),))

    async def counters(self, channel_id: UUID) -> ChannelCounters:
        """Zeros before the first message, and for a channel that is not there."""
        row = await self.connection.one(self.TOTAL, self.tenant, channel_id)
        return ChannelCounters(
            messages_received=row["messages_received"],
            messages_sent=row["messages_sent"],
            last_message_at=row["last_message_at"],
        )


def _routed_as(channel: Channel) -> str | None:
    return channel.external_id if channel.deleted_at is None else None
