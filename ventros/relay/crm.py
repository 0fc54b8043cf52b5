"""The CRM's own consumers as destinations of the relay: each is handed the events that it wants."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import attrs

from ventros.application.consumers import CONSUMERS, CrmConsumer, Means
from ventros.command_line import key_ring
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database
from ventros.kernel.errors import ConfigurationError
from ventros.kernel.outbox.deliveries import Settlement
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay.addresses import AddressRules
from ventros.relay.publisher import Destination
from ventros.relay.waha import WahaGateway
from ventros.unit_of_work import UnitOfWork

NAME: Final = "crm"


@attrs.frozen
class ConsumerPublisher:
    """One consumer with what it works with."""

    consumer: CrmConsumer
    means: Means

    @property
    def name(self) -> str:
        """``crm:<consumer>``."""
        return f"{NAME}:{self.consumer.name}"

    async def publish(self, event: OutboxEvent) -> None:
        """Raises what the consumer does."""
        await self.consumer.handle(self.means, event)


@attrs.frozen
class CrmConsumers:
    """Destinations of the relay: each consumer is one, named ``crm:<consumer>``."""

    means: Means
    consumers: Sequence[CrmConsumer] = CONSUMERS
    name: str = NAME

    async def wanting(
        self, connection: Connection, events: Sequence[OutboxEvent]
    ) -> Sequence[Collection[str]]:
        """By the event's name."""
        return [
            [f"{NAME}:{one.name}" for one in self.consumers if event.event_name in one.events]
            for event in events
        ]

    async def find(self, connection: Connection, names: Collection[str]) -> Mapping[str, Destination]:
        """What waits for a consumer that is no more is dropped."""
        publishers = [ConsumerPublisher(consumer, self.means) for consumer in self.consumers]
        return {
            one.name: Destination(
                name=one.name,
                publisher=one,
                attempts=one.consumer.attempts,
                timeout=one.consumer.timeout,
            )
            for one in publishers
            if one.name in names
        }

    async def disable(self, name: str, reason: str) -> None:
        """No consumer is ever gone."""

    async def settled(self, connection: Connection, settlements: Sequence[Settlement]) -> None:
        """Nothing is kept of it."""


@asynccontextmanager
async def opened(_database: Database[Any], options: Mapping[str, Any]) -> AsyncIterator[CrmConsumers]:
    """The destinations of ``ventros relay --publisher crm``.

    Raises ConfigurationError without the app's DSN or the keys.
    """
    keys = key_ring(options["keys"])
    if not options["app_dsn"]:
        raise ConfigurationError(
            "the publisher crm needs the app's role, as which its consumers work: --app-dsn, or "
            "VENTROS_APP_DATABASE_URL"
        )
    rules = AddressRules(allow=options["allow_networks"], http=options["allow_http"])
    settings = Settings(min_size=0, max_size=8, application_name="ventros relay crm")
    async with (
        WahaGateway(rules) as gateway,
        await Database.open(UnitOfWork, options["app_dsn"], settings) as db,
    ):
        yield CrmConsumers(Means(db=db, gateway=gateway, encryptor=keys))
