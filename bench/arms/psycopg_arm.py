"""psycopg 3 with its C implementation: plain, and in pipeline mode. Binary results, prepared at first use."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool

from bench.arms.arm import Arm, StaleAggregate, event_row, now, renamed
from bench.server import TENANT

SET_TENANT = "SELECT set_config('app.tenant_id', %s, true)"
GET = "SELECT * FROM contacts WHERE tenant_id = %s AND id = %s AND deleted_at IS NULL"
RENAME = """
UPDATE contacts SET name = %s, updated_at = %s, version = version + 1
 WHERE tenant_id = %s AND id = %s AND version = %s"""
EVENT = """
INSERT INTO outbox_events (tenant_id, event_id, event_name, event_version, occurred_at, aggregate_type,
       aggregate_id, aggregate_version, sequence, payload)
VALUES (%(tenant_id)s, %(event_id)s, %(event_name)s, %(event_version)s, %(occurred_at)s, %(aggregate_type)s,
       %(aggregate_id)s, %(aggregate_version)s, %(sequence)s, %(payload)s)"""
Connection = AsyncConnection[DictRow]


class Psycopg(Arm):
    name = "psycopg"
    title = "psycopg 3"
    notes = ("psycopg is a driver and has no optimistic locking: version in the WHERE and rowcount by hand.",)
    autocommit = False

    async def open(self) -> None:
        self.pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            self.dsn,
            connection_class=AsyncConnection[DictRow],
            min_size=self.size,
            max_size=self.size,
            kwargs={"row_factory": dict_row, "prepare_threshold": 0, "autocommit": self.autocommit},
            open=False,
        )
        await self.pool.open(wait=True)

    async def close(self) -> None:
        await self.pool.close()

    def transaction(self) -> AbstractAsyncContextManager[Connection]:
        """The pool's connection begins by itself, and commits when its block ends well."""
        return self.pool.connection()

    async def fetch(self, connection: Connection, id_: UUID) -> DictRow:
        await connection.execute(SET_TENANT, (TENANT,))
        row = await (await connection.execute(GET, (TENANT, id_), binary=True)).fetchone()
        if row is None:
            raise LookupError(id_)
        return row

    async def load(self, id: UUID) -> DictRow:  # noqa: A002 - the field's name everywhere
        async with self.transaction() as connection:
            return await self.fetch(connection, id)

    async def get(self, worker: int) -> None:
        async with self.transaction() as connection:
            await self.fetch(connection, self.keys[worker].draw())

    async def save(self, worker: int) -> None:
        contact = self.held[self.keys[worker].next_held()]
        async with self.transaction() as connection:
            await connection.execute(SET_TENANT, (TENANT,))
            await self.rename(connection, contact)
        contact["version"] += 1

    async def unit_of_work(self, worker: int) -> None:
        async with self.transaction() as connection:
            await self.rename(connection, await self.fetch(connection, self.keys[worker].draw()))

    async def rename(self, connection: Any, contact: DictRow) -> None:
        name, at, id_, version = self.new_name(), now(), contact["id"], contact["version"]
        changed = await connection.execute(RENAME, (name, at, TENANT, id_, version))
        if changed.rowcount != 1:
            raise StaleAggregate
        await self.append(connection, contact, name, at)

    async def append(self, connection: Any, contact: DictRow, name: str, at: Any) -> None:
        payload = renamed(contact["id"], TENANT, contact["name"], name)
        row = event_row(contact["id"], contact["version"] + 1, payload, at, TENANT)
        await connection.execute(EVENT, {**row, "payload": Jsonb(row["payload"])})


class PsycopgPipeline(Psycopg):
    """Three round trips for unit_of_work: BEGIN, tenant and row; UPDATE and event; COMMIT."""

    name = "psycopg-pipeline"
    title = "psycopg 3, pipeline"
    notes = (
        (
            "psycopg-pipeline sends BEGIN and COMMIT as statements, since psycopg's own transaction block "
            "waits for each of them; what the UPDATE touched is known before COMMIT leaves."
        ),
    )
    autocommit = True

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        async with self.pool.connection() as connection, connection.pipeline():
            await connection.execute("BEGIN")
            try:
                yield connection
            except BaseException:
                await connection.rollback()
                raise
            await connection.execute("COMMIT")

    async def rename(self, connection: Any, contact: DictRow) -> None:
        name, at, id_, version = self.new_name(), now(), contact["id"], contact["version"]
        changed = await connection.execute(f"{RENAME} RETURNING id", (name, at, TENANT, id_, version))
        await self.append(connection, contact, name, at)
        if await changed.fetchone() is None:
            raise StaleAggregate
