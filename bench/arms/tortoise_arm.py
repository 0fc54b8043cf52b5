"""Tortoise ORM over its asyncpg backend."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tortoise import Tortoise, fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.expressions import F
from tortoise.models import Model
from tortoise.transactions import in_transaction

from bench.arms.arm import Arm, StaleAggregate, event_row, now, renamed
from bench.server import TENANT
from ventros.kernel.connection.address import read_address

SET_TENANT = "SELECT set_config('app.tenant_id', $1, true)"


class Contact(Model):
    tenant_id = fields.TextField()
    id = fields.UUIDField(primary_key=True)
    version = fields.IntField()
    project_id = fields.UUIDField()
    name = fields.TextField()
    email = fields.TextField(null=True)
    phone = fields.TextField(null=True)
    external_id = fields.TextField(null=True)
    source_channel = fields.TextField(null=True)
    language = fields.TextField()
    timezone = fields.TextField(null=True)
    tags = ArrayField(element_type="text")
    profile_picture_url = fields.TextField(null=True)
    profile_picture_fetched_at = fields.DatetimeField(null=True)
    first_interaction_at = fields.DatetimeField(null=True)
    last_interaction_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField()
    updated_at = fields.DatetimeField()
    deleted_at = fields.DatetimeField(null=True)
    merged_into = fields.UUIDField(null=True)

    class Meta:
        table = "contacts"


class OutboxEvent(Model):
    tenant_id = fields.TextField()
    event_id = fields.UUIDField(primary_key=True)
    event_name = fields.TextField()
    event_version = fields.TextField()
    occurred_at = fields.DatetimeField()
    aggregate_type = fields.TextField()
    aggregate_id = fields.UUIDField()
    aggregate_version = fields.IntField(null=True)
    sequence = fields.SmallIntField()
    payload: Any = fields.JSONField()

    class Meta:
        table = "outbox_events"


class TortoiseOrm(Arm):
    name = "tortoise"
    title = "Tortoise ORM"
    notes = (
        (
            "Tortoise has no optimistic locking and no composite primary keys: id is declared as the key, "
            "tenant and version stand in a filter by hand, and the row count of its update is compared."
        ),
    )

    async def open(self) -> None:
        found = read_address(self.dsn)
        host = found.hosts[0]
        credentials = {
            "host": host.place,
            "port": host.port,
            "user": found.fields["user"],
            "password": host.password or "",
            "database": found.fields["dbname"],
            "minsize": self.size,
            "maxsize": self.size,
        }
        await Tortoise.init(
            config={
                "connections": {
                    "default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}
                },
                "apps": {"bench": {"models": [__name__], "default_connection": "default"}},
                "use_tz": True,
                "timezone": "UTC",
            },
            _enable_global_fallback=True,
        )

    async def close(self) -> None:
        await Tortoise.close_connections()

    async def fetch(self, connection: Any, id_: UUID) -> Contact:
        await connection.execute_query(SET_TENANT, [TENANT])
        return await Contact.get(using_db=connection, tenant_id=TENANT, id=id_, deleted_at=None)

    async def load(self, id: UUID) -> Contact:  # noqa: A002 - the field's name everywhere
        async with in_transaction() as connection:
            return await self.fetch(connection, id)

    async def get(self, worker: int) -> None:
        async with in_transaction() as connection:
            await self.fetch(connection, self.keys[worker].draw())

    async def save(self, worker: int) -> None:
        contact = self.held[self.keys[worker].next_held()]
        async with in_transaction() as connection:
            await connection.execute_query(SET_TENANT, [TENANT])
            await self.rename(connection, contact)
        contact.version += 1

    async def unit_of_work(self, worker: int) -> None:
        async with in_transaction() as connection:
            await self.rename(connection, await self.fetch(connection, self.keys[worker].draw()))

    async def rename(self, connection: Any, contact: Contact) -> None:
        name, at = self.new_name(), now()
        stored = Contact.filter(tenant_id=TENANT, id=contact.id, version=contact.version).using_db(connection)
        if await stored.update(name=name, updated_at=at, version=F("version") + 1) != 1:
            raise StaleAggregate
        payload = renamed(contact.id, TENANT, contact.name, name)
        row = event_row(contact.id, contact.version + 1, payload, at, TENANT)
        await OutboxEvent.create(using_db=connection, **row)
