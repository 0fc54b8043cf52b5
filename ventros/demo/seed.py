"""A tenant of which only the names matter, as the demo, the development server and tests need one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.projects.onboard_tenant import OnboardTenant, onboard_tenant
from ventros.crm.channels.values import ChannelType
from ventros.kernel.database import Database
from ventros.kernel.ids import new_id
from ventros.unit_of_work import UnitOfWork


@attrs.frozen
class Seed:
    """The ids of what was made; of the channel its ``session`` on the platform and its ``webhook_id``."""

    tenant: str
    session: str
    user_id: UUID
    project_id: UUID
    channel_id: UUID
    webhook_id: str


async def seed_tenant(db: Database[UnitOfWork], tenant: str, session: str, now: datetime) -> Seed:
    """Onboard it with a WAHA channel, and made-up names for the rest. Raises as ``onboard_tenant``."""
    command = OnboardTenant(
        name=tenant,
        owner_email=f"owner@{tenant}.example",
        billing_email=f"billing@{tenant}.example",
        channel_name=session,
        channel_type=ChannelType.WAHA,
        channel_external_id=session,
        onboarded_at=now,
    )
    async with db.unit_of_work(tenant, user=new_id()) as uow:
        made = await onboard_tenant(uow, command)
        await uow.commit()
    return Seed(
        tenant=tenant,
        session=session,
        user_id=made.user_id,
        project_id=made.project.id,
        channel_id=made.channel.id,
        webhook_id=made.channel.webhook_id,
    )
