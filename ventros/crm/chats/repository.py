"""Where chats are kept, each with a row for everybody who takes part in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

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
from ventros.kernel.errors import WriteSuppressed
from ventros.kernel.lists import ListRepository
from ventros.kernel.repository import Repository
from ventros.kernel.repository.children import diff
from ventros.kernel.repository.entity import map_row
from ventros.kernel.statements import Statement, statement

if TYPE_CHECKING:
    import asyncpg

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


class ChatRepository(Repository[Chat], ListRepository[Chat, ChatFilter, ChatSort]):
    """A live chat is the only one of its external id, and an individual one the only one of its contact in
    the project: :meth:`add` and :meth:`save` raise AlreadyExists otherwise.

    They raise ReferenceNotFound when a participant is no contact, or no agent, of the tenant.
    """

    resource = "chat"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    INSERT = statement("chats.insert")
    SELECT = statement("chats.get")
    UPDATE = statement("chats.update")
    DELETE = statement("chats.delete")
    STORED_VERSION = statement("chats.stored_version")
    TOUCH = statement("chats.touch")
    LOCK_FOR_SHARE = statement("chats.lock_for_share")
    LOCK_FOR_NO_KEY_UPDATE = statement("chats.lock_for_no_key_update")
    LOCK_FOR_UPDATE = statement("chats.lock_for_update")
    TRY_LOCK_FOR_SHARE = statement("chats.try_lock_for_share")
    TRY_LOCK_FOR_NO_KEY_UPDATE = statement("chats.try_lock_for_no_key_update")
    TRY_LOCK_FOR_UPDATE = statement("chats.try_lock_for_update")
    FIND_BY_EXTERNAL_ID = statement("chats.find_by_external_id")
    LOCK_BY_EXTERNAL_ID = statement("chats.lock_by_external_id")
    FIND_ID = statement("chats.find_id_by_external_id")
    FIND_INDIVIDUAL = statement("chats.find_individual")
    FIND_PARTICIPANTS = statement("chat_participants.find_by_chats")
    INSERT_PARTICIPANTS = statement("chat_participants.insert")
    UPDATE_PARTICIPANTS = statement("chat_participants.update")
    DELETE_PARTICIPANTS = statement("chat_participants.delete")

    async def add(self, aggregate: Chat) -> Chat:
        """One statement more than usual, when anybody takes part."""
        added = await super().add(aggregate)
        participants = added.participants
        args = mapper.participants_args(added, participants)
        await self._write(self.INSERT_PARTICIPANTS, participants, *args)
        return added

    async def _after_update(self, aggregates: Sequence[Chat]) -> None:
        """One SELECT for all whose participants may have changed; only those that did are written."""
        compared = [chat for chat in aggregates if _may_change_participants(chat)]
        if not compared:
            return
        stored = await self._participants([chat.id for chat in compared])
        for chat in compared:
            change = diff(map(mapper.participant_from_row, stored[chat.id]), chat.participants)
            removed = [participant.id for participant in change.removed]
            await self._write(self.DELETE_PARTICIPANTS, removed, self._tenant, chat.id, removed)
            for write, participants in (
                (self.UPDATE_PARTICIPANTS, change.changed),
                (self.INSERT_PARTICIPANTS, change.added),
            ):
                await self._write(write, participants, *mapper.participants_args(chat, participants))

    async def find_by_external_id(self, external_id: str, *, lock: bool = False) -> Chat | None:
        """The tenant's only live chat of that id on the platform; ``lock`` holds it as a save would."""
        return await self._maybe(self.LOCK_BY_EXTERNAL_ID if lock else self.FIND_BY_EXTERNAL_ID, external_id)

    async def find_id(self, external_id: str) -> UUID | None:
        """That of the same chat, without the chat and its participants."""
        row = await self._connection.maybe(self.FIND_ID, self._tenant, external_id)
        return None if row is None else row["id"]

    async def find_individual_by_contact(self, project_id: UUID, contact_id: UUID) -> Chat | None:
        """The project's only live individual chat with that contact."""
        return await self._maybe(self.FIND_INDIVIDUAL, project_id, contact_id)

    async def _maybe(self, statement: Statement, *key: object) -> Chat | None:
        row = await self._connection.maybe(statement, self._tenant, *key)
        return None if row is None else (await self._load_all([row]))[0]

    async def _map_all(self, rows: Sequence[asyncpg.Record]) -> list[Chat]:
        """With those who take part, at the cost of one statement for all chats."""
        if not rows:
            return []
        stored = await self._participants([row["id"] for row in rows])
        return [map_row(mapper.from_row, self._table(), row, stored[row["id"]]) for row in rows]

    async def _participants(self, ids: list[UUID]) -> defaultdict[UUID, list[asyncpg.Record]]:
        by_chat: defaultdict[UUID, list[asyncpg.Record]] = defaultdict(list)
        for row in await self._connection.many(self.FIND_PARTICIPANTS, self._tenant, ids):
            by_chat[row["chat_id"]].append(row)
        return by_chat

    async def _write(self, statement: Statement, rows: Sequence[Any], *args: object) -> None:
        """Send it when there are rows to write, and see that it wrote them all."""
        if rows and await self._connection.affected(statement, *args) != len(rows):
            raise WriteSuppressed(
                f"{statement.name} was to write {len(rows)} rows and wrote another number of them: a trigger "
                "or a policy suppressed it",
                table=statement.path.stem,
            )


def _may_change_participants(chat: Chat) -> bool:
    return not all(isinstance(event, OF_THE_ROOT_ALONE) for event in chat.domain_events)
