"""Whether a session waits for a lock, which a server tells only to whoever asks."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg

_WAITING = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def one_waits(superuser: psycopg.Connection) -> bool:
    """Whether any session of the database does."""
    return superuser.execute(_WAITING).fetchone() is not None


async def waits(task: asyncio.Task[Any], superuser: psycopg.Connection) -> bool:
    """Whether the task, the only one at work on the database, has come to wait; else it is done."""
    while not (task.done() or one_waits(superuser)):  # noqa: ASYNC110 - nothing else tells
        await asyncio.sleep(0.005)
    return not task.done()
