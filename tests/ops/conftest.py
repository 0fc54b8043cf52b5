"""Every aggregate, and somebody who may log in and owns nothing."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.history import LATER
from tests.support.subjects import subject  # noqa: F401
from ventros import CRM, Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.ops import history


@pytest.fixture
def stranger_dsn(superuser: psycopg.Connection, owner_dsn: str) -> Iterator[str]:
    """Not the app's: what that role executes is accounted for."""
    superuser.execute("CREATE ROLE a_stranger LOGIN PASSWORD 'known'")
    parts = urlsplit(owner_dsn)
    yield urlunsplit(parts._replace(netloc="a_stranger:known@"))
    superuser.execute("DROP ROLE a_stranger")


@pytest.fixture
async def ada(db: Database[UnitOfWork], seed: Seed, owner_dsn: str) -> Contact:
    """At version 3, all of it recorded: the insert, a new name, a new phone."""
    history.enable(owner_dsn, CRM)
    async with db.unit_of_work(TENANT, actor="user:7", use_case="greet") as uow:
        contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        contact = await uow.contacts.add(contact)
        contact = await uow.contacts.save(contact.rename("Bea", now=LATER))
        await uow.commit()
    async with db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.save(contact.set_phone("+5511999999999", now=LATER))
        await uow.commit()
    return contact
