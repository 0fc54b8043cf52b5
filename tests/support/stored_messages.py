"""Messages of one chat, stored."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg
from psycopg.rows import dict_row

from tests.support.constants import NOW, TENANT
from ventros import Database, UnitOfWork
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType
from ventros.demo.seed import Seed

MINUTE = timedelta(minutes=1)


@attrs.frozen(kw_only=True)
class Place:
    """What a message points to."""

    seed: Seed
    contact_id: UUID
    session_id: UUID
    other_channel_id: UUID


def new_message(place: Place, **arguments: Any) -> Message:
    defaults: dict[str, Any] = {
        "tenant_id": TENANT,
        "user_id": place.seed.user_id,
        "project_id": place.seed.project_id,
        "contact_id": place.contact_id,
        "channel_id": place.seed.channel_id,
        "content_type": ContentType.VOICE,
        "from_me": True,
        "timestamp": NOW,
    }
    return Message.create(**{**defaults, **arguments})


async def stored(db: Database[UnitOfWork], message: Message) -> Message:
    async with db.unit_of_work(TENANT) as uow:
        saved = await uow.messages.add(message)
        await uow.commit()
    return saved


async def load(db: Database[UnitOfWork], id_: UUID) -> Message:
    async with db.unit_of_work(TENANT) as uow:
        return await uow.messages.get(id_)


async def save(db: Database[UnitOfWork], message: Message) -> Message:
    async with db.unit_of_work(TENANT) as uow:
        saved = await uow.messages.save(message)
        await uow.commit()
    return saved


def events(superuser: psycopg.Connection, message: Message) -> list[dict[str, Any]]:
    """The message's, in the order of the outbox."""
    query = "SELECT * FROM outbox_events WHERE aggregate_id = %s ORDER BY position"
    return superuser.cursor(row_factory=dict_row).execute(query, [message.id]).fetchall()


def names(superuser: psycopg.Connection, message: Message) -> list[str]:
    return [event["event_name"] for event in events(superuser, message)]
