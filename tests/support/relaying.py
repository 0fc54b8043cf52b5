"""Events of made-up aggregates, written by units of work, and a destination that notes what it is handed."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

import attrs

from tests.support.constants import NOW, TENANT
from ventros import Database, UnitOfWork
from ventros.kernel.events import Envelope
from ventros.kernel.ids import new_id
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay.publisher import Destination, Single

Hook = Callable[[OutboxEvent], Awaitable[None]]


def happened(aggregate: UUID, version: int, name: str = "thing.changed") -> Envelope:
    return Envelope(
        event_id=new_id(),
        event_name=name,
        event_version="v1",
        occurred_at=NOW,
        aggregate_type="thing",
        aggregate_id=aggregate,
        aggregate_version=version,
        sequence=1,
        payload={"version": version},
    )


async def write(
    db: Database[UnitOfWork],
    aggregates: Sequence[UUID],
    versions: int,
    *,
    first: int = 1,
    tenant: str = TENANT,
) -> None:
    """So many versions of each aggregate, one unit of work to a version, four aggregates at a time."""
    gate = asyncio.Semaphore(4)

    async def one(aggregate: UUID) -> None:
        async with gate:
            for version in range(first, first + versions):
                async with db.unit_of_work(tenant) as uow:
                    uow.record([happened(aggregate, version)])
                    await uow.commit()

    await asyncio.gather(*map(one, aggregates))


async def until(is_so: Callable[[], bool]) -> None:
    """Look again and again; whoever waits has a bound."""
    while not is_so():  # noqa: ASYNC110 - it may be a row that is waited for
        await asyncio.sleep(0.01)


@attrs.define
class Recorder:
    """A publisher. ``hook`` is awaited before an event is noted."""

    name: str = "recorder"
    hook: Hook | None = None
    events: list[OutboxEvent] = attrs.field(factory=list)

    async def publish(self, event: OutboxEvent) -> None:
        if self.hook is not None:
            await self.hook(event)
        self.events.append(event)

    def source(self, *, concurrency: int = 8, attempts: int = 10, timeout: float = 5.0) -> Single:
        return Single(
            Destination(
                name=self.name, publisher=self, concurrency=concurrency, attempts=attempts, timeout=timeout
            )
        )

    @property
    def duplicates(self) -> int:
        return sum(count - 1 for count in Counter(event.event_id for event in self.events).values())

    @property
    def reorders(self) -> int:
        """Events of an aggregate that came before one with a smaller version; duplicates left out."""
        seen: dict[UUID, list[int]] = defaultdict(list)
        for event in self.events:
            version = event.aggregate_version or 0
            if version not in seen[event.aggregate_id]:
                seen[event.aggregate_id].append(version)
        return sum(
            later < earlier for versions in seen.values() for earlier, later in itertools.pairwise(versions)
        )

    @property
    def versions(self) -> set[tuple[UUID, int]]:
        return {(event.aggregate_id, event.aggregate_version or 0) for event in self.events}


async def dawdle(_event: OutboxEvent) -> None:
    """As the network does: mostly quick, seldom not."""
    await asyncio.sleep(random.choice((0, 0, 0, 0, 0.001, 0.002, 0.01)))
