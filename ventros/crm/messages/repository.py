"""Where messages are kept: once each, guarded by the platform's id and by the order of delivery."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg
import attrs

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
from ventros.crm.messages.values import ContentType
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import AlreadyExists, Conflict
from ventros.kernel.lists import ListRepository
from ventros.kernel.validators import instance_of
from ventros.statements import statement
from ventros.values import Phone

DELIVERY_EVENTS = (MessageSent, MessageDelivered, MessageRead, MessagePlayed, MessageFailed)


@attrs.frozen
class NamedMessage:
    """A message, and what the rest of a name stands for: the chat of the group, the contact of the phone, and
    that of the LID, with the phone that it has, and the one that the LID is paired with.
    """

    chat_id: UUID | None
    phone_contact_id: UUID | None
    lid_contact_id: UUID | None
    lid_contact_phone: str | None
    paired_phone: str | None
    message: Message


class StoredId(NamedTuple):
    """A message, by its own id, and whose it is."""

    id: UUID
    chat_id: UUID | None
    contact_id: UUID


class MessageRepository(ListRepository[Message, MessageFilter, MessageSort]):
    """Without a version: the unique key of (channel, channel_message_id) decides between two deliveries,
    and a delivery status is written only over an earlier one.
    """

    resource = "message"
    mapper = mapper
    LIST_QUERY = LIST_QUERY

    TABLE = statement.table("messages")
    HOLD = statement("messages.hold")
    HOLD_ECHOED = statement("messages.hold_echoed")
    ADVANCE_DELIVERY = statement("messages.advance_delivery")
    FIND_STORED = statement("messages.find_stored")
    FIND_BY_CHANNEL_MESSAGE_ID = statement("messages.find_by_channel_message_id")
    FIND_NAMED = statement("messages.find_named")
    LOCK_NAMED = statement("messages.lock_named")
    MOVE = statement("messages.move")
    MOVE_BETWEEN_SESSIONS = statement("messages.move_between_sessions")

    async def add(self, message: Message) -> Message:
        """Raises AlreadyExists, with the transaction still usable, when the channel has it already."""
        self.require_new(message)
        if await self.connection.affected(self.INSERT, *mapper.insert_args(message)) == 0:
            raise AlreadyExists(self.resource, "messages_channel_message_key", message.id)
        self.record_events(message, None)
        return self.as_written(message)

    async def add_many(self, messages: Sequence[Message]) -> None:
        """The same of many, in one round trip. Raises Conflict when the channel has any of them already."""
        instance_of(Sequence, messages, "messages")
        for message in messages:
            self.require_new(message)
        call = Call(self.INSERT, [mapper.insert_args(message) for message in messages])
        (count,) = await self.connection.together([call])
        if count != len(messages):
            raise Conflict(f"{len(messages) - count} of {len(messages)} messages were stored meanwhile")
        for message in messages:
            self.record_events(message, None)

    async def find_stored(self, channel_id: UUID, channel_message_ids: Sequence[str]) -> dict[str, StoredId]:
        """Those of the ids that the channel has a live message of."""
        instance_of(Sequence, channel_message_ids, "channel_message_ids")
        rows = await self.connection.many(
            self.FIND_STORED, self.tenant, channel_id, list(channel_message_ids)
        )
        return {
            row["channel_message_id"]: StoredId(row["id"], row["chat_id"], row["contact_id"]) for row in rows
        }

    async def get(self, id: UUID) -> Message:  # noqa: A002 - the field's name everywhere
        """Raises NotFound."""
        return self.load_found(await self.connection.maybe(self.GET, self.tenant, id), id)

    async def hold(self, id: UUID) -> Message:  # noqa: A002
        """The same, locked as a save would until the transaction ends. Raises NotFound."""
        return self.load_found(await self.connection.maybe(self.HOLD, self.tenant, id), id)

    async def hold_echoed(
        self,
        channel_id: UUID,
        contact_id: UUID,
        content_type: ContentType,
        text: str | None,
        *,
        since: datetime,
    ) -> Message | None:
        """The message, handed over and without the platform's id, that one of this content is; held.

        Of several the oldest that was written ``since``.
        """
        args = (channel_id, contact_id, content_type, text or None, since)
        row = await self.connection.maybe(self.HOLD_ECHOED, self.tenant, *args)
        return None if row is None else self.load(row)

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
            row = await self.connection.maybe(self.UPDATE, *mapper.update_args(message))
            stored = self.load_found(row, message.id)
        self.record_events(message, None)
        return self.as_written(stored)

    async def _advance_delivery(self, message: Message) -> Message:
        row = await self.connection.maybe(self.ADVANCE_DELIVERY, *mapper.delivery_args(message))
        if row is None:
            await self.get(message.id)
            raise Conflict(f"message {message.id} is no longer behind {message.status}")
        return self.load(row)

    async def find_by_channel_message_id(self, channel_id: UUID, channel_message_id: str) -> Message | None:
        """The live message that the platform knows by this id."""
        row = await self.connection.maybe(
            self.FIND_BY_CHANNEL_MESSAGE_ID, self.tenant, channel_id, channel_message_id
        )
        return None if row is None else self.load(row)

    def naming(
        self,
        channel_id: UUID,
        channel_message_id: str,
        *,
        group_id: str | None,
        phone: Phone | None,
        lid: str | None,
        lock: bool = False,
    ) -> Call:
        """What finds the same message, and what it may be named by; ``lock`` holds it as a save would.

        To be sent together with others; see :meth:`named`.
        """
        instance_of(Phone | None, phone, "phone")
        statement = self.LOCK_NAMED if lock else self.FIND_NAMED
        name = (group_id, None if phone is None else phone.value, lid)
        return Call(statement, ((self.tenant, channel_id, channel_message_id, *name),))

    def named(self, rows: Sequence[asyncpg.Record]) -> NamedMessage | None:
        """What the answer to :meth:`naming` tells."""
        instance_of(Sequence, rows, "rows")
        if not rows:
            return None
        instance_of(asyncpg.Record, rows[0], "rows")
        chat_id, phone_contact_id, lid_contact_id, lid_contact_phone, paired_phone, *columns = rows[0]
        return NamedMessage(
            chat_id, phone_contact_id, lid_contact_id, lid_contact_phone, paired_phone, self.read(columns)
        )

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
        return await self.connection.affected(
            self.MOVE,
            self.tenant,
            merged_contact_id,
            surviving_contact_id,
            merged_chat_id,
            surviving_chat_id,
            now,
        )

    def moving_between_sessions(self, survivors: Mapping[UUID, UUID], *, now: datetime) -> Call:
        """What gives live messages to another session, by that which they are in.

        ``session.consolidated`` tells of it, and no event of theirs. A row of the answer has how many of a
        session were moved, of the contact and of our side; there is none where none were.
        """
        instance_of(Mapping, survivors, "survivors")
        args = (self.tenant, list(survivors), list(survivors.values()), now)
        return Call(self.MOVE_BETWEEN_SESSIONS, (args,))
