"""A tenant with all that an inbound message needs: user, billing account, project and one active channel."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.core import users
from ventros.core.billing_accounts.aggregate import BillingAccount
from ventros.core.projects.aggregate import Project
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import WahaConfig
from ventros.crm.channels.values import ChannelType
from ventros.kernel.database import Database
from ventros.unit_of_work import UnitOfWork


@attrs.frozen
class Seed:
    """The ids of what was made; ``session`` is the channel's name on the platform."""

    tenant: str
    session: str
    user_id: UUID
    project_id: UUID
    channel_id: UUID


async def seed_tenant(db: Database[UnitOfWork], tenant: str, session: str, now: datetime) -> Seed:
    """Make it, in one unit of work, the channel with the session timeout of its project."""
    async with db.unit_of_work(tenant) as uow:
        user_id = await users.add(uow, f"owner@{tenant}.example")
        account = BillingAccount.create(
            user_id=user_id, name=tenant, billing_email=f"billing@{tenant}.example", now=now
        )
        account = await uow.billing_accounts.add(account)
        project = Project.create(
            customer_id=user_id, billing_account_id=account.id, tenant_id=tenant, name=tenant, now=now
        )
        project = await uow.projects.add(project)
        config = WahaConfig(base_url="http://waha.example", api_key="demo", session_id=session)
        channel = Channel.create(
            user_id=user_id,
            project_id=project.id,
            tenant_id=tenant,
            name=session,
            type=ChannelType.WAHA,
            config=config,
            now=now,
        )
        channel = await uow.channels.add(channel.activate(now=now))
        await uow.commit()
    return Seed(tenant=tenant, session=session, user_id=user_id, project_id=project.id, channel_id=channel.id)
