"""A handler of events that takes effect once for each, and in their order where it asks for that."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Generic, TypeVar

import attrs

from ventros.kernel.database import Database
from ventros.kernel.errors import UnitOfWorkError
from ventros.kernel.outbox import inbox, order
from ventros.kernel.outbox.event import OutboxEvent
from ventros.kernel.outcome import Outcome
from ventros.kernel.retry import Retry
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.kernel.validators import attribute, boolean, function, instance_of, named_for

U = TypeVar("U", bound=UnitOfWork)


class Receipt(StrEnum):
    """What became of a delivery."""

    HANDLED = "handled"
    KNOWN = "known"
    """The event was dealt with before; nothing was done."""
    LATE = "late"
    """Its consumer has gone on past the event's place in its aggregate; nothing was done."""


@attrs.frozen(kw_only=True)
class Consumer(Generic[U]):
    """As :func:`consumer` makes it. Called, it is the handler itself, for a unit that the caller has."""

    name: str = attrs.field(validator=attribute(inbox.require_consumer))
    handler: Callable[[U, OutboxEvent], Awaitable[None]] = attrs.field(validator=attribute(function))
    in_order: bool = attrs.field(default=False, validator=boolean)
    joins_late: bool = attrs.field(default=False, validator=boolean)
    retry: Retry = attrs.field(factory=Retry, validator=attrs.validators.instance_of(Retry))

    def __call__(self, uow: U, event: OutboxEvent) -> Awaitable[None]:
        """Without the mark that the event was dealt with."""
        return self.handler(uow, event)

    async def deliver(self, db: Database[U], event: OutboxEvent, *, past_gap: bool = False) -> Receipt:
        """Deal with the event in a unit of its tenant or user, which stores mark and effect, or neither.

        Conflicts are tried again as ``retry`` says, among them EventGap: so a missing event is waited for,
        and then told. ``past_gap`` passes over it; should it come after all, it is LATE. The events that the
        handler leads to have this one as their cause, and its correlation id, or its own id if it has none.
        Raises what the handler does; UnitOfWorkError when it rolled back, for that takes the mark along.
        """
        instance_of(OutboxEvent, event, "event")

        async def once(uow: U) -> Receipt:
            receipt = await self._receive(uow, event, past_gap=past_gap)
            if receipt is not Receipt.HANDLED:
                await uow.rollback()
                return receipt
            await self.handler(uow, event)
            if uow.outcome is Outcome.ROLLED_BACK:
                raise UnitOfWorkError(
                    f"the handler of consumer {self.name} rolled its unit back, and with it the mark "
                    "that the event was dealt with: return, when there is nothing to store"
                )
            return receipt

        correlation_id = event.correlation_id or event.event_id
        tenant, user = named_for(event.tenant_id)
        return await db.run(
            tenant,
            once,
            user=user,
            retry=self.retry,
            correlation_id=correlation_id,
            causation_id=event.event_id,
        )

    async def _receive(self, uow: U, event: OutboxEvent, *, past_gap: bool) -> Receipt:
        if not await uow.first_time(self.name, event.event_id):
            return Receipt.KNOWN
        if self.in_order and not await order.take_turn(
            uow.connection, self.name, event, joins_late=self.joins_late, past_gap=past_gap
        ):
            return Receipt.LATE
        return Receipt.HANDLED

    def publisher(self, db: Database[U]) -> ConsumerPublisher[U]:
        """What a relay hands its events to, for a consumer in its own process."""
        return ConsumerPublisher(self, db)


@attrs.frozen
class ConsumerPublisher(Generic[U]):
    """A consumer with the database that it works on."""

    consumer: Consumer[U]
    db: Database[U]

    @property
    def name(self) -> str:
        """The consumer's."""
        return self.consumer.name

    async def publish(self, event: OutboxEvent) -> None:
        """As :meth:`Consumer.deliver`; an event that is known or late is as good as handled."""
        await self.consumer.deliver(self.db, event)


def consumer(
    name: str, *, in_order: bool = False, joins_late: bool = False, retry: Retry | None = None
) -> Callable[[Callable[[U, OutboxEvent], Awaitable[None]]], Consumer[U]]:
    """Make a consumer of ``async def handler(uow, event)``; ``await handler.deliver(db, event)``.

    ``name`` is what its marks are stored under, 1 to 100 characters of ``[A-Za-z0-9_.:@-]``. ``in_order``:
    the events of each aggregate one after the other, from the first on; it must be given all of them.
    One that ``joins_late`` begins with the event of each aggregate that it is given first. ``retry`` says how
    often and how long a conflict is tried again, and a missing event waited for.
    """

    def decorate(handler: Callable[[U, OutboxEvent], Awaitable[None]]) -> Consumer[U]:
        return Consumer(
            name=name, handler=handler, in_order=in_order, joins_late=joins_late, retry=retry or Retry()
        )

    return decorate
