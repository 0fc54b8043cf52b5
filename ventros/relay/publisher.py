"""What the relay asks of a way out: hand over one event, or say why not."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

import attrs

from ventros.kernel.connection.connection import Connection
from ventros.kernel.errors import VentrosError
from ventros.kernel.outbox.deliveries import Settlement
from ventros.kernel.outbox.event import OutboxEvent
from ventros.kernel.validators import attribute, label, seconds, whole_number


class PublishRefused(VentrosError):
    """The destination will never take this event: it is dead at once, and stops its aggregate there."""


class DestinationGone(VentrosError):
    """The destination is there no more (HTTP 410): it is disabled, and nothing more is sent to it."""


class PublisherBroken(VentrosError):
    """The way out itself is broken for good, as a closed pipe is: the relay ends, and nothing is dead."""


class Publisher(Protocol):
    """Hands over one event at a time; several at once, but those of one aggregate one after the other."""

    @property
    def name(self) -> str:
        """As in ``ventros relay --publisher NAME``."""

    async def publish(self, event: OutboxEvent) -> None:
        """Return once the event is where it cannot be lost.

        The same event may come again: the receiver knows it by ``event_id``. Raises PublishRefused,
        DestinationGone or PublisherBroken; after any other error it is tried again. It is cancelled at the
        destination's timeout.
        """


@attrs.frozen(kw_only=True)
class Destination:
    """Where events go, each aggregate's in their order.

    ``name`` is what its deliveries are kept under: ``stdout``, ``nats``, ``webhook:<subscription id>``.
    ``concurrency`` is how many aggregates' events one relay hands over at a time, ``attempts`` after how many
    failures an event is dead, ``timeout`` the seconds that one attempt may take.
    """

    name: str = attrs.field(validator=attribute(label))
    publisher: Publisher
    concurrency: int = attrs.field(default=8, validator=attribute(whole_number, least=1, most=1000))
    attempts: int = attrs.field(default=10, validator=attribute(whole_number, least=1, most=1000))
    timeout: float = attrs.field(default=30.0, validator=seconds)


class Destinations(Protocol):
    """All that one kind of publisher serves; the reads are made in the transaction of ``connection``.

    ``name`` is that of the kind, ``stdout`` or ``webhook``: it reads the log as the consumer
    ``relay:<name>``. Its destinations are named ``<name>`` or ``<name>:<anything>``.
    """

    @property
    def name(self) -> str:
        """As in ``ventros relay --publisher NAME``; without a colon."""

    async def wanting(
        self, connection: Connection, events: Sequence[OutboxEvent]
    ) -> Sequence[Collection[str]]:
        """Of each event the names of the destinations that want it, in the order of ``events``."""

    async def find(self, connection: Connection, names: Collection[str]) -> Mapping[str, Destination]:
        """Those of ``names`` that can be served. What waits for another is dropped, for nobody wants it."""

    async def disable(self, name: str, reason: str) -> None:
        """Note that the destination is gone: ``find`` gives it no more."""

    async def settled(self, connection: Connection, settlements: Sequence[Settlement]) -> None:
        """Note what became of its deliveries, in the transaction that settles them: once for each."""


@attrs.frozen
class Single:
    """One destination that wants every event, named after its publisher."""

    destination: Destination

    @property
    def name(self) -> str:
        """The destination's own."""
        return self.destination.name

    async def wanting(
        self, connection: Connection, events: Sequence[OutboxEvent]
    ) -> Sequence[Collection[str]]:
        """This one, each time."""
        return [(self.name,)] * len(events)

    async def find(self, connection: Connection, names: Collection[str]) -> Mapping[str, Destination]:
        """This one."""
        return {self.name: self.destination}

    async def disable(self, name: str, reason: str) -> None:
        """It stays: what is gone may come back, and until then its events are tried again."""

    async def settled(self, connection: Connection, settlements: Sequence[Settlement]) -> None:
        """Nothing is kept of it."""
