"""Contacts that many write at once, or that are renamed where something fails."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import attrs
import psycopg
from psycopg import sql

from tests.support.constants import NOW
from ventros import UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.outcome import CommitMarker

MakeContacts = Callable[[int], Awaitable[list[Contact]]]
"""So many new ones, stored."""


@attrs.frozen
class Contacts:
    """Contacts to be renamed by units of work, and what is really stored of them."""

    superuser: psycopg.Connection
    seed: Seed
    id: UUID

    async def rename(self, unit: UnitOfWork, name: str) -> None:
        """The unit that most tests break: one get, one save, one event, and its COMMIT."""
        async with unit as uow:
            contact = await uow.contacts.get(self.id)
            await uow.contacts.save(contact.rename(name, now=NOW))
            await uow.commit()

    async def rename_shortly(self, unit: UnitOfWork, name: str) -> None:
        """The same in the short form, whose UPDATE goes in the message of COMMIT."""
        async with unit as uow:
            contact = await uow.contacts.get(self.id)
            await uow.commit(contact.rename(name, now=NOW))

    def stored(self, name: str) -> bool:
        """Whether the rename to ``name`` is stored: the contact with its event, or neither of them."""
        row = self.superuser.execute(
            """
            SELECT (SELECT name = %(name)s FROM contacts WHERE id = %(id)s),
                   EXISTS (SELECT FROM outbox_events
                            WHERE aggregate_id = %(id)s AND payload::text LIKE %(like)s)
            """,
            {"name": name, "id": self.id, "like": f'%"{name}"%'},
        ).fetchone()
        assert row is not None
        assert row[0] == row[1], "a part of the unit is stored and another is not"
        return bool(row[0])

    def has_marker(self, marker: CommitMarker) -> bool:
        """By a SELECT: what a resolver must not do."""
        row = self.superuser.execute("SELECT FROM commit_markers WHERE id = %s", [marker.id]).fetchone()
        return row is not None

    async def still_in_transaction(self) -> int:
        """How many of the application's sessions are in a transaction, and stay so for a second."""
        for _ in range(100):
            row = self.superuser.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename LIKE 'ventros%' AND xact_start IS NOT NULL"
            ).fetchone()
            if row == (0,):
                return 0
            await asyncio.sleep(0.01)
        assert row is not None
        return int(row[0])

    def make_commits_slow(self, seconds: float) -> None:
        """Every COMMIT of a contact's change takes so long, on the server; it is not the app that sleeps."""
        self.superuser.execute(
            sql.SQL(
                """
                CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
                    AS 'BEGIN PERFORM pg_sleep({seconds}); RETURN NULL; END';
                CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON contacts DEFERRABLE INITIALLY DEFERRED
                    FOR EACH ROW EXECUTE FUNCTION slow()
                """
            ).format(seconds=sql.Literal(seconds))
        )
