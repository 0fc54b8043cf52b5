"""psqlpy, a driver in Rust: its pool, its transaction block, its pipelines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from psqlpy import ConnectionPool, Transaction

from bench.arms.arm import Arm, StaleAggregate, event_row, now, renamed
from bench.arms.asyncpg_usual import EVENT, GET, RENAME, SET_TENANT
from bench.server import TENANT


class Psqlpy(Arm):
    """Four round trips for unit_of_work: BEGIN; tenant and row; UPDATE and event; COMMIT."""

    name = "psqlpy"
    title = "psqlpy"
    notes = (
        (
            "psqlpy is a driver and has no optimistic locking: UPDATE ... RETURNING version, whose missing "
            "row is noticed by hand. Its pipelines are lists of statements, between BEGIN and COMMIT."
        ),
    )

    async def open(self) -> None:
        # It refuses a pool of one, but connects only as often as it is asked for at once.
        self.pool = ConnectionPool(dsn=self.dsn, max_db_pool_size=max(2, self.size))

    async def close(self) -> None:
        self.pool.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self.pool.acquire() as connection, connection.transaction() as transaction:
            yield transaction

    async def fetch(self, transaction: Transaction, id_: UUID) -> dict[str, Any]:
        _, found = await transaction.pipeline([(SET_TENANT, [TENANT]), (GET, [TENANT, id_])])
        (row,) = found.result()
        return row

    async def load(self, id: UUID) -> dict[str, Any]:  # noqa: A002 - the field's name everywhere
        async with self.transaction() as transaction:
            return await self.fetch(transaction, id)

    async def get(self, worker: int) -> None:
        async with self.transaction() as transaction:
            await self.fetch(transaction, self.keys[worker].draw())

    async def save(self, worker: int) -> None:
        id_ = self.keys[worker].next_held()
        contact = self.held[id_]
        async with self.transaction() as transaction:
            await self.rename(transaction, id_, contact, (SET_TENANT, [TENANT]))
        contact["version"] += 1

    async def unit_of_work(self, worker: int) -> None:
        id_ = self.keys[worker].draw()
        async with self.transaction() as transaction:
            await self.rename(transaction, id_, await self.fetch(transaction, id_))

    async def rename(
        self,
        transaction: Transaction,
        id_: UUID,
        contact: dict[str, Any],
        *before: tuple[str, list[Any] | None],
    ) -> None:
        """``id_`` beside the row, since psqlpy reads a uuid as text and does not take it back."""
        name, at, version = self.new_name(), now(), contact["version"]
        event = event_row(id_, version + 1, renamed(id_, TENANT, contact["name"], name), at, TENANT)
        changed = (RENAME, [TENANT, id_, version, name, at])
        *_, touched, _ = await transaction.pipeline([*before, changed, (EVENT, [*event.values()])])
        if len(touched.result()) != 1:
            raise StaleAggregate
