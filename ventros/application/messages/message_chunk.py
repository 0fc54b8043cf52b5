"""A part of a history in one transaction, by statements that store many rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.contacts.contacts_of_parties import sighting_of
from ventros.application.contacts.identify_contact import CONTACT_TAG, Sighting, updated_contact
from ventros.application.messages.find_inbound import find_channel
from ventros.application.messages.group_chats import create_group_chat
from ventros.application.messages.inbound import Party
from ventros.application.messages.process_inbound_message import CONSUMER, InboundMessage, create_message
from ventros.crm.channels.inbound import InboundChannel
from ventros.crm.channels.values import ChannelStatus
from ventros.crm.chats.aggregate import Chat
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.contacts.identities import Match
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.repository import StoredId
from ventros.crm.sessions.aggregate import Session
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import AlreadyExists, Conflict, InvariantViolation
from ventros.kernel.outbox import inbox
from ventros.unit_of_work import UnitOfWork
from ventros.values import Phone


class OneByOne(Exception):
    """Who is who changes within the chunk: its messages are for process_inbound_message, each by itself."""


@attrs.frozen(kw_only=True)
class ChunkMessage:
    """A message of a history; ``index`` is its place there, ``phone`` that of its party."""

    index: int
    command: InboundMessage
    phone: Phone | None

    @property
    def lid(self) -> str | None:
        return self.command.contact.lid

    @property
    def at(self) -> datetime:
        return self.command.received_at


@attrs.define(kw_only=True)
class Person:
    """All of the chunk from one contact, in the order of time."""

    phone: Phone | None
    lid: str | None
    messages: list[ChunkMessage] = attrs.field(factory=list)
    match: Match = attrs.field(factory=Match)
    contact: Contact = attrs.field(init=False)
    sessions: list[Session] = attrs.field(factory=list)

    def require_steady(self) -> None:
        """Raises OneByOne where the messages, one after the other, would come to different contacts."""
        has_phone_alone = any(message.lid is None for message in self.messages)
        has_lid_alone = any(message.phone is None for message in self.messages)
        found = self.match.contact
        if self.match.duplicate is not None or (
            self.lid and self.phone and has_phone_alone and has_lid_alone
        ):
            raise OneByOne
        if self.phone is None or self.lid is None:
            return
        if found is None or found.phone != self.phone:
            if has_phone_alone and found is not None:
                raise OneByOne
            if has_lid_alone and found is not None and found.phone is not None:
                raise OneByOne
        elif has_lid_alone and not self.match.remembered:
            raise OneByOne

    def decide(self, project_id: UUID, tenant: str) -> None:
        """The contact with all interactions, of which the first and the last are told."""
        first = self.messages[0]
        sighting = _sighting(project_id, first)
        contact = self.match.contact
        if contact is None:
            known_by = sighting.phone.value if sighting.phone else sighting.lid or ""
            contact = Contact.create(
                project_id=project_id, tenant_id=tenant, name=sighting.name or known_by, now=first.at
            ).add_tag(CONTACT_TAG, now=first.at)
        contact = updated_contact(contact, sighting)
        for message in self.messages[1:]:
            told = message.command.contact.name
            lacks_phone = message.phone is not None and contact.phone is None
            if (told and told != contact.name) or lacks_phone or message is self.messages[-1]:
                contact = updated_contact(contact, _sighting(project_id, message))
        self.contact = contact

    def count(self, channel: InboundChannel, tenant: str, active: Session | None) -> dict[int, Session]:
        """The session of each message of the one-to-one chat, by its index.

        ``sessions`` gets all that changed, in the order of their time.
        """
        session, last = active, None if active is None else active.last_activity_at
        pending: list[tuple[datetime, bool]] = []
        placed: dict[int, Session] = {}
        for message in self.messages:
            now = message.at
            if message.command.group is not None:
                continue
            if session is not None and last is not None and now - last > session.timeout:
                self.sessions.append(session.record_messages(pending).check_timeout(now=now))
                session, pending, last = None, [], None
            if session is None:
                session = Session.start(
                    contact_id=self.contact.id,
                    tenant_id=tenant,
                    channel_type_id=channel.type.type_id,
                    timeout=channel.session_timeout,
                    pipeline_id=channel.pipeline_id,
                    now=now,
                )
            pending.append((now, not message.command.from_me))
            last = now if last is None else max(last, now)
            placed[message.index] = session
        if session is not None and pending:
            self.sessions.append(session.record_messages(pending))
        return placed


async def find_active_channel(uow: UnitOfWork, channel_id: UUID) -> InboundChannel:
    """Raises NotFound, and InvariantViolation for one that is not active."""
    channel = await find_channel(uow, channel_id)
    if channel.status is not ChannelStatus.ACTIVE:
        raise InvariantViolation(
            f"channel {channel.id} is {channel.status}, not active: it takes no messages"
        )
    return channel


@attrs.frozen(kw_only=True)
class Places:
    """Where the messages belong: contact and session by the index, the chat by the group's id."""

    contacts: dict[int, Contact]
    sessions: dict[int, Session]
    chats: dict[str, Chat]


async def import_chunk(uow: UnitOfWork, channel_id: UUID, messages: Sequence[ChunkMessage]) -> int:
    """How many were stored; the others were there. ``messages`` are in the order in which they are to count.

    To be run by :meth:`ventros.kernel.database.Database.run`. Contacts are locked first, in the order of
    their ids, then chats and sessions, as each message does by itself. Raises OneByOne, InvariantViolation
    for a channel that is not active, and NotFound for one that is not there.
    """
    channel = await find_active_channel(uow, channel_id)
    ids = [
        id_ for message in messages for id_ in (message.command.channel_message_id, message.command.reply_to)
    ]
    stored = await uow.messages.find_stored(channel_id, list(dict.fromkeys(filter(None, ids))))
    new = _new(messages, stored)
    if not new:
        return 0
    await _record_deliveries(uow, new)
    people = _people(new)
    await _find_contacts(uow, channel.project_id, people)
    for person in people:
        person.decide(channel.project_id, uow.tenant)
    try:
        await _store(uow, channel, new, people, stored)
    except AlreadyExists as error:
        raise Conflict("another message of one of these contacts was first") from error
    received = [message.at for message in new if not message.command.from_me]
    uow.send_with_commit(
        uow.channels.count(
            channel.id,
            received=len(received),
            sent=len(new) - len(received),
            last_received_at=max(received, default=None),
        )
    )
    return len(new)


def _sighting(project_id: UUID, message: ChunkMessage) -> Sighting:
    return sighting_of(project_id, message.command.contact, now=message.at)


def _new(messages: Iterable[ChunkMessage], stored: dict[str, StoredId]) -> list[ChunkMessage]:
    """The first of each message and of each event, if it is not stored."""
    seen, new = set[object](stored), []
    for message in messages:
        names = {message.command.channel_message_id, message.command.event_id} - {None}
        if seen.isdisjoint(names):
            new.append(message)
            seen |= names
    return new


async def _record_deliveries(uow: UnitOfWork, messages: Iterable[ChunkMessage]) -> None:
    """Raises OneByOne when one of the events is known, though its message is not."""
    ids = [message.command.event_id for message in messages if message.command.event_id is not None]
    if not ids:
        return
    (recorded,) = await uow.connection.together([inbox.record(uow.tenant, CONSUMER, ids)])
    if recorded != len(ids):
        raise OneByOne


def _people(messages: Sequence[ChunkMessage]) -> list[Person]:
    """Raises OneByOne where a LID is told with two phones, or a phone with two LIDs."""
    pairs = {(message.phone.value, message.lid) for message in messages if message.phone and message.lid}
    phone_of_lid = {lid: phone for phone, lid in pairs}
    lid_of_phone = dict(pairs)
    if not len(pairs) == len(phone_of_lid) == len(lid_of_phone):
        raise OneByOne
    people: dict[str, Person] = {}
    for message in messages:
        if message.phone:
            key, lid = message.phone.value, lid_of_phone.get(message.phone.value)
        else:
            lid = message.lid
            key = phone_of_lid.get(lid or "", f"lid:{lid}")
        person = people.setdefault(key, Person(phone=None, lid=lid))
        person.phone = person.phone or message.phone
        person.messages.append(message)
    return list(people.values())


async def _find_contacts(uow: UnitOfWork, project_id: UUID, people: Sequence[Person]) -> None:
    """Raises OneByOne, also where two of them are one contact."""
    pairs = [(person.phone, person.lid) for person in people]
    matches = await uow.contact_identities.match_many(project_id, pairs)
    for person, match in zip(people, matches, strict=True):
        person.match = match
        person.require_steady()
    found = [match.contact.id for match in matches if match.contact is not None]
    if len(set(found)) != len(found):
        raise OneByOne


async def _store(
    uow: UnitOfWork,
    channel: InboundChannel,
    new: Sequence[ChunkMessage],
    people: Sequence[Person],
    stored: dict[str, StoredId],
) -> None:
    active = await _hold(uow, channel, people)
    await uow.add_all(*(person.contact for person in people if person.match.contact is None))
    await uow.save_all(*(person.contact for person in people if person.match.contact is not None))
    await _remember(uow, channel.project_id, people)
    contacts = {message.index: person.contact for person in people for message in person.messages}
    chats = await _save_chats(uow, channel.project_id, new, contacts)
    sessions: dict[int, Session] = {}
    for person in people:
        sessions |= person.count(channel, uow.tenant, active.get(person.contact.id))
    changed = [session for person in people for session in person.sessions]
    await uow.save_all(*(session for session in changed if not uow.sessions.is_new(session)))
    await uow.add_all(*(session for session in changed if uow.sessions.is_new(session)))
    places = Places(contacts=contacts, sessions=sessions, chats=chats)
    await uow.messages.add_many(_messages(uow, channel, new, places, stored))


async def _hold(uow: UnitOfWork, channel: InboundChannel, people: Sequence[Person]) -> dict[UUID, Session]:
    """Lock the contacts that are stored, and read their active sessions behind that, by contact."""
    found = {person.match.contact.id: person.match.contact for person in people if person.match.contact}
    if not found:
        return {}
    lock = uow.contacts.locking(uow.contacts.LOCK_FOR_NO_KEY_UPDATE, sorted(found))
    finds = [
        Call(uow.sessions.FIND_ACTIVE, ((uow.tenant, contact_id, channel.type.type_id),))
        for contact_id in found
    ]
    locked, *answers = await uow.connection.together([lock, *finds])
    if {row["id"]: row["version"] for row in locked} != {id_: found[id_].version for id_ in found}:
        raise Conflict("a contact was changed, or merged into another, meanwhile")
    sessions = [uow.sessions.read(rows[0]) for rows in answers if rows]
    return {session.contact_id: session for session in sessions}


async def _remember(uow: UnitOfWork, project_id: UUID, people: Iterable[Person]) -> None:
    """The LID from its first message on, and the pair from the first one that tells it."""
    for person in people:
        if person.match.remembered or person.lid is None:
            continue
        told: Party | None = None
        for message in person.messages:
            if message.lid is None or (told is not None and (told.phone or message.phone is None)):
                continue
            if told is None and message.phone is None and person.match.contact is not None:
                continue  # found by it, so it is remembered
            told = message.command.contact
            await uow.contact_identities.remember(
                project_id, person.contact.id, message.phone, message.lid, now=message.at
            )


async def _save_chats(
    uow: UnitOfWork, project_id: UUID, messages: Iterable[ChunkMessage], contacts: dict[int, Contact]
) -> dict[str, Chat]:
    """By the group's id, each with all of its messages; locked in the order of those ids."""
    by_group: dict[str, list[ChunkMessage]] = {}
    for message in messages:
        if message.command.group is not None:
            by_group.setdefault(message.command.group.external_id, []).append(message)
    chats = {}
    for external_id, group_messages in sorted(by_group.items()):
        chat_id = await uow.chats.find_id(external_id)
        chat = uow.chats.held(await uow.connection.together(uow.chats.holding(chat_id))) if chat_id else None
        for message in group_messages:
            group = message.command.group
            assert group is not None  # noqa: S101 - they were chosen by it
            if chat is None:
                chat = create_group_chat(uow, project_id, group, now=message.at)
            chat = chat.record_message(contacts[message.index].id, group.subject, now=message.at)
        assert chat is not None  # noqa: S101
        chats[external_id] = await (uow.chats.add(chat) if uow.chats.is_new(chat) else uow.chats.save(chat))
    return chats


def _messages(
    uow: UnitOfWork,
    channel: InboundChannel,
    new: Sequence[ChunkMessage],
    places: Places,
    stored: dict[str, StoredId],
) -> list[Message]:
    known, messages = dict(stored), []
    for item in new:
        command, contact = item.command, places.contacts[item.index]
        chat = places.chats[command.group.external_id] if command.group else None
        quoted = known.get(command.reply_to or "")
        if quoted is not None and (
            quoted.chat_id != (chat.id if chat else None) or not (chat or quoted.contact_id == contact.id)
        ):
            quoted = None
        message = create_message(
            uow,
            command,
            channel,
            contact=contact,
            session=places.sessions.get(item.index),
            chat=chat,
            quoted_id=quoted.id if quoted else None,
        )
        known[command.channel_message_id] = StoredId(message.id, message.chat_id, message.contact_id)
        messages.append(message)
    return messages
