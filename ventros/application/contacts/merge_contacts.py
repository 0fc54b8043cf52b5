"""Two contacts are found to be one person: one survives, and takes over all that belonged to the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.application.contacts.delete_contact import ended_session
from ventros.application.contacts.enrollments_of_contact import move_enrollments
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.list_query import ChatFilter
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.sessions.aggregate import Session
from ventros.crm.sessions.list_query import SessionFilter
from ventros.kernel import validators
from ventros.kernel.lists import ListRepository
from ventros.kernel.lists.list_repository import MAX_LIMIT
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class MergeContacts:
    """``merged_at`` is the one clock of all that follows. Raises ValidationError for a nil id."""

    surviving_contact_id: UUID = attrs.field(validator=validators.not_nil)
    merged_contact_id: UUID = attrs.field(validator=validators.not_nil)
    merged_at: datetime = attrs.field(validator=validators.aware)


async def merge_contacts(uow: UnitOfWork, command: MergeContacts) -> Contact:
    """To be run by :meth:`ventros.kernel.database.Database.run`, or within another use case.

    Returns the surviving contact as it is stored. Where the two collide, the table in docs/contacts.md says
    what becomes of it. The merged contact is deleted, and says into which it was merged. Both are locked FOR
    UPDATE, in the order of their ids, before anything is looked up: what was on its way to the merged one
    comes first and is moved, or waits and then conflicts.

    Raises NotFound when one of them is not there, InvariantViolation when they are not two contacts of one
    project or the merged one has a phone, OptimisticLockErrors when one was changed meanwhile.
    """
    now = command.merged_at
    survivor, merged = await uow.contacts.get_many([command.surviving_contact_id, command.merged_contact_id])
    merged_survivor, merged_away = survivor.absorb(merged, now=now), merged.merge_into(survivor, now=now)
    await uow.contacts.hold(survivor, merged)
    sessions = await _sessions(uow, survivor, merged, now)
    own_chat, left_chat = [
        await uow.chats.find_individual_by_contact(contact.project_id, contact.id)
        for contact in (survivor, merged)
    ]
    chats = await _chats(uow, survivor, merged, (own_chat, left_chat), now)
    # The merged one first: what names one live contact, such as its email, is free only then.
    changed: list[Any] = [merged_away, merged_survivor, *chats, *sessions]
    stored: Contact = (await uow.save_all(*changed))[1]
    ids = (merged.id, survivor.id)
    await uow.messages.move(
        *ids,
        merged_chat_id=left_chat.id if left_chat else None,
        surviving_chat_id=own_chat.id if own_chat else None,
        now=now,
    )
    await uow.placements.move(*ids, now=now)
    await move_enrollments(uow, *ids, now=now)
    await uow.contact_lists.move_memberships(*ids, now=now)
    await uow.contact_custom_fields.move(*ids)
    await uow.contact_identities.move(*ids)
    await uow.broadcasts.move_executions(*ids)
    return stored


async def _sessions(uow: UnitOfWork, survivor: Contact, merged: Contact, now: datetime) -> list[Session]:
    """Those that change: of two active ones of one type of channel the one that was active last stays so.

    What ends comes first, because one contact has one active session of a type.
    """
    ended, moved = [], []
    for session in await _all(uow.sessions, SessionFilter(contact_id=merged.id)):
        own, kept = None, session
        if session.is_active:
            own = await uow.sessions.find_active(survivor.id, session.channel_type_id)
        if own is not None and own.last_activity_at < session.last_activity_at:
            ended.append(ended_session(own, now))
        elif own is not None:
            kept = ended_session(session, now)
        moved.append(kept.move_to_contact(survivor.id, now=now))
    return [*ended, *moved]


async def _chats(
    uow: UnitOfWork, survivor: Contact, merged: Contact, pair: tuple[Chat | None, Chat | None], now: datetime
) -> list[Chat]:
    """Those that change; of the pair of individual chats the survivor's stays, if there are two."""
    own, left = pair
    changed = []
    for chat in await _all(uow.chats, ChatFilter(contact_id=merged.id)):
        if own is None or left is None or chat.id != left.id:
            changed.append(chat.replace_contact(merged.id, survivor.id, now=now))
            continue
        changed.append(chat.delete(now=now))
        if chat.last_message_at is not None:
            changed.append(own.record_last_message(chat.last_message_at, now=now))
    return changed


async def _all(repository: ListRepository[Any, Any, Any], chosen: object) -> Sequence[Any]:
    found: list[Any] = []
    page = await repository.page(chosen, limit=MAX_LIMIT)
    found += page.items
    while page.next is not None:
        page = await repository.page(chosen, limit=MAX_LIMIT, after=page.next)
        found += page.items
    return found
