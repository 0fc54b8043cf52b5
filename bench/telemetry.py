"""What does telemetry cost? ``python -m bench.telemetry`` prints the client's CPU time for a statement.

The same statement goes over pools that differ in their hooks alone, in turn, first with a server: a unit of
work of 50 times ``contacts.get``. Then without: a driver that answers at once, so that what is left is
our own way there and back, and small differences can be seen.

* none: as without telemetry;
* nothing done: every hook is there and does nothing, so what is left is calling it and reading the clock;
* logged: the logging recipe's statement hook, at a level that is off.

The first takes part twice: how far it differs from itself is what the figures are worth. CPU time, not the
clock's, medians over many rounds, the order turned from round to round.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import attrs

from ventros import CRM, Database, Telemetry, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.repository import ContactRepository
from ventros.demo.seed import seed_tenant
from ventros.devserver import DevServer
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.observed import connection_for
from ventros.kernel.ids import new_id
from ventros.migrate import migrate

ROUNDS = 400
STATEMENTS = 50
TENANT = "acme"

log = logging.getLogger("bench.telemetry")


def logged(name: str, seconds: float, rows: int | None, error: BaseException | None) -> None:
    log.debug("%s: %s rows, %.1f ms, %s", name, rows, seconds * 1000, error)


def nothing(*_: object) -> None:
    pass


WAYS = {
    "none": Telemetry(),
    "none, again": Telemetry(),
    "nothing done": Telemetry(**{field.name: nothing for field in attrs.fields(Telemetry)}),
    "logged": Telemetry(statement=logged),
}


async def compared(title: str, works: list[Callable[[], Awaitable[None]]]) -> None:
    """Print what each of ``works``, in the order of WAYS, costs a statement."""
    taken: list[list[float]] = [[] for _ in works]
    for number in range(ROUNDS):
        for turn in range(len(works)):
            at = (number + turn) % len(works)
            started = time.thread_time()
            await works[at]()
            taken[at].append((time.thread_time() - started) / STATEMENTS * 1e6)
    print(f"{title}: client CPU in us a statement, medians of {ROUNDS} rounds")
    medians = [statistics.median(times) for times in taken]
    for name, median in zip(WAYS, medians, strict=True):
        print(f"  {name:14}{median:8.2f}{median - medians[0]:+8.2f}")


async def in_a_unit(database: Database[UnitOfWork], id_: UUID) -> None:
    async with database.unit_of_work(TENANT) as uow:
        for _ in range(STATEMENTS):
            await uow.contacts.get(id_)


class AtOnce:
    """In place of asyncpg's connection: has no row."""

    async def fetch(self, _text: str, *_args: object, timeout: float) -> list[Any]:  # noqa: ASYNC109
        return []


async def without_a_server(connection: Connection, id_: UUID) -> None:
    for _ in range(STATEMENTS):
        await connection.maybe(ContactRepository.GET, TENANT, id_)


async def main() -> None:
    with DevServer(durable=False) as server:
        dsn = server.owner_dsn()
        migrate(dsn, CRM)
        async with AsyncExitStack() as stack:
            databases = [
                await stack.enter_async_context(await Database.open(UnitOfWork, dsn, telemetry=telemetry))
                for telemetry in WAYS.values()
            ]
            now = datetime.now(UTC)
            seed = await seed_tenant(databases[0], TENANT, "acme-phone", now)
            contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=now)
            async with databases[0].unit_of_work(TENANT) as uow:
                await uow.contacts.add(contact)
                await uow.commit()
            await compared("with a server", [partial(in_a_unit, db, contact.id) for db in databases])
    connections = [connection_for(AtOnce(), 1.0, telemetry) for telemetry in WAYS.values()]
    await compared(
        "without a server", [partial(without_a_server, connection, new_id()) for connection in connections]
    )


if __name__ == "__main__":
    asyncio.run(main())
