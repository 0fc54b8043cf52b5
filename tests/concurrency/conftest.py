"""A database on which a deadlock is found within milliseconds, so that a test of many need not wait."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg import sql

from tests.support.constants import NOW, TENANT
from tests.support.contacts import MakeContacts
from ventros import Database, Settings, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed


@pytest.fixture
async def wide(dsn: str, superuser: psycopg.Connection) -> AsyncIterator[Database[UnitOfWork]]:
    """A pool of 50 connections."""
    database = sql.Identifier(superuser.info.dbname)
    superuser.execute(sql.SQL("ALTER DATABASE {} SET deadlock_timeout = '20ms'").format(database))
    settings = Settings(max_size=50, acquire_timeout=30)
    async with await Database.open(UnitOfWork, dsn, settings) as opened:
        yield opened


@pytest.fixture
def contacts(wide: Database[UnitOfWork], seed: Seed) -> MakeContacts:
    """So many new ones, stored, at version 1."""

    async def make(number: int) -> list[Contact]:
        new = [
            Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
            for _ in range(number)
        ]
        async with wide.unit_of_work(TENANT) as uow:
            made = [await uow.contacts.add(contact) for contact in new]
            await uow.commit()
        return made

    return make
