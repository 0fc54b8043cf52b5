"""A project on the CRM, made by ``ventros new`` with only the wheel: every tool knows its tables."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.support.installed import Project
from ventros.devserver import DevServer

MAKE = """
ventros new application billing --on crm
ventros new aggregate credit_note \
    --columns "number varchar(20), paid boolean, due_on date null, details jsonb, rate numeric(6, 1)" \
    --children "entry/entries: position integer, text text, cents bigint" --children "approver: name text"
ventros sync
"""
TOGETHER = """
from datetime import datetime

from billing.credit_notes.aggregate import CreditNote
from billing.unit_of_work import UnitOfWork
from ventros.crm.contacts.aggregate import Contact


async def both(uow: UnitOfWork, note: CreditNote, contact: Contact, now: datetime) -> CreditNote:
    note, contact = await uow.save_all(note.set_paid(True, now=now), contact.rename("Bob", now=now))
    return {returned}
"""
USE = """
import asyncio, os
from datetime import UTC, datetime
from decimal import Decimal

from billing.credit_notes.aggregate import CreditNote
from billing.together import both
from billing.unit_of_work import UnitOfWork
from ventros import Database, OptimisticLockErrors
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import seed_tenant

NOW = datetime(2025, 6, 1, tzinfo=UTC)


async def main() -> None:
    async with await Database.open(UnitOfWork, os.environ["APP"]) as db:
        seed = await seed_tenant(db, "acme", "session", NOW)
        note = CreditNote.create(
            tenant_id="acme", number="1", paid=False, details={}, rate=Decimal(1), now=NOW
        )
        contact = Contact.create(tenant_id="acme", project_id=seed.project_id, name="Alice", now=NOW)
        async with db.unit_of_work("acme") as uow:
            note, contact = await uow.commit(note, contact)
        async with db.unit_of_work("acme") as uow:
            saved = await both(uow, note, contact, NOW)
            await uow.commit()
        try:
            async with db.unit_of_work("acme") as uow:
                await both(uow, note, contact, NOW)
        except OptimisticLockErrors as error:
            print(saved.version, sorted(stale.resource for stale in error.conflicts))


asyncio.run(main())
"""
MIGRATE = """
ventros migrate roles --dsn "$SUPERUSER"
ventros migrate --dsn "$OWNER"
ventros migrate roles --dsn "$OWNER"
"""


@pytest.fixture(scope="module")
def project(durable_server: DevServer, binaries: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    durable_server.create_database("billing")
    dsns = {
        "SUPERUSER": durable_server.superuser_dsn("billing"),
        "OWNER": durable_server.owner_dsn("billing"),
        "APP": durable_server.dsn("billing"),
    }
    made = Project(tmp_path_factory.mktemp("billing"), binaries, dsns)
    made.shell(MAKE)
    made.shell(MIGRATE)
    return made


def execute(dsn: str, text: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(text.encode())


def test_its_own_tests_pass_and_nothing_is_to_be_formatted(project: Project) -> None:
    project.shell("ruff format --check . && ruff check . && mypy && pytest -q && ventros sync --check")


def test_a_file_that_was_forgotten_is_found_and_written(project: Project) -> None:
    grants = project.folder / "billing" / "sql" / "grants.sql"
    whole = grants.read_text(encoding="utf-8")
    grants.write_text(whole.replace("    DELETE\n", "", 1), encoding="utf-8")
    assert "stale: billing/sql/grants.sql" in project.shell("ventros sync --check", status=1)
    assert "wrote billing/sql/grants.sql" in project.shell("ventros sync")
    assert grants.read_text(encoding="utf-8") == whole


def test_what_is_there_is_not_overwritten(project: Project) -> None:
    before = project.files()
    for command in ("application billing", 'aggregate credit_note --columns "number text"'):
        printed = project.shell(f"ventros new {command}", status=2)
        assert "already" in printed
        assert project.files() == before


def test_it_is_saved_with_a_contact_recorded_and_told_from_what_is_unknown(project: Project) -> None:
    (project.folder / "billing" / "together.py").write_text(
        TOGETHER.format(returned="note"), encoding="utf-8"
    )
    project.shell('ventros history enable --dsn "$OWNER"')
    printed = project.shell(f"mypy billing >&2\npython -W error - <<'END'\n{USE}\nEND")
    assert printed.splitlines()[-1] == "2 ['contact', 'credit_note']"
    project.shell('ventros sql lint && ventros audit --dsn "$SUPERUSER"')
    project.shell('ventros sql reconcile --dsn "$SUPERUSER"')
    with psycopg.connect(project.dsns["SUPERUSER"]) as connection:
        found = connection.execute(
            "SELECT kind FROM aggregate_history WHERE aggregate_table = 'billing.credit_notes' ORDER BY 1"
        ).fetchall()
    assert found == [("insert",), ("update",)]


def test_control_mypy_knows_what_is_saved(project: Project) -> None:
    wrong = project.folder / "billing" / "wrong.py"
    wrong.write_text(TOGETHER.format(returned="contact"), encoding="utf-8")
    printed = project.shell("mypy billing", status=1)
    wrong.unlink()
    assert 'got "Contact", expected "CreditNote"' in printed


def test_control_what_is_no_statement_of_it_is_unknown(project: Project) -> None:
    execute(project.dsns["APP"], "SET app.tenant_id = 'acme'; SELECT number FROM billing.credit_notes")
    printed = project.shell('ventros sql reconcile --dsn "$SUPERUSER"', status=1)
    assert "SELECT number FROM billing.credit_notes" in printed


@pytest.mark.parametrize(
    ("spoil", "mend", "found"),
    [
        (
            "ALTER TABLE billing.credit_notes DISABLE TRIGGER version_guard",
            "ALTER TABLE billing.credit_notes ENABLE TRIGGER version_guard",
            "the trigger version_guard of billing.credit_notes is not as",
        ),
        (
            "ALTER TABLE billing.credit_note_entries NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE billing.credit_note_entries FORCE ROW LEVEL SECURITY",
            "row-level security of billing.credit_note_entries is not as it was made",
        ),
    ],
)
def test_control_a_missing_fence_is_found(project: Project, spoil: str, mend: str, found: str) -> None:
    execute(project.dsns["OWNER"], spoil)
    printed = project.shell('ventros audit --dsn "$SUPERUSER"', status=1)
    execute(project.dsns["OWNER"], mend)
    assert found in printed
    project.shell('ventros audit --dsn "$SUPERUSER"')


def test_its_rollback_leaves_the_crm_where_it_is(project: Project) -> None:
    printed = project.shell('ventros migrate rollback --dsn "$OWNER"')
    assert printed == "rolled back billing/0001.create-credit-notes\n"
    project.shell('ventros --app ventros:CRM migrate --check --dsn "$OWNER"')
    project.shell('ventros migrate --check --dsn "$OWNER"', status=1)
    project.shell(MIGRATE)
