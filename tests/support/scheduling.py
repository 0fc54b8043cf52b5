"""Sessions of several tenants that timed out long ago, and what became of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import attrs
import psycopg

from tests.support.constants import NOW
from tests.support.stored import new_contact
from ventros import Database, UnitOfWork
from ventros.application.sessions.expire_session import expire_session
from ventros.crm.sessions.aggregate import MAX_TIMEOUT, Session
from ventros.demo.seed import Seed, seed_tenant
from ventros.kernel.step import Step
from ventros.statements import statement

TENANTS = ("acme", "globex", "umbrella")
ACTIVE = "SELECT count(*) FROM sessions WHERE status = 'active'"
ENDED = "SELECT aggregate_id FROM outbox_events WHERE event_name = 'session.ended'"


async def expire(uow: UnitOfWork, id_: UUID, now: datetime) -> object:
    """The work of the step, by a name that a test may wrap."""
    return await expire_session(uow, id_, now)


STEP = Step(name="expire_sessions", find_due=statement("sessions.find_timed_out"), work=expire)


async def seeds(db: Database[UnitOfWork], tenants: Sequence[str] = TENANTS) -> list[Seed]:
    return [await seed_tenant(db, tenant, f"{tenant}-phone", NOW) for tenant in tenants]


async def store_sessions(
    db: Database[UnitOfWork], seed: Seed, number: int, lasting: timedelta | None = None
) -> list[Session]:
    """Active since NOW, of a contact each, in the order of their ids."""
    contacts = [new_contact(seed) for _ in range(number)]
    sessions = [
        Session.start(contact_id=contact.id, tenant_id=seed.tenant, timeout=lasting, now=NOW)
        for contact in contacts
    ]
    async with db.unit_of_work(seed.tenant) as uow:
        await uow.add_all(*contacts)
        stored = await uow.add_all(*sessions)
        await uow.commit()
    return sorted(stored, key=lambda session: session.id)


async def store_fresh(db: Database[UnitOfWork], seed: Seed, number: int) -> list[Session]:
    """The same, and none of them times out."""
    return await store_sessions(db, seed, number, MAX_TIMEOUT)


def ended(superuser: psycopg.Connection) -> Counter[UUID]:
    """How often each session ended, by its events."""
    return Counter(id_ for (id_,) in superuser.execute(ENDED).fetchall())


@attrs.define
class Gate:
    """While it is shut, whoever ends a session waits for the lock that its own session holds.

    ``waiting`` are those who do.
    """

    superuser: psycopg.Connection

    def shut(self) -> None:
        self.superuser.execute(
            "CREATE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS "
            "$$BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN new; END$$"
        )
        self.superuser.execute(
            "CREATE TRIGGER gate BEFORE UPDATE ON sessions FOR EACH ROW EXECUTE FUNCTION gate()"
        )
        self.superuser.execute("SELECT pg_advisory_lock(1)")

    def open(self) -> None:
        self.superuser.execute("SELECT pg_advisory_unlock(1)")

    def waiting(self) -> list[int]:
        rows = self.superuser.execute(
            "SELECT pid FROM pg_stat_activity WHERE wait_event = 'advisory' AND datname = current_database()"
        )
        return [pid for (pid,) in rows.fetchall()]
