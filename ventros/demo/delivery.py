"""The events of a run leave while it goes on: a relay hands them to a consumer that counts them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Self

import attrs

from ventros.kernel.connection.settings import Settings
from ventros.kernel.consumer import Receipt, consumer
from ventros.kernel.database import Database
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay.publisher import Destination, Single
from ventros.relay.relay import Relay
from ventros.unit_of_work import UnitOfWork

CONSUMER: Final = "demo"
CONCURRENCY: Final = 8


@consumer(CONSUMER, in_order=True)
async def count_event(_uow: UnitOfWork, _event: OutboxEvent) -> None:
    """Its whole effect is the mark that it leaves in the inbox."""


@attrs.define
class Delivery:
    """What became of each hand-over is counted in ``receipts``; the marks are counted in the database."""

    relay_db: Database[UnitOfWork]
    consumer_db: Database[UnitOfWork]
    receipts: Counter[Receipt] = attrs.field(factory=Counter)
    name: str = CONSUMER

    @classmethod
    @asynccontextmanager
    async def open(cls, relay_dsn: str, consumer_dsn: str) -> AsyncIterator[Self]:
        """Relay and consumer each on connections of its own role."""
        relaying = Settings(max_size=4, application_name="ventros-demo-relay")
        consuming = Settings(max_size=CONCURRENCY, application_name="ventros-demo-consumer")
        async with (
            await Database.open(UnitOfWork, relay_dsn, relaying) as relay_db,
            await Database.open(UnitOfWork, consumer_dsn, consuming) as consumer_db,
        ):
            yield cls(relay_db, consumer_db)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """A relay delivers until the block is left, and then finishes what it holds."""
        relay = self._relay()
        async with asyncio.TaskGroup() as group:
            group.create_task(relay.run())
            try:
                yield
            finally:
                relay.stop()

    async def finish(self) -> None:
        """Deliver what is left and is due; no relay is at work beside."""
        await self._relay().drain()

    async def publish(self, event: OutboxEvent) -> None:
        """As :meth:`ventros.kernel.consumer.Consumer.deliver`."""
        self.receipts[await count_event.deliver(self.consumer_db, event)] += 1

    def _relay(self) -> Relay:
        destination = Destination(name=CONSUMER, publisher=self, concurrency=CONCURRENCY)
        return Relay(self.relay_db, [Single(destination)])
