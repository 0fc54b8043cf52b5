"""Takes events from the log to their destinations: reads, claims what is due, hands over, settles.

Any number of relays may serve the same destinations. One at a time reads the log for a kind of destination;
each queue is claimed by one. What a relay holds when it dies is claimed by another when the lease is over.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import attrs

from ventros.kernel.database import Database
from ventros.kernel.errors import (
    Conflict,
    DatabaseError,
    InsufficientPrivilege,
    TenancyViolation,
    ValidationError,
)
from ventros.kernel.outbox import consumers, deliveries, log
from ventros.kernel.outbox.deliveries import Claimed, Settlement
from ventros.kernel.retry import Retry
from ventros.kernel.validators import attribute, boolean, seconds, whole_number
from ventros.kernel.waking import listen
from ventros.relay.handing_over import dropped, hand_over, lease
from ventros.relay.publisher import Destination, Destinations, PublisherBroken
from ventros.relay.state import State

T = TypeVar("T")
_logger = logging.getLogger("ventros.relay")
_SOON = 0.005
"""Seconds to the next look after one that found something."""
_RECOVERY = Retry(base=0.05, cap=5.0)
"""While the database is away."""
_AHEAD = 4
"""Queues of a destination that are held, to each that is handed over: claims and settlements are of many."""
_GRACE = 10.0
"""Seconds that a relay which was stopped waits for a database that is away; what it holds is then left."""


def _kind(destination: str) -> str:
    return destination.partition(":")[0]


def consumer_of(source: Destinations) -> str:
    """The name by which the relay reads the log for it."""
    return f"relay:{source.name}"


@attrs.frozen(kw_only=True)
class RelayOptions:
    """``batch`` is how many events are read of the log at a time, and how many queues are held at most.

    Of each queue ``most`` events are held at most, so ``batch * most`` in all. ``poll`` seconds go by at most
    before the next look; with ``notify`` the NOTIFY of a service wakes it before.
    """

    batch: int = attrs.field(default=500, validator=attribute(whole_number, least=1, most=100_000))
    most: int = attrs.field(default=20, validator=attribute(whole_number, least=1, most=10_000))
    poll: float = attrs.field(default=0.25, validator=seconds)
    notify: bool = attrs.field(default=False, validator=boolean)


class Relay:
    """Serves the destinations of ``sources`` on a database, which is opened for the relay's role.

    :meth:`run` ends when :meth:`stop` was called and what was held is settled; :meth:`drain` when nothing is
    left that can be delivered now. :meth:`wake` may be called when events were committed: then they leave at
    once, and not with the next look. ``state`` tells what was done.
    """

    def __init__(
        self,
        database: Database[Any],
        sources: Sequence[Destinations],
        options: RelayOptions | None = None,
    ) -> None:
        self.state = State()
        self._database = database
        self._sources = {source.name: source for source in sources}
        if len(self._sources) != len(sources) or not sources:
            raise ValidationError("each kind of destination once, and at least one", field="sources")
        self._options = options or RelayOptions()
        self._written = {name: asyncio.Event() for name in self._sources}
        self._work, self._settled, self._stopping = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._ends: list[Settlement] = []
        self._busy: dict[str, int] = {}
        self._turns: dict[str, asyncio.Semaphore] = {}
        self._handing: set[asyncio.Task[None]] = set()
        self._broken: PublisherBroken | None = None

    def wake(self) -> None:
        """Look at the log now."""
        for event in self._written.values():
            event.set()

    def stop(self) -> None:
        """Claim no more; what is being handed over is finished, the rest that is held given back."""
        self._stopping.set()
        self.wake()
        self._work.set()

    async def run(self) -> None:
        """Until stopped, whatever the database does meanwhile.

        Raises PositionOfAnotherCluster, InsufficientPrivilege, PublisherBroken and what else no waiting would
        mend.
        """
        await self._persistently(self._register)
        try:
            async with asyncio.TaskGroup() as group:
                for name, source in self._sources.items():
                    group.create_task(self._keep(self._written[name], partial(self.fan_out, source)))
                claiming = group.create_task(self._keep(self._work, self.claim))
                claiming.add_done_callback(lambda _: self._settled.set())
                group.create_task(self._settle_until_done(claiming))
                if self._options.notify:
                    listening = group.create_task(
                        self._persistently(partial(listen, self._database, self.wake))
                    )
                    claiming.add_done_callback(lambda _: listening.cancel())
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        finally:
            await self._abandon()
        if self._broken is not None:
            raise self._broken

    async def drain(self) -> None:
        """Deliver what is there, and return when nothing is due any more."""
        await self._register()
        try:
            while True:
                read = sum([await self.fan_out(source) for source in self._sources.values()])
                claimed = await self.claim()
                if self._handing:
                    await asyncio.wait(self._handing)
                await self.settle()
                if not (read or claimed) or self._stopping.is_set():
                    break
        finally:
            await self._abandon()
        if self._broken is not None:
            raise self._broken

    async def fan_out(self, source: Destinations) -> int:
        """Read the log once for ``source``, and store what is to be delivered; how many events there were.

        0 too while another relay is doing it.
        """
        name = consumer_of(source)
        async with self._database.across_tenants() as connection:
            position = await consumers.take(connection, name)
            if position is None:
                return 0
            events = await log.read_after(connection, position, self._options.batch, payloads=False)
            if not events:
                return 0
            wanted = await source.wanting(connection, events)
            pairs = [
                (event, destination)
                for event, destinations in zip(events, wanted, strict=True)
                for destination in destinations
            ]
            await deliveries.add(connection, pairs)
            await consumers.move(connection, name, events[-1].position)
        self.state.counts.read += len(events)
        self.state.counts.queued += len(pairs)
        if pairs:
            self._work.set()
        return len(events)

    async def claim(self) -> int:
        """Claim what is due and there is room for, and begin to hand it over; how many queues."""
        room = self._options.batch - self.state.held
        if room <= 0:
            return 0
        found: dict[str, tuple[Destinations, Destination | None]] = {}
        began = monotonic()
        async with self._database.across_tenants() as connection:
            for source in self._sources.values():
                if names := await deliveries.due(connection, source.name):
                    served = await source.find(connection, names)
                    found |= {name: (source, served.get(name)) for name in names}
            wanted = self._room(found, room)
            claimed = await deliveries.claim(connection, wanted, most=self._options.most) if wanted else []
        self.state.counts.claimed += len(claimed)
        self.state.held += len(claimed)
        for one in claimed:
            source, destination = found[one.queue.destination]
            self._busy[one.queue.destination] = self._busy.get(one.queue.destination, 0) + 1
            if destination is None:
                self.state.counts.dropped += 1
                self._end(dropped(one))
            else:
                self._begin(one, source, destination, began + lease(destination))
        return len(claimed)

    def _room(
        self, found: dict[str, tuple[Destinations, Destination | None]], room: int
    ) -> dict[str, tuple[int, float]]:
        """Of each destination how many queues may be claimed, and for how long; the idlest first."""
        wanted: dict[str, tuple[int, float]] = {}
        for name in sorted(found, key=lambda name: self._busy.get(name, 0)):
            destination = found[name][1]
            most = _AHEAD * destination.concurrency if destination else 100
            free = min(room, most - self._busy.get(name, 0))
            if free > 0:
                wanted[name] = (free, lease(destination) if destination else 60.0)
                room -= free
        return wanted

    def _begin(self, claimed: Claimed, source: Destinations, destination: Destination, until: float) -> None:
        turns = self._turns.setdefault(destination.name, asyncio.Semaphore(destination.concurrency))

        async def work() -> None:
            async with turns:
                settlement = await hand_over(
                    claimed,
                    destination,
                    until=until,
                    stopping=self._stopping.is_set,
                    disable=partial(source.disable, destination.name),
                    broken=self._break,
                    counts=self.state.counts,
                )
            self._end(settlement)

        task = asyncio.create_task(work())
        self._handing.add(task)
        task.add_done_callback(self._handing.discard)

    def _break(self, error: PublisherBroken) -> None:
        """Raise it in the end, once all that is held was given back."""
        self._broken = self._broken or error
        self.stop()

    def _end(self, settlement: Settlement) -> None:
        self._ends.append(settlement)
        self._settled.set()

    async def settle(self) -> int:
        """Say what became of all that was handed over since the last time; of how many queues."""
        ends, self._ends = self._ends, []
        if not ends:
            return 0
        try:
            async with self._database.across_tenants() as connection:
                heard = await deliveries.settle(connection, ends)
                for source in self._sources.values():
                    of_source = [one for one in heard if _kind(one.queue.destination) == source.name]
                    if of_source:
                        await source.settled(connection, of_source)
        except BaseException:
            self._ends = ends + self._ends  # said again: what was said already is then late
            raise
        self.state.counts.late += len(ends) - len(heard)
        self.state.held -= len(ends)
        for one in ends:
            self._busy[one.queue.destination] -= 1
            if not self._busy[one.queue.destination]:
                del self._busy[one.queue.destination]
                self._turns.pop(one.queue.destination, None)
        self._work.set()
        return len(ends)

    async def _register(self) -> None:
        async with self._database.across_tenants() as connection:
            for source in self._sources.values():
                await consumers.register(connection, consumer_of(source))

    async def _keep(self, event: asyncio.Event, step: Callable[[], Awaitable[int]]) -> None:
        """Do ``step`` again: at once while it finds something, else when ``event`` is set or it is time."""
        pause = self._options.poll
        while not self._stopping.is_set():
            event.clear()
            if await self._persistently(step):
                pause = _SOON
                continue
            await self._wait(event, pause)
            pause = min(self._options.poll, pause * 2)

    async def _settle_until_done(self, claiming: asyncio.Task[None]) -> None:
        """Until nothing more is claimed, and all that was is settled."""
        while not claiming.done() or self._handing or self._ends:
            self._settled.clear()
            if not await self._persistently(self.settle):
                await self._wait(self._settled, 0.5)

    async def _wait(self, event: asyncio.Event, longest: float) -> None:
        try:
            async with asyncio.timeout(longest):
                await event.wait()
        except TimeoutError:
            return

    async def _persistently(self, step: Callable[[], Awaitable[T]]) -> T:
        """Its result, as soon as the database does it."""
        attempt = 0
        while True:
            try:
                result = await step()
            except (InsufficientPrivilege, TenancyViolation):
                raise
            except (DatabaseError, Conflict) as error:
                attempt += 1
                self.state.failed(error)
                if self._stopping.is_set() and self.state.failing_for > _GRACE:
                    raise
                _logger.warning("the database failed, attempt %d: %s", attempt, error)
            else:
                self.state.answered()
                return result
            await asyncio.sleep(_RECOVERY.pause(attempt))

    async def _abandon(self) -> None:
        """What is still being handed over is left to whoever claims it after the lease."""
        for task in self._handing:
            task.cancel()
        await asyncio.gather(*self._handing, return_exceptions=True)
