"""The auditor sees what a superuser sees, in every question of sql/ops, and no secret; it is no superuser."""

from __future__ import annotations

from typing import LiteralString

import psycopg
import pytest
from psycopg import sql

from tests.support.constants import NOW, TENANT
from tests.support.library import LIBRARY
from ventros import CRM, Database, UnitOfWork
from ventros.audit.checks import audit, questions
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.ops import history
from ventros.roles import AUDITOR

_READABLE: LiteralString = """
SELECT c.relname || '.' || attname
  FROM pg_class AS c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
 WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> 'ventros_migrations'
   AND has_column_privilege(%s, c.oid, attnum, 'SELECT') = %s
"""


@pytest.fixture
async def faulty(db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, owner_dsn: str) -> None:
    """With history, and a contact whose event somebody deleted, and whose name somebody changed past it."""
    history.enable(owner_dsn, CRM)
    async with db.unit_of_work(TENANT) as uow:
        contact = Contact.create(project_id=seed.project_id, tenant_id=TENANT, name="Ada", now=NOW)
        await uow.contacts.add(contact)
        await uow.commit()
    superuser.execute("DELETE FROM outbox_events WHERE aggregate_id = %s", [contact.id])
    superuser.execute("ALTER TABLE contacts DISABLE TRIGGER USER; UPDATE contacts SET name = 'Bob'")
    superuser.execute("ALTER TABLE contacts ENABLE TRIGGER USER")


@pytest.mark.usefixtures("faulty")
def test_every_check_finds_what_it_finds_for_a_superuser(
    superuser: psycopg.Connection, ventros_auditor_dsn: str, owner_dsn: str
) -> None:
    with psycopg.connect(ventros_auditor_dsn, autocommit=True) as auditor:
        found = audit(auditor, CRM)
    assert found == audit(superuser, CRM)
    assert {"history", "outbox_versions"} <= {finding.check for finding in found}
    with psycopg.connect(owner_dsn, autocommit=True) as owner:
        control = {one.check: one.text for one in audit(owner, CRM) if one.subject == "not checked"}
    assert control.keys() >= {"history", "outbox_versions"}
    assert "no tenant is set" in control["outbox_versions"]


def test_every_look_is_shown(ventros_auditor_dsn: str) -> None:
    with psycopg.connect(ventros_auditor_dsn, autocommit=True) as auditor:
        for question in questions(CRM):
            with auditor.transaction(force_rollback=True):
                auditor.execute(question.text.encode(), prepare=False)


def test_it_reads_every_column_but_those_that_hold_secrets(superuser: psycopg.Connection) -> None:
    secret = {f"{table}.{column}" for table, columns in LIBRARY.secret_columns.items() for column in columns}
    hidden = {name for (name,) in superuser.execute(_READABLE, [AUDITOR, False])}
    assert hidden == secret
    assert len(superuser.execute(_READABLE, [AUDITOR, True]).fetchall()) > 300


def test_a_secret_is_refused_and_so_is_a_row_that_holds_one(ventros_auditor_dsn: str) -> None:
    with psycopg.connect(ventros_auditor_dsn, autocommit=True) as auditor:
        auditor.execute("SELECT id, name FROM credentials")
        for table, columns in LIBRARY.secret_columns.items():
            for wanted in map(sql.SQL, (*columns, "*")):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    auditor.execute(sql.SQL("SELECT {} FROM {}").format(wanted, sql.SQL(table)))
