"""Hands a queued message to its platform: the call stands between two units of work, and in none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ventros.application.messages.begin_send import BeginSend, begin_send
from ventros.application.messages.gateway import (
    Gateway,
    PlatformRefused,
    PlatformUnanswered,
    PlatformUnavailable,
)
from ventros.application.messages.record_send import RecordSend, record_send
from ventros.crm.messages.sends import SendOutcome
from ventros.kernel.database import Database
from ventros.kernel.encryption import Encryptor
from ventros.kernel.errors import NotFound, VentrosError
from ventros.kernel.outbox.event import OutboxEvent
from ventros.unit_of_work import UnitOfWork

_OUTCOMES = {
    PlatformRefused: SendOutcome.REFUSED,
    PlatformUnavailable: SendOutcome.NOT_TAKEN,
    PlatformUnanswered: SendOutcome.UNANSWERED,
}


async def send_requested(
    db: Database[UnitOfWork],
    gateway: Gateway,
    event: OutboxEvent,
    *,
    encryptor: Encryptor,
    clock: Callable[[], datetime],
) -> None:
    """What ``message.send_requested`` leads to. See docs/sending.md and ADR 011.

    Returns when the message is sent, has failed, or was dealt with before. Raises PlatformUnavailable or
    PlatformUnanswered, once that is on record, so that the event comes again, and what the database raises.
    """
    tenant, cause = event.tenant_id, event.event_id
    correlation = event.correlation_id or cause
    begin = BeginSend(message_id=event.aggregate_id, encryptor=encryptor, began_at=clock())
    try:
        begun = await db.run(
            tenant, lambda uow: begin_send(uow, begin), causation_id=cause, correlation_id=correlation
        )
    except NotFound:  # deleted meanwhile
        return
    if begun is None:
        return
    failure: VentrosError | None = None
    outcome, channel_message_id = SendOutcome.SENT, None
    try:
        channel_message_id = await gateway.send(begun.outgoing)
    except (PlatformRefused, PlatformUnavailable, PlatformUnanswered) as error:
        failure, outcome = error, _OUTCOMES[type(error)]
    record = RecordSend(
        message_id=begun.message.id,
        attempt=begun.attempt,
        outcome=outcome,
        channel_message_id=channel_message_id,
        reason=None if failure is None else str(failure),
        ended_at=clock(),
    )
    await db.run(tenant, lambda uow: record_send(uow, record), causation_id=cause, correlation_id=correlation)
    if failure is not None and outcome is not SendOutcome.REFUSED:
        raise failure
