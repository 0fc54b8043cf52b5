"""A company on a database of its own, with a relay, a scheduler and a platform at its service."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Final, Self, TypeVar
from uuid import UUID

import attrs

from ventros import roles
from ventros.application.consumers import Means
from ventros.application.projects.onboard_tenant import OnboardedTenant, OnboardTenant, onboard_tenant
from ventros.application.steps import STEPS
from ventros.crm.channels.configs import WahaConfig
from ventros.crm.channels.values import ChannelType
from ventros.demo.platform import KEY, Platform
from ventros.devserver import DevServer
from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database
from ventros.kernel.encryption import KeyRing
from ventros.kernel.encryption.key_ring import generate_key
from ventros.kernel.ids import new_id
from ventros.relay.crm import CrmConsumers
from ventros.relay.relay import Relay
from ventros.relay.waha import WahaGateway
from ventros.scheduler.scheduler import Scheduler
from ventros.schema import create_database
from ventros.unit_of_work import CRM, UnitOfWork

TENANT: Final = "florist"

T = TypeVar("T")


@attrs.define
class Company:
    """``now`` is what its relay and its scheduler take for the time."""

    db: Database[UnitOfWork]
    platform: Platform
    relay: Relay
    scheduler: Scheduler[UnitOfWork]
    user_id: UUID
    now: datetime
    onboarded: OnboardedTenant = attrs.field(init=False)

    @classmethod
    @asynccontextmanager
    async def open(cls, server: DevServer, name: str, now: datetime) -> AsyncIterator[Self]:
        """Each part logs in with its own role to the database of that name, which is made."""
        app_dsn = create_database(server, CRM, name)
        encryptor = KeyRing(writer="demo", keys={"demo": generate_key()})
        async with AsyncExitStack() as stack:

            async def connect(dsn: str) -> Database[UnitOfWork]:
                settings = Settings(max_size=8, application_name=f"ventros-demo-{name}")
                return await stack.enter_async_context(await Database.open(UnitOfWork, dsn, settings))

            db = await connect(app_dsn)
            relay_db = await connect(server.dsn(name, roles.RELAY))
            scheduler_db = await connect(server.dsn(name, roles.SCHEDULER))
            platform = await stack.enter_async_context(Platform.serving())
            gateway = await stack.enter_async_context(WahaGateway(Platform.rules()))

            def clock() -> datetime:
                return company.now

            means = Means(db=db, gateway=gateway, encryptor=encryptor, clock=clock)
            company = cls(
                db,
                platform,
                Relay(relay_db, [CrmConsumers(means)]),
                Scheduler(scheduler_db, db, STEPS, clock=clock),
                new_id(),
                now,
            )
            await company._onboard(encryptor)
            yield company

    async def run(self, work: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        """In a unit of work of the company and its owner."""
        return await self.db.run(TENANT, work, user=self.user_id)

    async def settle(self) -> None:
        """Do what is due, and deliver what that leads to, until nothing is left."""
        done = -1
        while done != (done := sum(counts.done for counts in self.scheduler.counts.values())):
            await self.relay.drain()
            await self.scheduler.drain()
        await self.relay.drain()

    async def _onboard(self, encryptor: KeyRing) -> None:
        command = OnboardTenant(
            name="Florist",
            owner_email="rose@florist.example",
            billing_email="pay@florist.example",
            channel_name="Shop",
            channel_type=ChannelType.WAHA,
            channel_config=WahaConfig(
                base_url=self.platform.base_url, api_key=KEY, session_id="florist-phone"
            ),
            encryptor=encryptor,
            onboarded_at=self.now,
        )
        self.onboarded = await self.run(lambda uow: onboard_tenant(uow, command))
