"""Which of its own events the CRM acts upon, and how: ``ventros relay --publisher crm`` hands them over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import attrs

from ventros.application.broadcasts.record_broadcast_outcome import (
    RecordBroadcastOutcome,
    record_broadcast_outcome,
)
from ventros.application.contacts.record_reply import RecordReply, record_reply
from ventros.application.messages.gateway import Gateway
from ventros.application.messages.sending import send_requested
from ventros.application.projects import suspensions
from ventros.kernel import validators
from ventros.kernel.consumer import Consumer, consumer
from ventros.kernel.database import Database
from ventros.kernel.encryption import Encryptor
from ventros.kernel.errors import ValidationError
from ventros.kernel.outbox.event import OutboxEvent
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class Means:
    """What consumers work with. ``db`` is opened for the application's role."""

    db: Database[UnitOfWork]
    gateway: Gateway
    encryptor: Encryptor
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


@attrs.frozen(kw_only=True)
class CrmConsumer:
    """``events`` are the names of those that it wants, and is handed at least once, in no order.

    Whatever ``handle`` raises is tried again, up to ``attempts`` times, and not before ``timeout`` seconds
    have cancelled an attempt; then the event is dead, and an operator decides.
    """

    name: str = attrs.field(validator=validators.attribute(validators.label))
    events: frozenset[str]
    handle: Callable[[Means, OutboxEvent], Awaitable[object]]
    attempts: int = 10
    timeout: float = 30.0


def in_unit(consumer: Consumer[UnitOfWork], *events: str) -> CrmConsumer:
    """One that works in a unit of work alone: each event has its effect once.

    Raises ValidationError for one that asks for order, since it would have to be given all events.
    """
    if consumer.in_order:
        raise ValidationError(f"consumer {consumer.name} asks for order, and gets some events only")

    async def handle(means: Means, event: OutboxEvent) -> object:
        return await consumer.deliver(means.db, event)

    return CrmConsumer(name=consumer.name, events=frozenset(events), handle=handle)


@consumer("record_reply")
async def reply_recorded(uow: UnitOfWork, event: OutboxEvent) -> None:
    """A message of the contact, be it in a group, is an answer; what we wrote is none."""
    if not event.payload["from_me"]:
        contact_id = UUID(event.payload["contact_id"])
        await record_reply(uow, RecordReply(contact_id=contact_id, replied_at=event.occurred_at))


@consumer("record_broadcast_outcome")
async def broadcast_outcome_recorded(uow: UnitOfWork, event: OutboxEvent) -> None:
    """A message that was delivered or read was sent, though nobody told of that."""
    error = None
    if event.event_name == "message.failed":
        error = event.payload["failure_reason"] or "the platform gave no reason"
    await record_broadcast_outcome(
        uow,
        RecordBroadcastOutcome(message_id=event.aggregate_id, error=error, settled_at=event.occurred_at),
    )


CONSUMERS: Final = (
    CrmConsumer(
        name="send_message",
        events=frozenset({"message.send_requested"}),
        handle=lambda means, event: send_requested(
            means.db, means.gateway, event, encryptor=means.encryptor, clock=means.clock
        ),
        attempts=50,
        timeout=60.0,
    ),
    CrmConsumer(
        name="stop_projects",
        events=suspensions.EVENTS,
        handle=lambda means, event: suspensions.stop_projects(means.db, event),
    ),
    in_unit(reply_recorded, "message.created"),
    in_unit(
        broadcast_outcome_recorded,
        "message.sent",
        "message.delivered",
        "message.read",
        "message.played",
        "message.failed",
    ),
)
"""Each is a destination of its own, ``crm:<name>``."""
