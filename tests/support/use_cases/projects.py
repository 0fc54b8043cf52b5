"""Cases of projects, their owners and who pays."""

from __future__ import annotations

from tests.support.constants import NOW
from tests.support.use_cases import Work, World, case
from ventros.application.projects.onboard_tenant import OnboardTenant, onboard_tenant
from ventros.crm.channels.values import ChannelType
from ventros.kernel.ids import new_id


@case("onboard_tenant", "whose owner is new", names_nothing=True)
async def _onboard(world: World) -> Work:
    world.tenant, world.user = f"customer-{world.number}", new_id()
    command = OnboardTenant(
        name="Customer",
        owner_email=f"ada@{world.tenant}.example",
        billing_email=f"pay@{world.tenant}.example",
        channel_name="Front desk",
        channel_type=ChannelType.WAHA,
        onboarded_at=NOW,
    )
    return lambda uow: onboard_tenant(uow, command)
