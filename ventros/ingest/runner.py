"""Feeds a stream of WAHA events through the use cases, many at a time, and counts what became of each."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import deque
from collections.abc import AsyncIterable, Callable, Iterable, Sequence

import attrs

from ventros.application.messages.edit_message import MessageEdit
from ventros.application.messages.process_inbound_message import InboundMessage
from ventros.ingest.applying import PATIENCE, Applier, Effect, Interrupted
from ventros.ingest.delivery import Delivery, RejectedLine, SkippedEvent
from ventros.ingest.records import Record
from ventros.ingest.routes import in_tenants
from ventros.ingest.tally import NAMES, Tally, count
from ventros.ingest.waha.decoding import Decoded, decode_events
from ventros.ingest.waha.interpretation import interpret
from ventros.kernel.database import Database
from ventros.kernel.errors import (
    CommitInDoubt,
    ConfigurationError,
    ConnectionLost,
    InsufficientPrivilege,
    OperationTimeout,
    VentrosError,
)
from ventros.unit_of_work import UnitOfWork

QUEUE_SIZE = 100
"""Events read ahead for each worker: enough to keep it busy, few enough to bound memory."""
READ_AHEAD = 8 * 1024 * 1024
"""Bytes of records read ahead, of all workers together: 100 events may be large."""
WAITING = 8 * 1024 * 1024
"""Bytes of records whose events wait for the end, as their messages are not known."""
NAMES_KEPT = 50_000
"""Names of contacts whose conversation is remembered; only the order of events depends on it."""

_OF_THE_SERVER = (ConnectionLost, OperationTimeout, CommitInDoubt, ConfigurationError, InsufficientPrivilege)
"""What ends the run: it is no fault of an event."""
_OF_THE_SCHEMA = {"42P01", "42703", "42883"}
"""SQLSTATEs for tables, columns and functions that are not there; they end it, too."""


@attrs.frozen(kw_only=True)
class Event:
    """One event of the stream: the ``line`` on which its record begins, and what it says."""

    line: int
    raw: bytes
    size: int
    delivery: Delivery
    conversation: str


Partitioner = Callable[[Event], int]
"""Chooses the worker of an event; the number is taken modulo the number of workers."""


def by_conversation(event: Event) -> int:
    """All events of one conversation go to one worker, so that they take effect in the stream's order."""
    return zlib.crc32(event.conversation.encode())


def round_robin(event: Event) -> int:
    """As a web server gets them: whichever worker is next, conversations mixed."""
    return event.line


@attrs.define
class Conversations:
    """The first name of a contact stands for the others that were told together with it."""

    _names: dict[str, str] = attrs.field(factory=dict)

    def of(self, names: tuple[str, ...]) -> str:
        known = next((self._names[name] for name in names if name in self._names), names[0])
        if len(names) > 1 or known != names[0]:
            self._names.update(dict.fromkeys(names, known))
            while len(self._names) > NAMES_KEPT:
                del self._names[next(iter(self._names))]
        return known


@attrs.define
class ReadAhead:
    """Bytes that were read and are not done."""

    _size: int = 0
    _less: asyncio.Event = attrs.field(factory=asyncio.Event)

    async def add(self, size: int) -> None:
        """Return when there is room, as there is for anything where nothing else is."""
        while self._size and self._size + size > READ_AHEAD:
            self._less.clear()
            await self._less.wait()
        self._size += size

    def remove(self, size: int) -> None:
        self._size -= size
        self._less.set()


@attrs.define
class Ingest:
    """One run, into channels of ``tenants``.

    ``on_record`` hears of each record that was read, ``on_reject`` of line, reason and record, ``on_latency``
    of how long each message took, in seconds.

    A change of an unknown message is tried again when the whole stream has been read, because its message may
    have come later. An error that belongs to an event rejects it; the loss of the server ends the run, when
    ``patience`` is at its end, and what was stored stays.
    """

    db: Database[UnitOfWork]
    tenants: Sequence[str]
    workers: int = 4
    partitioner: Partitioner = by_conversation
    patience: float = PATIENCE
    on_record: Callable[[Record], None] = lambda _record: None
    on_reject: Callable[[int, str, bytes], None] = lambda _line, _reason, _raw: None
    on_latency: Callable[[float], None] = lambda _seconds: None
    tally: Tally = attrs.field(factory=Tally)
    is_stopping: bool = False
    _reader: asyncio.Task[None] | None = None
    _conversations: Conversations = attrs.field(factory=Conversations)
    _read_ahead: ReadAhead = attrs.field(factory=ReadAhead)
    _waiting: deque[Event] = attrs.field(factory=deque)
    _waiting_size: int = 0
    _applier: Applier = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        routes = in_tenants(self.db, self.tenants)
        self._applier = Applier(self.db, routes, self.tally, self.patience, lambda: self.is_stopping)

    def stop(self) -> None:
        """Begin no other event; those that are at work are brought to their end."""
        self.is_stopping = True
        if self._reader is not None:
            self._reader.cancel()

    async def run(self, records: Iterable[Record] | AsyncIterable[Record]) -> Tally:
        """To the end of ``records``, unless it is told to stop."""
        started_at = time.perf_counter()
        queues: list[asyncio.Queue[Event | None]] = [asyncio.Queue(QUEUE_SIZE) for _ in range(self.workers)]
        try:
            async with asyncio.TaskGroup() as group:
                for queue in queues:
                    group.create_task(self._work(queue))
                self._reader = group.create_task(self._read(records, queues))
        except* (VentrosError, OSError) as errors:
            raise _first(errors) from None
        finally:
            self._reader = None
        while self._waiting:
            await self._process(self._next_waiting(), last_chance=True)
        self.tally.seconds = time.perf_counter() - started_at
        return self.tally

    async def _read(
        self, records: Iterable[Record] | AsyncIterable[Record], queues: list[asyncio.Queue[Event | None]]
    ) -> None:
        try:
            if isinstance(records, AsyncIterable):
                async for record in records:
                    await self._take(record, queues)
            else:
                for record in records:
                    await self._take(record, queues)
        except asyncio.CancelledError:
            if not self.is_stopping:
                raise
        for queue in queues:
            await queue.put(None)

    async def _take(self, record: Record, queues: list[asyncio.Queue[Event | None]]) -> None:
        for event in self._interpret(record):
            await self._read_ahead.add(event.size)
            await queues[self.partitioner(event) % self.workers].put(event)
        self.on_record(record)

    def _interpret(self, record: Record) -> Iterable[Event]:
        if not record.raw.strip():
            return
        try:
            if record.fault is not None:
                raise RejectedLine("the line cannot be read", record.fault)
            decoded: Decoded = decode_events(record.raw)
        except RejectedLine as rejection:
            self._reject(record.line, rejection, record.raw)
            return
        self.tally.characters_replaced += decoded.replaced
        for value in decoded.events:
            try:
                delivery = interpret(value)
            except RejectedLine as rejection:
                self._reject(record.line, rejection, record.raw)
                continue
            if isinstance(delivery, SkippedEvent):
                count(self.tally.skipped, delivery.reason)
                continue
            self.tally.messages_offered += isinstance(delivery.command, InboundMessage)
            yield Event(
                line=record.line,
                raw=record.raw,
                size=len(record.raw),
                delivery=delivery,
                conversation=self._conversations.of(delivery.conversation),
            )

    async def _work(self, queue: asyncio.Queue[Event | None]) -> None:
        while (event := await queue.get()) is not None:
            try:
                await self._process(event)
            finally:
                self._read_ahead.remove(event.size)

    async def _process(self, event: Event, *, last_chance: bool = False) -> None:
        if self.is_stopping:
            self.tally.unfinished += 1
            return
        started_at = time.perf_counter()
        command = event.delivery.command
        try:
            effect = await self._applier.apply(event.delivery)
        except Interrupted:
            self.tally.unfinished += 1
            return
        except RejectedLine as rejection:
            self._reject(event.line, rejection, event.raw)
            return
        except Exception as error:
            if isinstance(error, _OF_THE_SERVER) or getattr(error, "sqlstate", None) in _OF_THE_SCHEMA:
                raise
            # Whatever an event sets off, the next one is not at fault.
            self._reject(event.line, _rejection(error), event.raw)
            return
        if isinstance(command, InboundMessage):
            self.on_latency(time.perf_counter() - started_at)
        if effect is Effect.MESSAGE and isinstance(command, MessageEdit) and command.fallback:
            self.tally.store(command.fallback)
        elif effect in {Effect.MESSAGE, Effect.CHANGE}:
            self.tally.store(command)
        elif effect is Effect.DUPLICATE:
            self.tally.duplicates += 1
        elif effect is Effect.NONE:
            count(self.tally.skipped, f"{NAMES[type(command)]} without effect")
        elif last_chance:
            count(self.tally.skipped, f"{NAMES[type(command)]} of an unknown message")
        else:
            await self._wait_for_its_message(event)

    async def _wait_for_its_message(self, event: Event) -> None:
        """Without what it was read from; the oldest one waits no longer where too much does."""
        self._waiting.append(attrs.evolve(event, raw=b""))
        self._waiting_size += event.size
        while self._waiting_size > WAITING:
            await self._process(self._next_waiting(), last_chance=True)

    def _next_waiting(self) -> Event:
        event = self._waiting.popleft()
        self._waiting_size -= event.size
        return event

    def _reject(self, line: int, rejection: RejectedLine, raw: bytes) -> None:
        count(self.tally.rejected, rejection.kind)
        self.on_reject(line, rejection.reason, raw)


def _rejection(error: Exception) -> RejectedLine:
    """What an error says of an event. The text of one that is none of ours may quote people's values."""
    if isinstance(error, VentrosError):
        return RejectedLine(error.code.replace("_", " ").lower(), str(error))
    return RejectedLine("unexpected error", type(error).__name__)


def _first(errors: BaseExceptionGroup[BaseException]) -> BaseException:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
