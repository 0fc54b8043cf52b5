"""aiosql: SQL from a file, sent by asyncpg."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosql
import asyncpg

from bench.arms.arm import Arm, StaleAggregate, event_row, now, renamed
from bench.server import TENANT

QUERIES: Any = aiosql.from_path(Path(__file__).parent / "aiosql_queries.sql", "asyncpg")


class AiosqlAsyncpg(Arm):
    name = "aiosql"
    title = "aiosql + asyncpg"
    notes = (
        (
            "aiosql leaves transactions to asyncpg and has no optimistic locking: UPDATE ... RETURNING "
            "version, whose missing row is noticed by hand."
        ),
    )

    async def open(self) -> None:
        self.pool = await asyncpg.create_pool(self.dsn, min_size=self.size, max_size=self.size)

    async def close(self) -> None:
        await self.pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        async with self.pool.acquire() as connection, connection.transaction():
            await QUERIES.set_tenant(connection, tenant_id=TENANT)
            yield connection

    async def load(self, id: UUID) -> dict[str, Any]:  # noqa: A002 - the field's name everywhere
        async with self.transaction() as connection:
            return dict(await QUERIES.get_contact(connection, tenant_id=TENANT, id=id))

    async def get(self, worker: int) -> None:
        async with self.transaction() as connection:
            await QUERIES.get_contact(connection, tenant_id=TENANT, id=self.keys[worker].draw())

    async def save(self, worker: int) -> None:
        contact = self.held[self.keys[worker].next_held()]
        async with self.transaction() as connection:
            version = await self.rename(connection, contact)
        contact["version"] = version

    async def unit_of_work(self, worker: int) -> None:
        async with self.transaction() as connection:
            contact = await QUERIES.get_contact(connection, tenant_id=TENANT, id=self.keys[worker].draw())
            await self.rename(connection, contact)

    async def rename(self, connection: Any, contact: Any) -> int:
        name, at, id_ = self.new_name(), now(), contact["id"]
        version = await QUERIES.rename_contact(
            connection, tenant_id=TENANT, id=id_, version=contact["version"], name=name, updated_at=at
        )
        if version is None:
            raise StaleAggregate
        row = event_row(id_, version, renamed(id_, TENANT, contact["name"], name), at, TENANT)
        await QUERIES.append_event(connection, **{**row, "payload": json.dumps(row["payload"])})
        return int(version)
