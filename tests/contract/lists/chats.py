"""Chats, for the suite of lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import attrs

from tests.support.constants import NOW
from tests.support.list_case import Case, Filtered
from ventros import UnitOfWork
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.values import AgentType
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.values import ChatStatus, ParticipantType
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id


async def store(uow: UnitOfWork, seed: Seed) -> list[Chat]:
    """Two in a row are created at the same time."""
    of: dict[str, Any] = {"project_id": seed.project_id, "tenant_id": seed.tenant}
    ada, bob = [await uow.contacts.add(Contact.create(**of, name=name, now=NOW)) for name in ("Ada", "Bob")]
    bot = await uow.agents.add(Agent.create(**of, name="bot", type=AgentType.BOT, now=NOW))

    def group(subject: str, creator: Contact) -> Chat:
        return Chat.create_group(**of, subject=subject, creator_id=creator.id, now=NOW)

    chats = [
        Chat.create_individual(**of, contact_id=ada.id, now=NOW).add_participant(
            bot.id, ParticipantType.AGENT, now=NOW
        ),
        Chat.create_individual(**of, contact_id=bob.id, now=NOW).archive(now=NOW),
        group("Rowing 100%", ada),
        group("late rowing_club", bob).add_participant(ada.id, ParticipantType.CONTACT, now=NOW),
        group("Back\\slash", bob).close(now=NOW),
        Chat.create_channel(**of, subject="Élise's news", now=NOW),
        group("Rowing", bob).archive(now=NOW),
    ]
    live = [
        await uow.chats.add(attrs.evolve(chat, created_at=NOW + line // 2 * timedelta(hours=1)))
        for line, chat in enumerate(chats)
    ]
    gone = await uow.chats.add(group("Rowing gone", ada))
    await uow.chats.save(gone.delete(now=NOW))
    return live


def expected(stored: list[Chat]) -> Mapping[str, list[Filtered]]:
    ada = stored[0].contact_participants[0].id
    bot = stored[0].agent_participants[0].id

    def says(text: str) -> Filtered:
        return Filtered(
            value=text, passes=lambda chat: chat.subject is not None and text.lower() in chat.subject.lower()
        )

    return {
        "project_id": [
            Filtered(value=stored[0].project_id, passes=lambda _: True),
            Filtered(value=new_id(), passes=lambda _: False),
        ],
        "contact_id": [
            Filtered(
                value=ada,
                passes=lambda chat: ada in {participant.id for participant in chat.contact_participants},
            ),
            Filtered(value=bot, passes=lambda _: False),
        ],
        "status": [
            Filtered(value=ChatStatus.ACTIVE, passes=lambda chat: chat.status is ChatStatus.ACTIVE),
            Filtered(value=("archived", "closed"), passes=lambda chat: chat.status is not ChatStatus.ACTIVE),
        ],
        "subject": [*map(says, ("ROWING", "%", "_", "\\", "Élise"))],
    }


CASE: Any = Case(repository=lambda uow: uow.chats, store=store, expected=expected)
