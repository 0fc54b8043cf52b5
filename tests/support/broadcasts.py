"""Broadcasts, the lists that they go to, and what is stored of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs
import psycopg

from tests.support.constants import NOW
from ventros import Database, UnitOfWork
from ventros.application.broadcasts.execute_broadcast_batch import (
    BroadcastBatch,
    ExecuteBroadcastBatch,
    execute_broadcast_batch,
)
from ventros.application.broadcasts.start_broadcast import StartBroadcast, StartedBroadcast, start_broadcast
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.values import MessageTemplate, TemplateType
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contact_lists.values import FilterOperator, FilterRule
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed

HELLO = MessageTemplate(
    type=TemplateType.TEXT, content="Hello {{name}}, {{offer}}", variables={"offer": "50 %"}
)
TAG = "reader"


def people(seed: Seed, number: int, *, phones: int = 5_511_970_000_000) -> list[Contact]:
    """New contacts by their ids, each with a phone behind ``phones`` and the tag of a dynamic list."""
    made = [
        Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
        for _ in range(number)
    ]
    return [
        contact.set_phone(f"+{phones + index}", now=NOW).add_tag(TAG, now=NOW)
        for index, contact in enumerate(sorted(made, key=lambda contact: contact.id))
    ]


def new_list(seed: Seed, *, static: bool = True) -> ContactList:
    made = ContactList.create(
        project_id=seed.project_id, tenant_id=seed.tenant, name="Readers", is_static=static, now=NOW
    )
    return made if static else made.add_filter_rule(FilterRule.tag(FilterOperator.EQ, TAG, now=NOW), now=NOW)


def new_broadcast(seed: Seed, list_id: UUID, **changes: Any) -> Broadcast:
    arguments: dict[str, Any] = {
        "tenant_id": seed.tenant,
        "name": "News",
        "list_id": list_id,
        "channel_id": seed.channel_id,
        "message_template": HELLO,
        "now": NOW,
        **changes,
    }
    return Broadcast.create(**arguments)


@attrs.frozen
class Readers:
    """A list with its contacts, and a draft for it, as they are stored."""

    contact_list: ContactList
    contacts: list[Contact]
    broadcast: Broadcast


async def store_readers(
    db: Database[UnitOfWork],
    seed: Seed,
    number: int,
    *,
    static: bool = True,
    phones: int = 5_511_970_000_000,
    **changes: Any,
) -> Readers:
    async def store(uow: UnitOfWork) -> Readers:
        contact_list = await uow.contact_lists.add(new_list(seed, static=static))
        contacts = list(await uow.add_all(*people(seed, number, phones=phones)))
        if static and contacts:
            await uow.contact_lists.add_members(contact_list.id, [one.id for one in contacts], now=NOW)
        broadcast = await uow.broadcasts.add(new_broadcast(seed, contact_list.id, **changes))
        return Readers(contact_list, contacts, broadcast)

    return await db.run(seed.tenant, store)


def starting(broadcast_id: UUID, at: datetime) -> Callable[[UnitOfWork], Awaitable[StartedBroadcast]]:
    command = StartBroadcast(broadcast_id=broadcast_id, started_at=at)
    return lambda uow: start_broadcast(uow, command)


def batch(
    broadcast_id: UUID, at: datetime, at_most: int = 25
) -> Callable[[UnitOfWork], Awaitable[BroadcastBatch]]:
    command = ExecuteBroadcastBatch(broadcast_id=broadcast_id, at_most=at_most, executed_at=at)
    return lambda uow: execute_broadcast_batch(uow, command)


def executions(superuser: psycopg.Connection, broadcast_id: UUID) -> dict[UUID, str]:
    """The status of each contact's."""
    return dict(
        superuser.execute(
            "SELECT contact_id, status FROM broadcast_executions WHERE broadcast_id = %s", [broadcast_id]
        ).fetchall()
    )


def messages_of(superuser: psycopg.Connection, broadcast_id: UUID) -> list[UUID]:
    """To which contacts the messages of the broadcast are, one for each message."""
    rows = superuser.execute(
        "SELECT contact_id FROM messages WHERE metadata->>'broadcast_id' = %s", [str(broadcast_id)]
    ).fetchall()
    return [contact_id for (contact_id,) in rows]
