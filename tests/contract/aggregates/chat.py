"""Chat, for the contract suite: a group, which has every field and children that can be changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros import UnitOfWork
from ventros.crm.agents.aggregate import Agent
from ventros.crm.agents.repository import AgentRepository
from ventros.crm.agents.values import AgentType
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.values import ChatType, Participant, ParticipantType
from ventros.crm.contacts.aggregate import Contact
from ventros.demo.seed import Seed
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import maybe, texts, times
from ventros.testing.factory import Factory, Refs


async def prepare(uow: UnitOfWork, seed: Seed) -> Refs:
    made = {
        name: await uow.contacts.add(
            Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name=name, now=NOW)
        )
        for name in ("creator", "guest")
    }
    agent = await AgentRepository(uow).add(
        Agent.create(
            project_id=seed.project_id, tenant_id=seed.tenant, name="bot", type=AgentType.BOT, now=NOW
        )
    )
    return {**{name: contact.id for name, contact in made.items()}, "agent": agent.id}


def new(seed: Seed, refs: Refs) -> Chat:
    group = Chat.create_group(
        project_id=seed.project_id,
        tenant_id=seed.tenant,
        subject="Rowing",
        creator_id=refs["creator"],
        now=NOW,
    )
    return group.add_participant(refs["guest"], ParticipantType.CONTACT, now=NOW)


def overrides(seed: Seed, refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    def participant(name: str) -> st.SearchStrategy[Participant]:
        kind = ParticipantType.AGENT if name == "agent" else ParticipantType.CONTACT
        return st.builds(
            Participant, id=st.just(refs[name]), type=st.just(kind), joined_at=times, is_admin=st.booleans()
        )

    everybody = st.tuples(*(maybe(participant(name)) for name in refs))
    return st.fixed_dictionaries(
        {
            "project_id": st.just(seed.project_id),
            "chat_type": st.just(ChatType.GROUP),
            "subject": texts,
            "participants": everybody.map(
                lambda some: tuple(participant for participant in some if participant is not None)
            ),
        }
    )


def change(chat: Chat, now: datetime) -> Chat:
    return chat.set_subject(f"Rowing {new_id()}", now=now)


def change_child(chat: Chat, now: datetime) -> Chat:
    """Who is no admin becomes one; when all are, one ceases to be."""
    for participant in chat.participants:
        if not participant.is_admin:
            return chat.promote_to_admin(participant.id, now=now)
    return chat.demote_from_admin(chat.participants[-1].id, now=now)


FACTORY = Factory(
    resource="chat",
    new=new,
    overrides=overrides,
    change=change,
    prepare=prepare,
    change_child=change_child,
    fixed=frozenset({"project_id", "chat_type"}),
)
