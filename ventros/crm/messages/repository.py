"""Where messages are kept: once each, guarded by the platform's id and by the order of delivery."""

from __future__ import annotations

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
from ventros.kernel.errors import AlreadyExists, Conflict, NotFound
from ventros.kernel.repository import EntityRepository
from ventros.kernel.statements import statement

DELIVERY_EVENTS = (MessageSent, MessageDelivered, MessageRead, MessagePlayed, MessageFailed)


class MessageRepository(EntityRepository[Message]):
    """Without a version: the unique key of (channel, channel_message_id) decides between two deliveries,
    and a delivery status is written only over an earlier one.
    """

    resource = "message"
    mapper = mapper

    INSERT = statement("messages.insert")
    SELECT = statement("messages.get")
    UPDATE = statement("messages.update")
    ADVANCE_DELIVERY = statement("messages.advance_delivery")
    FIND_BY_CHANNEL_MESSAGE_ID = statement("messages.find_by_channel_message_id")

    async def add(self, message: Message) -> Message:
        """Raises AlreadyExists, with the transaction still usable, when the channel has it already."""
        self._own(message)
        if await self._connection.affected(self.INSERT, *mapper.insert_args(message)) == 0:
            raise AlreadyExists(self.resource, "messages_channel_message_key")
        self._record(message, None)
        return message.clear_events()

    async def get(self, id: UUID) -> Message:  # noqa: A002 - the field's name everywhere
        """Raises NotFound."""
        return self._found(await self._connection.maybe(self.SELECT, self._tenant, id), id)

    async def save(self, message: Message) -> Message:
        """Write what the message's new events tell of: content and links, delivery, or both.

        Content and links are written together: of two writers the later wins all of them. Raises NotFound
        when the message is gone, Conflict when its delivery has meanwhile gone as far or further: then
        nothing is written, and after loading it again there may be nothing left to do.
        """
        self._own(message)
        of_delivery = [isinstance(event, DELIVERY_EVENTS) for event in message.domain_events]
        if any(of_delivery):
            await self._advance_delivery(message)
        if not all(of_delivery):
            await self._update(message)
        self._record(message, None)
        return message.clear_events()

    async def _update(self, message: Message) -> None:
        if await self._connection.affected(self.UPDATE, *mapper.update_args(message)) == 0:
            raise NotFound(self.resource, message.id)

    async def _advance_delivery(self, message: Message) -> None:
        if await self._connection.affected(self.ADVANCE_DELIVERY, *mapper.delivery_args(message)) == 0:
            await self.get(message.id)
            raise Conflict(f"message {message.id} is no longer behind {message.status}")

    async def find_by_channel_message_id(self, channel_id: UUID, channel_message_id: str) -> Message | None:
        """The live message that the platform knows by this id."""
        row = await self._connection.maybe(
            self.FIND_BY_CHANNEL_MESSAGE_ID, self._tenant, channel_id, channel_message_id
        )
        return None if row is None else self._load(row)
