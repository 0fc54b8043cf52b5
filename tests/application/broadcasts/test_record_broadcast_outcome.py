"""What the platform answered for a message is counted by its broadcast, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
import pytest

from tests.support.broadcasts import Readers, batch, executions, starting
from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.outbox_events import outbox_event
from ventros import Database, UnitOfWork, ValidationError
from ventros.application.broadcasts.record_broadcast_outcome import (
    RecordBroadcastOutcome,
    record_broadcast_outcome,
)
from ventros.application.consumers import CONSUMERS, broadcast_outcome_recorded
from ventros.automation.broadcasts.repository import BroadcastRepository
from ventros.automation.broadcasts.values import BroadcastExecution
from ventros.kernel.consumer import Receipt
from ventros.kernel.ids import new_id

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
async def message_ids(db: Database[UnitOfWork], readers: Readers) -> tuple[UUID, ...]:
    await db.run(TENANT, starting(readers.broadcast.id, NOW))
    return (await db.run(TENANT, batch(readers.broadcast.id, NOW, at_most=2))).message_ids


async def record(
    db: Database[UnitOfWork], message_id: UUID, error: str | None = None, tenant: str = TENANT
) -> UUID | None:
    command = RecordBroadcastOutcome(message_id=message_id, error=error, settled_at=LATER)
    return await db.run(tenant, lambda uow: record_broadcast_outcome(uow, command))


async def first(db: Database[UnitOfWork], readers: Readers) -> BroadcastExecution:
    async with db.unit_of_work(TENANT) as uow:
        return (await uow.broadcasts.executions(readers.broadcast.id, limit=1))[0]


async def counted(db: Database[UnitOfWork], readers: Readers) -> tuple[int, ...]:
    async with db.unit_of_work(TENANT) as uow:
        return attrs.astuple(await uow.broadcasts.counters(readers.broadcast.id))


async def test_a_message_that_was_sent(
    db: Database[UnitOfWork], readers: Readers, message_ids: tuple[UUID, ...]
) -> None:
    assert await record(db, message_ids[0]) == readers.broadcast.id
    execution = await first(db, readers)
    assert (execution.status, execution.sent_at, execution.error) == ("sent", LATER, None)
    assert await counted(db, readers) == (5, 1, 0, 0)


async def test_a_message_that_failed(
    db: Database[UnitOfWork], readers: Readers, message_ids: tuple[UUID, ...]
) -> None:
    assert await record(db, message_ids[0], "no such number") == readers.broadcast.id
    execution = await first(db, readers)
    assert (execution.status, execution.sent_at, execution.error) == ("failed", None, "no such number")
    assert await counted(db, readers) == (5, 0, 1, 0)


async def told_twice(db: Database[UnitOfWork], message_id: UUID) -> UUID | None:
    await record(db, message_id)
    return await record(db, message_id, "too late")


async def test_the_first_outcome_stands(
    db: Database[UnitOfWork], readers: Readers, message_ids: tuple[UUID, ...]
) -> None:
    assert await told_twice(db, message_ids[0]) is None
    assert (await first(db, readers)).status == "sent"
    assert await counted(db, readers) == (5, 1, 0, 0)


@pytest.mark.spoiled
async def test_control_without_the_guard_it_is_counted_twice(
    db: Database[UnitOfWork],
    readers: Readers,
    message_ids: tuple[UUID, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settle = BroadcastRepository.SETTLE
    careless = attrs.evolve(settle, text=settle.text.replace(" AND status = 'sending'", ""))
    assert careless.text != settle.text
    monkeypatch.setattr(BroadcastRepository, "SETTLE", careless)
    assert await told_twice(db, message_ids[0]) == readers.broadcast.id
    assert await counted(db, readers) == (5, 1, 1, 0)


async def test_other_messages_are_nobodys(
    db: Database[UnitOfWork], readers: Readers, message_ids: tuple[UUID, ...], superuser: psycopg.Connection
) -> None:
    assert await record(db, new_id()) is None
    assert await record(db, message_ids[0], tenant=OTHER_TENANT) is None
    assert sorted(executions(superuser, readers.broadcast.id).values()) == ["pending"] * 3 + ["sending"] * 2


@pytest.mark.parametrize(
    ("name", "payload", "status", "error"),
    [
        ("message.sent", {}, "sent", None),
        ("message.delivered", {}, "sent", None),
        ("message.read", {}, "sent", None),
        ("message.played", {}, "sent", None),
        ("message.failed", {"failure_reason": "no such number"}, "failed", "no such number"),
        ("message.failed", {"failure_reason": None}, "failed", "the platform gave no reason"),
    ],
)
async def test_the_message_tells_of_it(
    db: Database[UnitOfWork],
    readers: Readers,
    message_ids: tuple[UUID, ...],
    name: str,
    payload: dict[str, Any],
    status: str,
    error: str | None,
) -> None:
    (registered,) = [one for one in CONSUMERS if one.name == broadcast_outcome_recorded.name]
    assert name in registered.events
    event = outbox_event(
        event_name=name,
        aggregate_type="message",
        aggregate_id=message_ids[0],
        occurred_at=LATER,
        payload=payload,
        tenant_id=TENANT,
    )
    assert await broadcast_outcome_recorded.deliver(db, event) is Receipt.HANDLED
    assert await broadcast_outcome_recorded.deliver(db, event) is Receipt.KNOWN
    execution = await first(db, readers)
    assert (execution.status, execution.error, execution.updated_at) == (status, error, LATER)
    assert await counted(db, readers) == (5, int(error is None), int(error is not None), 0)


def test_an_error_says_something() -> None:
    with pytest.raises(ValidationError) as raised:
        RecordBroadcastOutcome(message_id=new_id(), error="", settled_at=NOW)
    assert raised.value.field == "error"
