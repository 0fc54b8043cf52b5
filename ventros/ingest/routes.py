"""The way from an event to its channel: by the webhook that it came to, or in tenants that somebody names.

Never by the session's name alone: whoever calls a channel so first would get the events of another tenant's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from ventros.crm.channels.repository import ChannelRoute, find_route
from ventros.crm.channels.values import WAHA_PLATFORM
from ventros.ingest.delivery import RejectedLine
from ventros.kernel.database import Database
from ventros.unit_of_work import UnitOfWork

Routes = Callable[[str], Awaitable[ChannelRoute]]
"""Finds the channel of a session. Raises RejectedLine when there is none."""


def of_webhook(db: Database[UnitOfWork], webhook_id: str | UUID) -> Routes:
    """That of the channel whose inbound webhook has this path, if the session is the channel's."""

    async def find(session: str) -> ChannelRoute:
        try:
            path = str(UUID(str(webhook_id)))
        except ValueError:
            raise RejectedLine("the webhook is no channel's") from None
        route = await find_route(db, path, WAHA_PLATFORM, session)
        if route is None:
            raise RejectedLine("no channel has the webhook and the session", repr(session))
        return route

    return find


def in_tenants(db: Database[UnitOfWork], tenants: Sequence[str]) -> Routes:
    """That of the one of ``tenants`` which has a channel with the session; what was found is kept."""
    found: dict[str, ChannelRoute] = {}

    async def find(session: str) -> ChannelRoute:
        if session in found:
            return found[session]
        routes = []
        for tenant in tenants:
            async with db.unit_of_work(tenant, read_only=True) as uow:
                channel_id = await uow.channels.find_id(WAHA_PLATFORM, session)
                await uow.commit()
            if channel_id is not None:
                routes.append(ChannelRoute(tenant_id=tenant, channel_id=channel_id))
        if not routes:
            raise RejectedLine("no channel has the session", repr(session))
        if len(routes) > 1:
            raise RejectedLine("several of the tenants have the session", repr(session))
        return found.setdefault(session, routes[0])

    return find
