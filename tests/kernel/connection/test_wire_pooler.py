"""Through PgBouncer in transaction mode: each transaction on whichever connection is free."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from tests.support.pooler import pooler
from tests.support.wire_load import FORMS, new_contacts, read, stored, the_wire, without_a_gap
from ventros import Database, ServerUnreachable, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.connection.settings import Settings

CLIENTS, SERVERS, UNITS = 8, 2, 40


async def units(db: Database[UnitOfWork], contact: Contact) -> str:
    """The last name. Each unit is followed by a read, with a COMMIT that nobody waits for."""
    name = contact.name
    for number in range(UNITS):
        name = f"{contact.id} {number}"
        await FORMS[number % len(FORMS)](db, contact.id, name)
        assert await read(db, contact.id) == name
    return name


async def served(server: DevServer, dsn: str, seed: Seed, superuser: psycopg.Connection) -> None:
    with pooler(server, dsn, SERVERS) as through:
        clients = [await Database.open(UnitOfWork, through, Settings(max_size=1)) for _ in range(CLIENTS)]
        try:
            for client in clients:
                assert await the_wire(client)
            contacts = await new_contacts(clients[0], seed, CLIENTS)
            most = 0
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(units(*pair)) for pair in zip(clients, contacts, strict=True)]
                while not all(task.done() for task in tasks):
                    most = max(most, sessions_of(superuser))
                    await asyncio.sleep(0.01)
            named = {contact.id: task.result() for contact, task in zip(contacts, tasks, strict=True)}
        finally:
            for client in clients:
                await client.close()
    assert most <= SERVERS + 1  # that of the seed
    assert stored(superuser, list(named)) == named
    assert all(without_a_gap(superuser, id_) for id_ in named)


def sessions_of(superuser: psycopg.Connection) -> int:
    row = superuser.execute(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND usename LIKE 'ventros%' AND application_name LIKE 'ventros%'"
    ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.spoiled  # PgBouncer sends SET by itself
async def test_320_units_of_8_clients_on_2_connections(
    server: DevServer, dsn: str, seed: Seed, superuser: psycopg.Connection
) -> None:
    await served(server, dsn, seed, superuser)


@pytest.mark.spoiled
async def test_control_where_there_can_be_no_transaction_no_pool_is_opened(
    server: DevServer, dsn: str
) -> None:
    with (
        pooler(server, dsn, SERVERS, mode="statement") as through,
        pytest.raises(ServerUnreachable, match="transaction blocks not allowed"),
    ):
        await Database.open(UnitOfWork, through, Settings(max_size=1))
