"""Where messages are kept: once each, guarded by the platform's id and by the order of delivery."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ventros.crm.messages import mapper
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.events import (
    MessageDelivered,
    MessageFailed,
    MessagePlayed,
    MessageRead,
    MessageSent,
)
from ventros.crm.messages.list_query import LIST_QUERY, MessageFilter, MessageSort
from ventros.kernel.errors import AlreadyExists, Conflict
from ventros.kernel.lists import ListRepository
from ventros.kernel.statements import statement

DELIVERY_EVENTS = (MessageSent, MessageDelivered, MessageRead, MessagePlayed, MessageFailed)


class MessageRepository(ListRepository[Message, MessageFilter, MessageSort]):
    """Without a version: the unique key of (channel, channel_message_id) decides between two deliveries,
    and a delivery status is written only over an earlier one.
    """

    resource = "message"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    INSERT = statement("messages.insert")
    SELECT = statement("messages.get")
    UPDATE = statement("messages.update")
    ADVANCE_DELIVERY = statement("messages.advance_delivery")
    FIND_BY_CHANNEL_MESSAGE_ID = statement("messages.find_by_channel_message_id")
    LOCK_BY_CHANNEL_MESSAGE_ID = statement("messages.lock_by_channel_message_id")
    MOVE = statement("messages.move")

    async def add(self, message: Message) -> Message:
        """Raises AlreadyExists, with the transaction still usable, when the channel has it already."""
        self.require_new(message)
        if await self._connection.affected(self.INSERT, *mapper.insert_args(message)) == 0:
            raise AlreadyExists(self.resource, "messages_channel_message_key", message.id)
        self.record_events(message, None)
        return self._written(message)

    async def get(self, id: UUID) -> Message:  # noqa: A002 - the field's name everywhere
        """Raises NotFound."""
        return self._load_found(await self._connection.maybe(self.SELECT, self._tenant, id), id)

    async def save(self, message: Message) -> Message:
        """Write what the message's new events tell of: the changed fields, delivery, or both.

        The result is the message as it is stored, with what others wrote of it meanwhile. Raises NotFound
        when it is gone, Conflict when its delivery has meanwhile gone as far or further: then nothing is
        written, and after loading it again there may be nothing left to do.
        """
        self.require_writable(message)
        self.require_change_told(message)
        stored = message
        if any(isinstance(event, DELIVERY_EVENTS) for event in message.domain_events):
            stored = await self._advance_delivery(message)
        if message.changed_fields:
            row = await self._connection.maybe(self.UPDATE, *mapper.update_args(message))
            stored = self._load_found(row, message.id)
        self.record_events(message, None)
        return self._written(stored)

    async def _advance_delivery(self, message: Message) -> Message:
        row = await self._connection.maybe(self.ADVANCE_DELIVERY, *mapper.delivery_args(message))
        if row is None:
            await self.get(message.id)
            raise Conflict(f"message {message.id} is no longer behind {message.status}")
        return self._load(row)

    async def find_by_channel_message_id(
        self, channel_id: UUID, channel_message_id: str, *, lock: bool = False
    ) -> Message | None:
        """The live message that the platform knows by this id; ``lock`` holds it as a save would."""
        statement = self.LOCK_BY_CHANNEL_MESSAGE_ID if lock else self.FIND_BY_CHANNEL_MESSAGE_ID
        row = await self._connection.maybe(statement, self._tenant, channel_id, channel_message_id)
        return None if row is None else self._load(row)

    async def move(
        self,
        merged_contact_id: UUID,
        surviving_contact_id: UUID,
        *,
        now: datetime,
        merged_chat_id: UUID | None = None,
        surviving_chat_id: UUID | None = None,
    ) -> int:
        """How many live messages of the merged contact are now the surviving one's.

        ``contact.merged`` tells of it, and no event of theirs. Those in the merged contact's individual chat
        go to the one that takes its place, if both are given.
        """
        return await self._connection.affected(
            self.MOVE,
            self._tenant,
            merged_contact_id,
            surviving_contact_id,
            merged_chat_id,
            surviving_chat_id,
            now,
        )
