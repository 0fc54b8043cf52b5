"""SQLAlchemy Core: statements as expressions over an AsyncConnection, versions compared by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.arms.arm import Arm, StaleAggregate, event_row, now, renamed
from bench.arms.sqlalchemy_models import SET_TENANT, Contact, OutboxEvent, engine
from bench.server import TENANT

CONTACTS: Any = Contact.__table__
EVENTS: Any = OutboxEvent.__table__


class SqlalchemyCore(Arm):
    name = "sqlalchemy-core"
    title = "SQLAlchemy Core"
    notes = ("SQLAlchemy Core has no optimistic locking: version in the WHERE and rowcount by hand.",)

    async def open(self) -> None:
        self.engine = engine(self.dsn, self.size)

    async def close(self) -> None:
        await self.engine.dispose()

    async def fetch(self, connection: AsyncConnection, id_: UUID) -> Any:
        await connection.execute(SET_TENANT, {"tenant": TENANT})
        query = select(CONTACTS).where(
            CONTACTS.c.tenant_id == TENANT, CONTACTS.c.id == id_, CONTACTS.c.deleted_at.is_(None)
        )
        return (await connection.execute(query)).one()

    async def load(self, id: UUID) -> dict[str, Any]:  # noqa: A002 - the field's name everywhere
        async with self.engine.connect() as connection:
            return dict((await self.fetch(connection, id))._mapping)

    async def get(self, worker: int) -> None:
        async with self.engine.connect() as connection:
            await self.fetch(connection, self.keys[worker].draw())

    async def save(self, worker: int) -> None:
        contact = self.held[self.keys[worker].next_held()]
        async with self.engine.begin() as connection:
            await connection.execute(SET_TENANT, {"tenant": TENANT})
            await self.rename(connection, contact["id"], contact["version"], contact["name"])
        contact["version"] += 1

    async def unit_of_work(self, worker: int) -> None:
        async with self.engine.begin() as connection:
            contact = await self.fetch(connection, self.keys[worker].draw())
            await self.rename(connection, contact.id, contact.version, contact.name)

    async def rename(self, connection: AsyncConnection, id_: UUID, version: int, old: str) -> None:
        name, at = self.new_name(), now()
        changed = await connection.execute(
            update(CONTACTS)
            .where(CONTACTS.c.tenant_id == TENANT, CONTACTS.c.id == id_, CONTACTS.c.version == version)
            .values(name=name, updated_at=at, version=CONTACTS.c.version + 1)
        )
        if changed.rowcount != 1:
            raise StaleAggregate
        payload = renamed(id_, TENANT, old, name)
        await connection.execute(insert(EVENTS).values(event_row(id_, version + 1, payload, at, TENANT)))
