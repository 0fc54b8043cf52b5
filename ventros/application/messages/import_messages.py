"""A history of messages comes in: the same rows as by one use case each, in few statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import TypeAlias
from uuid import UUID

import attrs

from ventros.application.contacts.contacts_of_parties import phone_of
from ventros.application.messages.message_chunk import (
    ChunkMessage,
    OneByOne,
    find_active_channel,
    import_chunk,
)
from ventros.application.messages.process_inbound_message import (
    InboundMessage,
    StoredMessage,
    process_inbound_message,
)
from ventros.kernel.database import Database
from ventros.kernel.errors import DomainError
from ventros.kernel.validators import whole_number
from ventros.unit_of_work import UnitOfWork

CHUNK = 500
"""Messages that share a transaction: few enough that nobody waits long for the contacts that it holds."""

Name: TypeAlias = tuple[str, str]
"""A phone, a LID or a group's id, after its kind."""


@attrs.frozen(kw_only=True)
class RejectedMessage:
    """``index`` is the message's place in what was given."""

    index: int
    error: DomainError


@attrs.frozen(kw_only=True)
class ImportedMessages:
    """What became of a history; ``duplicates`` were there already, and changed nothing."""

    stored: int
    duplicates: int
    rejected: tuple[RejectedMessage, ...]


async def import_messages(
    db: Database[UnitOfWork],
    tenant: str,
    channel_id: UUID,
    messages: Iterable[InboundMessage],
    *,
    chunk: int = CHUNK,
) -> ImportedMessages:
    """Store a history, each message with the time at which it was written.

    The rows and counters at the end are those of one ``process_inbound_message`` for each, in the order of
    time; but an aggregate steps its version once a chunk. All that a contact wrote comes together. A second
    run changes nothing, so an import that was cut off, or whose commit is in doubt, is begun again.

    Told are ``message.created`` of each message, the start and the end of sessions, and for each chunk one
    ``session.messages_recorded`` and the first and the last interaction of a contact. What a consumer does
    with messages of a history is told apart by their ``source``, where the caller sets it.

    A message that cannot be stored is rejected, and does not stop the others. Raises NotFound for an unknown
    channel, InvariantViolation for one that is not active, and what a transaction may: a chunk is stored
    wholly or not at all.
    """
    whole_number(chunk, "chunk", least=1)
    await db.run(tenant, partial(find_active_channel, channel_id=channel_id))
    history = _History(db, tenant, channel_id)
    for part in _chunks(history.usable(messages), chunk):
        await history.store(part)
    return history.result()


@attrs.define
class _History:
    db: Database[UnitOfWork]
    tenant: str
    channel_id: UUID
    stored: int = 0
    duplicates: int = 0
    rejected: list[RejectedMessage] = attrs.field(factory=list)

    def usable(self, messages: Iterable[InboundMessage]) -> list[ChunkMessage]:
        found = []
        for index, command in enumerate(messages):
            try:
                found.append(ChunkMessage(index=index, command=command, phone=phone_of(command.contact)))
            except DomainError as error:
                self.rejected.append(RejectedMessage(index=index, error=error))
        return found

    async def store(self, chunk: Sequence[ChunkMessage]) -> None:
        try:
            stored = await self.db.run(
                self.tenant, partial(import_chunk, channel_id=self.channel_id, messages=chunk)
            )
        except (OneByOne, DomainError):
            await self._store_each(chunk)
            return
        self.stored += stored
        self.duplicates += len(chunk) - stored

    async def _store_each(self, chunk: Sequence[ChunkMessage]) -> None:
        for message in chunk:
            use_case = partial(process_inbound_message, channel_id=self.channel_id, command=message.command)
            try:
                result = await self.db.run(self.tenant, use_case)
            except DomainError as error:
                self.rejected.append(RejectedMessage(index=message.index, error=error))
                continue
            self.stored += isinstance(result, StoredMessage)
            self.duplicates += not isinstance(result, StoredMessage)

    def result(self) -> ImportedMessages:
        rejected = sorted(self.rejected, key=lambda message: message.index)
        return ImportedMessages(stored=self.stored, duplicates=self.duplicates, rejected=tuple(rejected))


def _chunks(messages: Sequence[ChunkMessage], size: int) -> Iterator[list[ChunkMessage]]:
    """In each the order of time, for each contact and for each group; who share one are kept together."""
    groups: dict[Name, list[ChunkMessage]] = {}
    find = _joined(messages)
    for message in sorted(messages, key=lambda message: message.at):
        groups.setdefault(find(_names(message)[0]), []).append(message)
    ordered = [message for group in groups.values() for message in group]
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def _names(message: ChunkMessage) -> list[Name]:
    group = message.command.group
    given = {
        "phone": message.phone.value if message.phone else None,
        "lid": message.lid,
        "group": group.external_id if group else None,
    }
    return [(kind, value) for kind, value in given.items() if value]


def _joined(messages: Iterable[ChunkMessage]) -> Callable[[Name], Name]:
    """What finds, of a name, the one that stands for all that are told together with it."""
    parents: dict[Name, Name] = {}

    def find(name: Name) -> Name:
        while parents.setdefault(name, name) != name:
            parents[name] = parents[parents[name]]
            name = parents[name]
        return name

    for message in messages:
        first, *others = _names(message)
        for other in others:
            parents[find(other)] = find(first)
    return find
