"""What ventros prune removed is not missed; what was deleted by hand is, and what is printed mends it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.counted_work import work
from tests.support.findings import psql, subjects_of
from tests.support.program import ventros
from ventros import CRM, Database, Settings, UnitOfWork
from ventros.audit.checks import Finding, ask, questions
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.outbox import consumers
from ventros.kernel.outbox.log import read_after
from ventros.roles import DEFAULT

(QUESTION,) = [question for question in questions(CRM) if question.name == "outbox_versions"]
VERSIONS = "SELECT aggregate_version FROM outbox_events WHERE aggregate_id = %s ORDER BY 1"
KEPT, LAST = 3, 6
"""The contact's version that ventros prune left, and the one that it is at."""
DELETED = {
    "the one that was kept": ((KEPT,), "the outbox lacks versions 1 to 3"),
    "the first behind it": ((KEPT + 1,), "the outbox lacks version 4"),
    "one in the middle": ((KEPT + 2,), "the outbox lacks version 5"),
    "two in the middle": ((KEPT + 1, KEPT + 2), "the outbox lacks versions 4 to 5"),
    "the last": ((LAST,), "is at version 6, and the outbox ends at version 5"),
    "all": (tuple(range(KEPT, LAST + 1)), "is at version 6, and the outbox has no event of it"),
}


def asked(superuser: psycopg.Connection) -> list[Finding]:
    return ask(superuser, QUESTION, DEFAULT, 60)


def versions(superuser: psycopg.Connection, contact: UUID) -> list[int]:
    return [version for (version,) in superuser.execute(VERSIONS, [contact])]


async def prune(relay_dsn: str, scheduler_dsn: str) -> None:
    """A consumer has read all there is, and all that may go goes."""
    async with (
        await Database.open(UnitOfWork, relay_dsn, Settings(max_size=1)) as relay,
        relay.across_tenants() as connection,
    ):
        await consumers.register(connection, "reader")
        position = await consumers.take(connection, "reader")
        assert position is not None
        events = await read_after(connection, position, 10**6)
        await consumers.move(connection, "reader", events[-1].position)
    done = ventros("prune", "--events", "0", "--dsn", scheduler_dsn)
    assert done.returncode == 0, done.stderr


@pytest.fixture
async def contact(
    db: Database[UnitOfWork],
    seed: Seed,
    superuser: psycopg.Connection,
    ventros_relay_dsn: str,
    ventros_scheduler_dsn: str,
) -> UUID:
    """One whose versions before the third were pruned; three more were written since."""
    await work(db, seed)
    row = superuser.execute("SELECT id FROM contacts").fetchone()
    assert row is not None
    contact: UUID = row[0]
    assert versions(superuser, contact) == [1, 2, 3]
    await prune(ventros_relay_dsn, ventros_scheduler_dsn)
    assert versions(superuser, contact) == [KEPT]
    for place in range(LAST - KEPT):
        async with db.unit_of_work(TENANT) as uow:
            loaded = await uow.contacts.get(contact)
            await uow.contacts.save(loaded.rename(f"Ada {place}", now=NOW + timedelta(seconds=place)))
            await uow.commit()
    return contact


async def test_what_was_pruned_is_not_missed(
    superuser: psycopg.Connection, contact: UUID, ventros_relay_dsn: str, ventros_scheduler_dsn: str
) -> None:
    assert versions(superuser, contact) == [*range(KEPT, LAST + 1)]
    assert asked(superuser) == []
    await prune(ventros_relay_dsn, ventros_scheduler_dsn)
    assert versions(superuser, contact) == [LAST]
    assert asked(superuser) == []


async def test_without_retentions_position_what_was_pruned_is_missed(
    superuser: psycopg.Connection, contact: UUID
) -> None:
    """The control: it is by that position that the two are told apart."""
    superuser.execute("DELETE FROM outbox_consumers WHERE name = 'retention'")
    (finding,) = asked(superuser)
    assert finding.subject == f"contacts {contact}"
    assert finding.text == "the contact is at version 6; the outbox lacks versions 1 to 2"


@pytest.mark.parametrize("which", DELETED)
async def test_what_was_deleted_by_hand_is_found_and_mended(
    server: DevServer, superuser: psycopg.Connection, contact: UUID, which: str
) -> None:
    gone, text = DELETED[which]
    superuser.execute(
        "DELETE FROM outbox_events WHERE aggregate_id = %s AND aggregate_version = ANY(%s)",
        [contact, list(gone)],
    )
    findings = asked(superuser)
    assert subjects_of(findings) == [("outbox_versions", "contacts")]
    assert text in findings[0].text
    psql(server.superuser_dsn(superuser.info.dbname), text=findings[0].mend)
    assert asked(superuser) == []
    assert set(gone) <= {*versions(superuser, contact)}
