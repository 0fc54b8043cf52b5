"""A relay in another process is told of commits: after them, seldom, and of nothing that was not stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import psycopg
import pytest

from tests.support.constants import TENANT
from tests.support.relaying import happened, until, write
from ventros import ConnectionLost, Database, Telemetry, UnitOfWork
from ventros.devserver import DevServer
from ventros.kernel.ids import new_id
from ventros.kernel.waking import CHANNEL, Notifier, listen


@asynccontextmanager
async def notifying(dsn: str) -> AsyncIterator[Database[UnitOfWork]]:
    notifier = Notifier()
    async with await Database.open(UnitOfWork, dsn, telemetry=Telemetry(outcome=notifier.outcome)) as db:
        task = asyncio.create_task(notifier.run(db))
        yield db
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def told(superuser: psycopg.Connection, seconds: float) -> int:
    def count() -> int:
        return sum(1 for _ in superuser.notifies(timeout=seconds))

    return await asyncio.to_thread(count)


async def test_many_commits_are_told_seldom(dsn: str, superuser: psycopg.Connection) -> None:
    superuser.execute(f"LISTEN {CHANNEL}".encode())
    async with notifying(dsn) as db:
        began = asyncio.get_running_loop().time()
        await write(db, [new_id() for _ in range(10)], 10)
        took = asyncio.get_running_loop().time() - began
        count = await told(superuser, 0.3)
    print(f"100 commits in {took:.2f} s: {count} notifications")
    assert 1 <= count <= took / 0.05 + 2


async def test_what_was_not_stored_is_not_told(dsn: str, superuser: psycopg.Connection) -> None:
    superuser.execute(f"LISTEN {CHANNEL}".encode())
    async with notifying(dsn) as db:
        async with db.unit_of_work(TENANT) as uow:
            uow.record([happened(new_id(), 1)])
        async with db.unit_of_work(TENANT) as uow:
            await uow.commit()
        assert await told(superuser, 0.3) == 0


async def test_who_listens_is_woken_and_told_when_the_connection_is_gone(
    dsn: str, db: Database[UnitOfWork], server: DevServer, superuser: psycopg.Connection
) -> None:
    woken = 0

    def wake() -> None:
        nonlocal woken
        woken += 1

    task = asyncio.create_task(listen(db, wake))
    async with asyncio.timeout(10):
        await until(lambda: woken == 1)
        superuser.execute(f"NOTIFY {CHANNEL}".encode())
        await until(lambda: woken == 2)
        superuser.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        with pytest.raises(ConnectionLost):
            await task
