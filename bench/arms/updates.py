"""The update that a message brings, of a contact or a session, through the layer."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from bench.keys import row_id
from bench.rounds import Slot, run_slot
from bench.server import TENANT
from ventros import Database, UnitOfWork

SESSIONS_FROM = 100_000_000_000
"""What the number of a contact's session is more, in populate.sql."""


async def record_interaction(uow: UnitOfWork, number: int) -> None:
    contact = await uow.contacts.get(row_id(number))
    await uow.contacts.save(contact.record_interaction(now=datetime.now(UTC)))


async def record_message(uow: UnitOfWork, number: int) -> None:
    session = await uow.sessions.get(row_id(SESSIONS_FROM + number))
    await uow.sessions.save(session.record_message(from_contact=True, now=datetime.now(UTC)))


UPDATES: dict[str, Callable[[UnitOfWork, int], Awaitable[None]]] = {
    "contacts": record_interaction,
    "sessions": record_message,
}


async def layer_slot(
    db: Database[UnitOfWork], table: str, *, rows: int, clients: int, count: int, seed: int
) -> Slot:
    """``count`` updates of rows drawn at random, by as many tasks as clients."""
    generator = random.Random(seed)  # noqa: S311 - a choice of rows

    async def update(_worker: int) -> None:
        number = generator.randint(1, rows)
        await db.run(TENANT, lambda uow: UPDATES[table](uow, number))

    return await run_slot(update, workers=clients, count=count)
