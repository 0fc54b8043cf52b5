"""Messages of contacts that are known by their phone, their LID, or both."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import attrs
import psycopg

from tests.support.constants import NOW, TENANT
from ventros import Database, UnitOfWork
from ventros.application.contacts.identify_contact import identify_contact
from ventros.application.contacts.merge_contacts import MergeContacts, merge_contacts
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType
from ventros.crm.sessions.aggregate import Session
from ventros.demo.seed import Seed
from ventros.values import Phone

LID = "797000000400001"
PHONE = Phone("5511970000001")
MINUTE = timedelta(minutes=1)
LATER = NOW + 10 * MINUTE
"""When contacts are merged."""


@attrs.frozen(kw_only=True)
class Two:
    """One person, known by a phone and by a LID."""

    survivor: Contact
    merged: Contact

    def command(self, **changes: Any) -> MergeContacts:
        command = MergeContacts(
            surviving_contact_id=self.survivor.id, merged_contact_id=self.merged.id, merged_at=LATER
        )
        return attrs.evolve(command, **changes)


async def merge(db: Database[UnitOfWork], two: Two) -> Contact:
    return await db.run(TENANT, lambda uow: merge_contacts(uow, two.command()))


def owners(superuser: psycopg.Connection, table: str) -> set[UUID]:
    return {id_ for (id_,) in superuser.execute(f"SELECT contact_id FROM {table}").fetchall()}  # noqa: S608


async def identify(
    uow: UnitOfWork,
    seed: Seed,
    phone: Phone | None = None,
    lid: str | None = None,
    *,
    name: str | None = None,
    now: datetime = NOW,
) -> Contact:
    return await identify_contact(uow, seed.project_id, phone=phone, lid=lid, name=name, now=now)


async def write(uow: UnitOfWork, seed: Seed, contact: Contact, text: str, now: datetime = NOW) -> Message:
    """In the contact's active session, which is started if there is none."""
    session = await uow.sessions.find_active(contact.id, 1)
    if session is None:
        session = Session.start(contact_id=contact.id, tenant_id=TENANT, channel_type_id=1, now=now)
        await uow.sessions.add(session.record_message(from_contact=True, now=now))
    else:
        await uow.sessions.save(session.record_message(from_contact=True, now=now))
    message = Message.create(
        tenant_id=TENANT,
        user_id=seed.user_id,
        project_id=seed.project_id,
        contact_id=contact.id,
        channel_id=seed.channel_id,
        channel_type_id=1,
        session_id=session.id,
        channel_message_id=text,
        content_type=ContentType.TEXT,
        text=text,
        from_me=False,
        timestamp=now,
    )
    return await uow.messages.add(message)
