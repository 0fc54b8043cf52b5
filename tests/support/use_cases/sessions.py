"""Cases of sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from tests.support.constants import NOW
from tests.support.inbound_messages import MINUTE, inbound
from tests.support.use_cases import Work, World, case
from tests.support.use_cases.contacts import new_contact
from ventros.application.contacts.identify_contact import identify_contact
from ventros.application.messages.inbound import Party
from ventros.application.messages.process_inbound_message import process_inbound_message
from ventros.application.sessions.close_session import CloseSession, close_session
from ventros.application.sessions.consolidate_sessions import ConsolidateSessions, consolidate_sessions
from ventros.application.sessions.create_session import CreateSession, create_session
from ventros.application.sessions.expire_session import expire_session
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType
from ventros.crm.sessions.aggregate import EndReason, Session
from ventros.crm.sessions.list_query import SessionFilter
from ventros.kernel.lists import Direction
from ventros.values import Phone

LATER = NOW + 31 * MINUTE
"""When a session that began at NOW has timed out."""


async def _contact(world: World) -> UUID:
    (contact,) = await world.add(new_contact(world))
    id_: UUID = contact.id
    return id_


async def _active(world: World) -> Session:
    (session,) = await world.add(
        Session.start(
            contact_id=await _contact(world), tenant_id=world.tenant, channel_type_id=1, now=NOW
        ).record_message(from_contact=True, now=NOW)
    )
    assert isinstance(session, Session)
    return session


def _records(session: Session) -> Work:
    """A rival that records a message in the session."""
    return lambda uow: uow.sessions.apply(
        session.id, Session.record_message, from_contact=True, now=NOW + MINUTE
    )


@case("create_session", "of a contact that has none")
async def _create(world: World) -> Work:
    command = CreateSession(contact_id=await _contact(world), channel_type_id=1, started_at=NOW)
    return lambda uow: create_session(uow, command)


@case("create_session", "while the contact's first message comes in")
async def _create_beside(world: World) -> Work:
    phone = Phone(f"+5511{world.number}")
    contact = await world.run(
        lambda uow: identify_contact(uow, world.seed.project_id, phone=phone, lid=None, name=None, now=NOW)
    )
    command = CreateSession(contact_id=contact.id, channel_type_id=1, started_at=NOW)
    message = inbound(contact=Party(phone=phone.value), received_at=NOW, event_id=None)
    world.rival = lambda uow: process_inbound_message(uow, world.seed.channel_id, message)
    return lambda uow: create_session(uow, command)


@case("create_session", "on a channel")
async def _create_on_channel(world: World) -> Work:
    command = CreateSession(
        contact_id=await _contact(world), channel_id=world.seed.channel_id, started_at=NOW
    )
    return lambda uow: create_session(uow, command)


@case("create_session", "of a contact whose session goes on")
async def _create_again(world: World) -> Work:
    session = await _active(world)
    command = CreateSession(contact_id=session.contact_id, channel_type_id=1, started_at=NOW + MINUTE)
    return lambda uow: create_session(uow, command)


@case("create_session", "of a contact whose session has timed out")
async def _create_next(world: World) -> Work:
    session = await _active(world)
    command = CreateSession(contact_id=session.contact_id, channel_type_id=1, started_at=LATER)
    world.rival = lambda uow: expire_session(uow, session.id, LATER)
    return lambda uow: create_session(uow, command)


@case("close_session", "resolved and escalated")
async def _close(world: World) -> Work:
    session = await _active(world)
    command = CloseSession(
        session_id=session.id, reason=EndReason.AGENT_CLOSE, resolved=True, escalated=True, closed_at=LATER
    )
    return lambda uow: close_session(uow, command)


@case("close_session", "while a message is recorded")
async def _close_beside(world: World) -> Work:
    session = await _active(world)
    command = CloseSession(session_id=session.id, reason=EndReason.MANUAL_CLOSE, closed_at=LATER)
    world.rival = _records(session)
    return lambda uow: close_session(uow, command)


@case("expire_session", "that has timed out", answers_others=True)
async def _expire(world: World) -> Work:
    session = await _active(world)
    return lambda uow: expire_session(uow, session.id, LATER)


@case("expire_session", "while a message is recorded", answers_others=True)
async def _expire_beside(world: World) -> Work:
    """The message comes too late, or in time."""
    session = await _active(world)
    world.rival = _records(session)
    return lambda uow: expire_session(uow, session.id, LATER)


def _message(world: World, session: Session, at: datetime) -> Message:
    return Message.create(
        tenant_id=world.tenant,
        user_id=world.seed.user_id,
        project_id=world.seed.project_id,
        contact_id=session.contact_id,
        channel_id=world.seed.channel_id,
        channel_type_id=1,
        session_id=session.id,
        channel_message_id=f"wamid.{world.number}.{at:%H.%M}",
        content_type=ContentType.TEXT,
        text="hello",
        from_me=False,
        timestamp=at,
    )


async def _cut_apart(world: World) -> ConsolidateSessions:
    """A conversation in three sessions, of a message each, and another one, an hour later."""
    contact_id = await _contact(world)
    for minutes in (0, 10, 20, 80):
        at = NOW + minutes * MINUTE
        (session,) = await world.add(
            Session.start(contact_id=contact_id, tenant_id=world.tenant, channel_type_id=1, now=at)
            .record_message(from_contact=True, now=at)
            .end(EndReason.SYSTEM_CLOSE, now=at)
        )
        message = _message(world, session, at)
        await world.run(lambda uow, message=message: uow.messages.add(message))  # type: ignore[misc]
    return ConsolidateSessions(contact_id=contact_id, channel_type_id=1, consolidated_at=LATER)


@case("consolidate_sessions", "of a contact with a conversation in three")
async def _consolidate(world: World) -> Work:
    command = await _cut_apart(world)
    return lambda uow: consolidate_sessions(uow, command)


@case("consolidate_sessions", "of which one is escalated meanwhile")
async def _consolidate_beside(world: World) -> Work:
    command = await _cut_apart(world)
    found = await world.run(
        lambda uow: uow.sessions.page(SessionFilter(contact_id=command.contact_id), direction=Direction.ASC)
    )
    second = found.items[1]
    world.rival = lambda uow: uow.sessions.apply(second.id, Session.escalate, now=LATER)
    return lambda uow: consolidate_sessions(uow, command)
