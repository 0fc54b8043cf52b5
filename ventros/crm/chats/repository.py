"""Where chats are kept, each with a row for everybody who takes part in it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import asyncpg

from ventros.crm.chats import mapper
from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.events import (
    ChatArchived,
    ChatClosed,
    ChatDescriptionUpdated,
    ChatLabelAdded,
    ChatLabelRemoved,
    ChatSubjectUpdated,
    ChatUnarchived,
    ChatUpdated,
)
from ventros.crm.chats.list_query import LIST_QUERY, ChatFilter, ChatSort
from ventros.kernel.connection.call import Call
from ventros.kernel.lists import ListRepository
from ventros.kernel.repository import ChildRows, Repository
from ventros.kernel.statements import Statement
from ventros.kernel.validators import instance_of
from ventros.statements import statement

OF_THE_ROOT_ALONE = (
    ChatUpdated,
    ChatArchived,
    ChatUnarchived,
    ChatClosed,
    ChatSubjectUpdated,
    ChatDescriptionUpdated,
    ChatLabelAdded,
    ChatLabelRemoved,
)
"""Events that never come of a change of participants; after any other these are compared."""


def _may_change_participants(chat: Chat) -> bool:
    return not all(isinstance(event, OF_THE_ROOT_ALONE) for event in chat.domain_events)


class ChatRepository(Repository[Chat], ListRepository[Chat, ChatFilter, ChatSort]):
    """A live chat is the only one of its external id, and an individual one the only one of its contact in
    the project: :meth:`add` and :meth:`save` raise AlreadyExists otherwise.

    They raise ReferenceNotFound when a participant is no contact, or no agent, of the tenant.
    """

    resource = "chat"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    TABLE = statement.table("chats")
    FIND_BY_EXTERNAL_ID = statement("chats.find_by_external_id")
    FIND_ID = statement("chats.find_id_by_external_id")
    FIND_INDIVIDUAL = statement("chats.find_individual")

    CHILDREN = (
        ChildRows(
            table=statement.table("chat_participants"),
            root_id="chat_id",
            from_row=mapper.participant_from_row,
            insert_args=mapper.participant_args,
            update_args=mapper.participant_args,
            of=lambda chat, _stored: chat.participants,
            may_differ=_may_change_participants,
        ),
    )

    def holding(self, id: UUID) -> list[Call]:  # noqa: A002 - the field's name everywhere
        """What locks the chat as a save would and then reads it, to be sent together; see :meth:`held`."""
        return [self.locking(self.LOCK_FOR_NO_KEY_UPDATE, [id]), *self.getting(id)]

    def held(self, answers: Sequence[Sequence[asyncpg.Record]]) -> Chat | None:
        """The chat that the answers to :meth:`holding` tell of; None when it is gone or was not asked."""
        instance_of(Sequence, answers, "answers")
        return self.got(answers[1:]) if answers else None

    async def find_by_external_id(self, external_id: str) -> Chat | None:
        """The tenant's only live chat of that id on the platform."""
        return await self._maybe(self.FIND_BY_EXTERNAL_ID, external_id)

    async def find_id(self, external_id: str) -> UUID | None:
        """That of the same chat, without the chat and its participants."""
        row = await self.connection.maybe(self.FIND_ID, self.tenant, external_id)
        return None if row is None else row["id"]

    async def find_individual_by_contact(self, project_id: UUID, contact_id: UUID) -> Chat | None:
        """The project's only live individual chat with that contact."""
        return await self._maybe(self.FIND_INDIVIDUAL, project_id, contact_id)

    async def _maybe(self, statement: Statement, *key: object) -> Chat | None:
        row = await self.connection.maybe(statement, self.tenant, *key)
        return None if row is None else (await self.load_all([row]))[0]
