"""Piccolo's ORM over its own pool."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from piccolo import columns
from piccolo.columns import Array, Integer, SmallInt, Text, Timestamptz
from piccolo.engine.postgres import PostgresEngine
from piccolo.table import Table

from bench.arms.arm import Arm, StaleAggregate, event_row, now, renamed
from bench.server import TENANT


class Contact(Table, tablename="contacts"):
    tenant_id = Text()
    id = columns.UUID(primary_key=True)
    version = Integer()
    project_id = columns.UUID()
    name = Text()
    email = Text(null=True)
    phone = Text(null=True)
    external_id = Text(null=True)
    source_channel = Text(null=True)
    language = Text()
    timezone = Text(null=True)
    tags = Array(base_column=Text())
    profile_picture_url = Text(null=True)
    profile_picture_fetched_at = Timestamptz(null=True)
    first_interaction_at = Timestamptz(null=True)
    last_interaction_at = Timestamptz(null=True)
    created_at = Timestamptz()
    updated_at = Timestamptz()
    deleted_at = Timestamptz(null=True)
    merged_into = columns.UUID(null=True)


class OutboxEvent(Table, tablename="outbox_events"):
    tenant_id = Text()
    event_id = columns.UUID(primary_key=True)
    event_name = Text()
    event_version = Text()
    occurred_at = Timestamptz()
    aggregate_type = Text()
    aggregate_id = columns.UUID()
    aggregate_version = Integer(null=True)
    sequence = SmallInt()
    payload = columns.JSONB()


class Piccolo(Arm):
    name = "piccolo"
    title = "Piccolo"
    notes = (
        (
            "Piccolo has no optimistic locking and no composite primary keys: id is declared as the key, "
            "tenant and version stand in each WHERE by hand, and UPDATE ... RETURNING tells whether a row "
            "was touched."
        ),
    )

    async def open(self) -> None:
        self.engine = PostgresEngine(config={"dsn": self.dsn}, extensions=())
        Contact._meta.db = OutboxEvent._meta.db = self.engine
        await self.engine.start_connection_pool(min_size=self.size, max_size=self.size)

    async def close(self) -> None:
        await self.engine.close_connection_pool()

    async def fetch(self, id_: UUID) -> Contact:
        await Contact.raw("SELECT set_config('app.tenant_id', {}, true)", TENANT)
        contact = (
            await Contact.objects()
            .where(Contact.tenant_id == TENANT, Contact.id == id_, Contact.deleted_at.is_null())
            .first()
        )
        if contact is None:
            raise LookupError(id_)
        return contact

    async def load(self, id: UUID) -> Contact:  # noqa: A002 - the field's name everywhere
        async with self.engine.transaction():
            contact = await self.fetch(id)
        return contact  # noqa: RET504 - mypy takes the block for one that swallows errors

    async def get(self, worker: int) -> None:
        async with self.engine.transaction():
            await self.fetch(self.keys[worker].draw())

    async def save(self, worker: int) -> None:
        contact = self.held[self.keys[worker].next_held()]
        async with self.engine.transaction():
            await Contact.raw("SELECT set_config('app.tenant_id', {}, true)", TENANT)
            await self.rename(contact)
        contact.version += 1

    async def unit_of_work(self, worker: int) -> None:
        async with self.engine.transaction():
            await self.rename(await self.fetch(self.keys[worker].draw()))

    async def rename(self, contact: Any) -> None:
        name, at = self.new_name(), now()
        changed: Any = {Contact.name: name, Contact.updated_at: at, Contact.version: Contact.version + 1}
        touched = (
            await Contact.update(changed)
            .where(Contact.tenant_id == TENANT, Contact.id == contact.id, Contact.version == contact.version)
            .returning(Contact.version)
        )
        if len(touched) != 1:
            raise StaleAggregate
        row = event_row(
            contact.id, contact.version + 1, renamed(contact.id, TENANT, contact.name, name), at, TENANT
        )
        await OutboxEvent.insert(OutboxEvent(**{**row, "payload": json.dumps(row["payload"])}))
