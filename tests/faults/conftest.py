"""A contact to rename through a proxy that fails, and the truth about it, read past the proxy."""

from __future__ import annotations

from collections.abc import AsyncIterator

import psycopg
import pytest

from tests.support.constants import NOW, SHORT, TENANT
from tests.support.contacts import Contacts
from tests.support.proxy import Proxy
from ventros import Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed


@pytest.fixture
async def contacts(db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection) -> Contacts:
    contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
    async with db.unit_of_work(TENANT) as uow:
        await uow.contacts.add(contact)
        await uow.commit()
    return Contacts(superuser, seed, contact.id)


@pytest.fixture
async def proxy(dsn: str, db: Database[UnitOfWork]) -> AsyncIterator[Proxy]:
    async with Proxy(dsn) as running:
        yield running


@pytest.fixture
async def through(proxy: Proxy) -> AsyncIterator[Database[UnitOfWork]]:
    """A pool whose connections go through the proxy, with bounds of a second."""
    async with await Database.open(UnitOfWork, proxy.dsn, SHORT) as database:
        yield database
