"""A destination that is a consumer: effect and mark in one transaction, so that a second delivery has none.

For ``ventros relay --publisher tests.support.counting:opened`` too, with the app's DSN in COUNTING_DSN.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import attrs
import psycopg

from tests.support.relaying import Hook, happened
from ventros import Database, UnitOfWork
from ventros.kernel.connection.connection import Connection
from ventros.kernel.ids import new_id
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay.publisher import Destination, Single

EFFECTS = """
SELECT count(*) FILTER (WHERE event_name = 'thing.changed'),
       count(*) FILTER (WHERE event_name = 'thing.counted'),
       count(DISTINCT causation_id) FILTER (WHERE event_name = 'thing.counted')
  FROM outbox_events
"""


@attrs.define
class Counting:
    """The effect of an event is another one, caused by it. ``hook`` is awaited before it is committed."""

    db: Database[UnitOfWork]
    name: str = "counting"
    hook: Hook | None = None
    handed: int = 0

    async def publish(self, event: OutboxEvent) -> None:
        self.handed += 1
        async with self.db.unit_of_work(event.tenant_id, causation_id=event.event_id) as uow:
            if not await uow.first_time("counting", event.event_id):
                return
            uow.record([attrs.evolve(happened(new_id(), 1), event_name="thing.counted")])
            if self.hook is not None:
                await self.hook(event)
            await uow.commit()


class OnlyChanges(Single):
    """Not the effects, which would have effects of their own."""

    async def wanting(
        self, connection: Connection, events: Sequence[OutboxEvent]
    ) -> Sequence[Collection[str]]:
        return [(self.name,) if event.event_name == "thing.changed" else () for event in events]


def source(counting: Counting, *, timeout: float = 0.5) -> Single:
    return OnlyChanges(
        Destination(name=counting.name, publisher=counting, attempts=1000, timeout=timeout, concurrency=4)
    )


@asynccontextmanager
async def opened(_database: Database[Any], _options: Mapping[str, Any]) -> AsyncIterator[Single]:
    async with await Database.open(UnitOfWork, os.environ["COUNTING_DSN"]) as db:
        yield source(Counting(db))


def effects(superuser: psycopg.Connection) -> tuple[int, int, int]:
    """Events, effects, and of how many events there is an effect."""
    row = superuser.execute(EFFECTS).fetchone()
    assert row is not None
    events, all_, distinct = row
    return events, all_, distinct
