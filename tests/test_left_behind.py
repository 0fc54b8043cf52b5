"""The check that runs after every test sees what it is there for."""

from __future__ import annotations

import asyncio

import psycopg

from tests.support.constants import TENANT
from tests.support.left_behind import sessions
from ventros import Database, UnitOfWork


async def test_a_session_that_is_left_is_seen(
    db: Database[UnitOfWork], superuser: psycopg.Connection
) -> None:
    async with db.unit_of_work(TENANT) as uow:
        await uow.connection.control("SAVEPOINT ventros")
        states = [state for state, _ in sessions(superuser, patience=2)]
    assert states == ["idle in transaction"]


async def test_a_task_that_is_left_is_seen() -> None:
    before = asyncio.all_tasks()
    left = asyncio.create_task(asyncio.sleep(60))
    assert asyncio.all_tasks() - before == {left}
    left.cancel()
    await asyncio.gather(left, return_exceptions=True)
