"""Inbound messages, references to them, and what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from ventros import Database, UnitOfWork
from ventros.application.messages import process_inbound_message as use_case
from ventros.application.messages.find_inbound import Inbound, find_inbound
from ventros.application.messages.inbound import GroupChat, MessageRef, Party
from ventros.application.messages.process_inbound_message import (
    Duplicate,
    InboundMessage,
    StoredMessage,
    process_inbound_message,
)
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType
from ventros.crm.sessions.aggregate import Session
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id

PHONE = "+5511999990000"
ADA = Party(phone=PHONE, name="Ada")
NAMELESS = Party(phone=PHONE)
EVE = Party(phone="+5511988880000", name="Eve")
GROUP = GroupChat(external_id="120363000000000001@g.us", subject="Rowing")
MINUTE = timedelta(minutes=1)


def inbound(**changes: Any) -> InboundMessage:
    """A text of Ada's, the first if no ``number`` is given."""
    number = changes.pop("number", 1)
    command = InboundMessage(
        channel_message_id=f"wamid.{number}",
        contact=ADA,
        content_type=ContentType.TEXT,
        text="hello",
        received_at=NOW,
        event_id=new_id(),
    )
    return attrs.evolve(command, **changes)


def named(command: InboundMessage, **changes: Any) -> MessageRef:
    """The reference that names the message of ``command``."""
    reference = MessageRef(
        channel_message_id=command.channel_message_id,
        contact=command.contact,
        group=command.group,
        from_me=command.from_me,
    )
    return attrs.evolve(reference, **changes)


async def process(
    db: Database[UnitOfWork], seed: Seed, command: InboundMessage, tenant: str = TENANT
) -> StoredMessage | Duplicate:
    return await db.run(tenant, lambda uow: process_inbound_message(uow, seed.channel_id, command))


async def store(db: Database[UnitOfWork], seed: Seed, command: InboundMessage) -> StoredMessage:
    result = await process(db, seed, command)
    assert isinstance(result, StoredMessage)
    return result


async def look(db: Database[UnitOfWork], ids: StoredMessage) -> tuple[Contact, Session, Message]:
    """For a message of a one-to-one chat."""
    assert ids.session_id is not None
    async with db.unit_of_work(TENANT) as uow:
        return (
            await uow.contacts.get(ids.contact_id),
            await uow.sessions.get(ids.session_id),
            await uow.messages.get(ids.message_id),
        )


async def message_of(db: Database[UnitOfWork], ids: StoredMessage) -> Message:
    async with db.unit_of_work(TENANT) as uow:
        return await uow.messages.get(ids.message_id)


def last_event(superuser: psycopg.Connection) -> tuple[str, dict[str, Any]]:
    """Name and payload."""
    row = superuser.execute(
        "SELECT event_name, payload FROM outbox_events ORDER BY position DESC LIMIT 1"
    ).fetchone()
    assert row is not None
    return row


def wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch, racers: int, found_nothing: Callable[[Inbound], bool]
) -> None:
    """The first messages have all looked before any is stored, so that none finds what others make."""
    all_looked = asyncio.Barrier(racers)
    still_to_look = iter(range(racers))

    async def find(*args: Any, **named: Any) -> Inbound | None:
        found = await find_inbound(*args, **named)
        if next(still_to_look, None) is not None:
            assert found is not None
            assert found_nothing(found)
            await all_looked.wait()
        return found

    monkeypatch.setattr(use_case, "find_inbound", find)
