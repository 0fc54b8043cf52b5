"""Tenants with a row in every table, and what a database holds of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

import psycopg
from psycopg import sql

from tests.support.audience_world import make_world
from tests.support.constants import NOW
from tests.support.inbound_messages import GROUP, inbound, process
from tests.support.outbox_events import outbox_event
from tests.support.relaying import Recorder
from tests.support.subjects import FACTORIES
from ventros import Database, UnitOfWork, consumer
from ventros.application.messages.inbound import Party
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.values import MessageTemplate, TemplateType
from ventros.crm.contact_lists.aggregate import ContactList
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay.publisher import PublishRefused
from ventros.relay.relay import Relay
from ventros.testing.subject import LATER

BOTH = Party(phone="+5511977770000", lid="79700000000001", name="Ada")


async def use_and_lease(uow: UnitOfWork, credential_id: UUID) -> None:
    await uow.credentials.mark_used(credential_id, NOW)
    await uow.credentials.lease_refresh(credential_id, new_id(), 60)


BESIDE: dict[str, Callable[[UnitOfWork, UUID], Awaitable[object]]] = {
    "agent": lambda uow, id_: uow.agents.count_session_handled(id_, 10, NOW),
    "broadcast": lambda uow, id_: uow.connection.together([uow.broadcasts.counting(id_, sent=1)]),
    "campaign": lambda uow, id_: uow.connection.together([uow.campaigns.counting(id_, conversions=1)]),
    "credential": use_and_lease,
    "sequence": lambda uow, id_: uow.connection.together([uow.sequences.counting(id_, enrolled=1)]),
    "webhook_subscription": lambda uow, id_: uow.webhook_subscriptions.record_trigger(
        id_, success=True, at=NOW
    ),
}
"""What writes the unversioned rows of an aggregate."""


async def fill(db: Database[UnitOfWork], seed: Seed, times: int = 3) -> None:
    """Several of every aggregate, changed once; messages; and what stands beside the aggregates."""
    for factory in FACTORIES:
        for _ in range(0 if factory.resource == "project" else times):
            async with db.unit_of_work(seed.tenant, user=seed.user_id) as uow:
                refs = await factory.prepare(uow, seed)
                repository = factory.repository(uow)
                added = await repository.add(factory.new(seed, refs))
                for change in filter(None, (factory.change, factory.change_child)):
                    added = await repository.save(change(added, LATER))
                if factory.resource in BESIDE:
                    await BESIDE[factory.resource](uow, added.id)
                await uow.commit()
    await make_world(db, seed, size=12)
    for number in range(times):
        await process(db, seed, inbound(number=number), seed.tenant)
        await process(db, seed, inbound(number=f"{number}.group", group=GROUP), seed.tenant)
        await process(db, seed, inbound(number=f"{number}.lid", contact=BOTH), seed.tenant)

    async def list_somebody(uow: UnitOfWork) -> None:
        contact = Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)
        listed = ContactList.create(
            project_id=seed.project_id, tenant_id=seed.tenant, name="VIP", is_static=True, now=NOW
        )
        await uow.add_all(contact, listed)
        await uow.contact_lists.add_members(listed.id, [contact.id], now=NOW)
        news = await uow.broadcasts.add(
            Broadcast.create(
                tenant_id=seed.tenant,
                name="News",
                list_id=listed.id,
                channel_id=seed.channel_id,
                message_template=MessageTemplate(type=TemplateType.TEXT, content="Hello"),
                now=NOW,
            )
        )
        await uow.broadcasts.add_members(news.id, listed.id, now=NOW)

    async def begin_to_send(uow: UnitOfWork) -> None:
        message = (await uow.messages.page()).items[0]
        await uow.message_sends.begin((await uow.messages.hold(message.id)).id, now=NOW)

    await db.run(seed.tenant, list_somebody, command_id=new_id())
    await db.run(seed.tenant, begin_to_send)
    await accounts.deliver(db, outbox_event(tenant_id=seed.tenant))


@consumer("accounts", in_order=True)
async def accounts(_uow: UnitOfWork, _event: OutboxEvent) -> None:
    """Which event of its aggregate is next is stored all the same."""


async def leave_undelivered(relay_dsn: str) -> None:
    """Every tenant's events, which wait for a destination that refused the first of each aggregate."""

    async def refuse(_event: OutboxEvent) -> None:
        raise PublishRefused("not here")

    async with await Database.open(UnitOfWork, relay_dsn) as database:
        await Relay(database, [Recorder(hook=refuse).source()]).drain()


def tables(superuser: psycopg.Connection) -> list[tuple[str, str]]:
    """Schema and name of those with a ``tenant_id``."""
    return superuser.execute(
        "SELECT table_schema::text, table_name::text FROM information_schema.columns"
        " JOIN information_schema.tables USING (table_schema, table_name)"
        " WHERE column_name = 'tenant_id' AND table_type = 'BASE TABLE' ORDER BY 1, 2"
    ).fetchall()


def held(superuser: psycopg.Connection, tenant: str) -> dict[str, tuple[int, str | None]]:
    """By table, how many rows and a digest of them: each column, and the transaction that wrote the row."""
    found = {}
    for schema, name in tables(superuser):
        query = sql.SQL(
            "SELECT count(*), md5(string_agg(t::text || xmin, E'\\n' ORDER BY t::text))"
            ' FROM {} AS t WHERE tenant_id::text COLLATE "C" = %s'
        ).format(sql.Identifier(schema, name))
        ((rows, digest),) = superuser.execute(query, [tenant])
        found[f"{schema}.{name}"] = (rows, digest)
    return found


def rows(superuser: psycopg.Connection, tenant: str) -> dict[str, int]:
    """By table, empty ones left out."""
    return {name: number for name, (number, _digest) in held(superuser, tenant).items() if number}
