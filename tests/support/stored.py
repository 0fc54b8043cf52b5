"""A contact to store, and a count of what is stored."""

from __future__ import annotations

import psycopg

from tests.support.constants import NOW
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed


def new_contact(seed: Seed) -> Contact:
    return Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name="Ada", now=NOW)


def count(superuser: psycopg.Connection, query: str) -> int:
    row = superuser.execute(query).fetchone()
    assert row is not None
    return int(row[0])
