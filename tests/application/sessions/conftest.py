"""Contacts of the seeded tenant, and what is told of their sessions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.support.constants import TENANT
from tests.support.stored import new_contact
from ventros import Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed

Told = Callable[[], list[tuple[Any, ...]]]


@pytest.fixture
async def contact(db: Database[UnitOfWork], seed: Seed) -> Contact:
    async with db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.add(new_contact(seed))
        await uow.commit()
    return contact


@pytest.fixture
def told(superuser: psycopg.Connection) -> Told:
    """Name and version of the events of sessions, in their order."""
    return lambda: superuser.execute(
        "SELECT event_name, aggregate_version FROM outbox_events WHERE aggregate_type = 'session'"
        " ORDER BY position"
    ).fetchall()
