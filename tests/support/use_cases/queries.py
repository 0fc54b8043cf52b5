"""Cases of queries, which read only."""

from __future__ import annotations

from uuid import UUID

from tests.support.constants import NOW
from tests.support.inbound_messages import MINUTE
from tests.support.use_cases import Work, World, case
from tests.support.use_cases.messages import before
from ventros.application.queries.contact_statistics import ContactStatistics, contact_statistics
from ventros.application.queries.conversation_thread import ConversationThread, conversation_thread
from ventros.application.queries.session_statistics import SessionStatistics, session_statistics


async def _contact_ids(world: World) -> list[UUID]:
    """Of one contact, who wrote twice."""
    await before(world)
    await before(world, "again")
    return [contact.id for contact in (await world.run(lambda uow: uow.contacts.page())).items]


@case("conversation_thread", "of two messages")
async def _thread(world: World) -> Work:
    (contact_id,) = await _contact_ids(world)
    return lambda uow: conversation_thread(uow, ConversationThread(contact_id=contact_id))


@case("contact_statistics", "of a contact with a session")
async def _contact(world: World) -> Work:
    (contact_id,) = await _contact_ids(world)
    return lambda uow: contact_statistics(uow, ContactStatistics(contact_id=contact_id))


@case("session_statistics", "of a period with a session", names_nothing=True)
async def _sessions(world: World) -> Work:
    await before(world)
    query = SessionStatistics(started_from=NOW, started_before=NOW + MINUTE)
    return lambda uow: session_statistics(uow, query)
