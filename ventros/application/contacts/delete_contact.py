"""A contact is deleted, and what hangs on it does not stay open: all in one transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.contacts.enrollments_of_contact import exit_enrollments
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.kernel import validators
from ventros.kernel.errors import NotFound
from ventros.unit_of_work import UnitOfWork

REASON = "contact deleted"
"""Of the placements that end."""


@attrs.frozen(kw_only=True)
class DeleteContact:
    """``deleted_at`` is the one clock of all that follows. Raises ValidationError for a nil id."""

    contact_id: UUID = attrs.field(validator=validators.not_nil)
    deleted_at: datetime = attrs.field(validator=validators.aware)


async def delete_contact(uow: UnitOfWork, command: DeleteContact) -> Contact:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which retries conflicts; it ends the unit.

    Returns the contact as it is stored. The table in docs/contacts.md says what becomes of all that refers to
    it. It is locked FOR UPDATE before anything is looked up, as two are that are merged: what was on its way
    to it comes first and is ended, or waits and then conflicts.

    Raises NotFound when there is no such contact: a deleted one is not found again.
    """
    now, contact_id = command.deleted_at, command.contact_id
    locked, found, sessions, placements = await uow.connection.together(
        [
            uow.contacts.locking(uow.contacts.LOCK_FOR_UPDATE, [contact_id]),
            *uow.contacts.getting(contact_id),
            uow.sessions.holding_active(contact_id),
            uow.placements.holding_open(contact_id),
        ]
    )
    contact = uow.contacts.got([found])
    if not locked or contact is None:
        raise NotFound("contact", contact_id)
    chat = await uow.chats.find_individual_by_contact(contact.project_id, contact.id)
    if chat is not None:
        await uow.chats.save(chat.close(now=now))
    await uow.placements.exit_all(placements, reason=REASON, now=now)
    await exit_enrollments(uow, contact.id, now=now)
    # The counters of lists are the last of all locks.
    uow.send_with_commit(uow.contact_identities.forgetting(contact.id))
    await uow.contact_lists.remove_contact(contact.id, now=now)
    ended = [ended_session(uow.sessions.load(row), now) for row in sessions]
    deleted, *_ = await uow.commit(contact.delete(now=now), *ended)
    return deleted


def ended_session(session: Session, now: datetime) -> Session:
    """By its timeout, when that has run out already."""
    timed_out = session.check_timeout(now=now)
    return timed_out if timed_out is not session else session.end(EndReason.SYSTEM_CLOSE, now=now)
