"""Feeds a stream of WAHA events through the use cases, many at a time, and counts what became of each."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

import attrs

from ventros.application.process_inbound_message import (
    Duplicate,
    InboundMessage,
    StoredMessage,
    process_inbound_message,
)
from ventros.application.record_message_ack import AckResult, MessageAck, record_message_ack
from ventros.crm.channels.repository import ChannelRoute, find_route
from ventros.crm.channels.values import WAHA_PLATFORM
from ventros.ingest.delivery import Delivery, RejectedLine, SkippedEvent
from ventros.ingest.waha.interpretation import interpret
from ventros.kernel.database import Database
from ventros.kernel.errors import Conflict, DomainError, VentrosError
from ventros.kernel.retry import Retry
from ventros.unit_of_work import UnitOfWork

T = TypeVar("T")

QUEUE_SIZE = 100
"""Lines read ahead for each worker: enough to keep it busy, few enough to bound memory."""

RETRY = Retry(attempts=50)
"""An event is given up, into the rejects, only when 50 runs of its use case met a conflict."""


@attrs.frozen
class Line:
    """One line of the stream and what it says."""

    number: int
    raw: bytes
    delivery: Delivery


Partitioner = Callable[[Line], int]
"""Chooses the worker of a line; the number is taken modulo the number of workers."""


def by_conversation(line: Line) -> int:
    """All events of one conversation go to one worker, so that they take effect in the stream's order."""
    return zlib.crc32(line.delivery.conversation.encode())


def round_robin(line: Line) -> int:
    """As a web server gets them: whichever worker is next, conversations mixed."""
    return line.number


@attrs.define
class Tally:
    """What became of the lines. Times in seconds; ``latencies`` has one for each delivery of a message."""

    lines: int = 0
    messages_offered: int = 0
    messages_stored: int = 0
    duplicates: int = 0
    acks: Counter[AckResult] = attrs.field(factory=Counter)
    skipped: int = 0
    rejected: int = 0
    conflicts: int = 0
    retries: int = 0
    events: int = 0
    seconds: float = 0.0
    latencies: list[float] = attrs.field(factory=list)

    def summary(self) -> dict[str, int]:
        """The counts, by what they are called in the summary of ``ventros ingest``."""
        return {
            "lines": self.lines,
            "messages offered": self.messages_offered,
            "messages stored": self.messages_stored,
            "duplicates ignored": self.duplicates,
            **{f"reports {result.value}": self.acks[result] for result in AckResult},
            "events skipped": self.skipped,
            "lines rejected": self.rejected,
            "conflicts met": self.conflicts,
            "retries": self.retries,
            "outbox events": self.events,
        }


@attrs.define
class Ingest:
    """One run. ``on_line`` hears of each line that is done, ``on_reject`` of line number, reason and line.

    A delivery report of an unknown message is tried again when the whole stream has been read, because
    its message may have come later. Errors of the database end the run; what was stored stays.
    """

    db: Database[UnitOfWork]
    workers: int = 4
    partitioner: Partitioner = by_conversation
    on_line: Callable[[bytes], None] = lambda _line: None
    on_reject: Callable[[int, str, bytes], None] = lambda _number, _reason, _line: None
    tally: Tally = attrs.field(factory=Tally)
    _routes: dict[str, ChannelRoute] = attrs.field(factory=dict)
    _early_acks: list[Line] = attrs.field(factory=list)

    async def run(self, stream: Iterable[bytes]) -> Tally:
        """Read ``stream`` to its end."""
        started_at = time.perf_counter()
        queues: list[asyncio.Queue[Line | None]] = [asyncio.Queue(QUEUE_SIZE) for _ in range(self.workers)]
        try:
            async with asyncio.TaskGroup() as group:
                for queue in queues:
                    group.create_task(self._work(queue))
                group.create_task(self._read(stream, queues))
        except* VentrosError as errors:
            raise errors.exceptions[0] from None
        for line in self._early_acks:
            await self._process(line, last_chance=True)
        self.tally.seconds = time.perf_counter() - started_at
        return self.tally

    async def _read(self, stream: Iterable[bytes], queues: list[asyncio.Queue[Line | None]]) -> None:
        for number, raw in enumerate(stream, start=1):
            if not raw.strip():
                self.on_line(raw)
                continue
            self.tally.lines += 1
            try:
                delivery = interpret(raw)
            except RejectedLine as rejection:
                self._reject(number, rejection.reason, raw)
                continue
            if isinstance(delivery, SkippedEvent):
                self.tally.skipped += 1
                self.on_line(raw)
                continue
            line = Line(number, raw, delivery)
            await queues[self.partitioner(line) % self.workers].put(line)
        for queue in queues:
            await queue.put(None)

    async def _work(self, queue: asyncio.Queue[Line | None]) -> None:
        while (line := await queue.get()) is not None:
            await self._process(line)

    async def _process(self, line: Line, *, last_chance: bool = False) -> None:
        command = line.delivery.command
        try:
            route = await self._find_route(line.delivery.channel_external_id)
            if isinstance(command, InboundMessage):
                await self._process_message(command, route)
            elif not await self._record_ack(command, route, last_chance=last_chance):
                self._early_acks.append(line)
                return
        except (DomainError, RejectedLine, Conflict) as error:
            self._reject(line.number, str(error), line.raw)
            return
        self.on_line(line.raw)

    async def _find_route(self, external_id: str) -> ChannelRoute:
        if external_id not in self._routes:
            async with self.db.connection() as connection:
                route = await find_route(connection, WAHA_PLATFORM, external_id)
            if route is None:
                raise RejectedLine(f"no channel has the session {external_id!r}")
            self._routes[external_id] = route
        return self._routes[external_id]

    async def _process_message(self, command: InboundMessage, route: ChannelRoute) -> None:
        started_at = time.perf_counter()
        self.tally.messages_offered += 1
        result = await self._run(
            route.tenant_id, lambda uow: process_inbound_message(uow, route.channel_id, command)
        )
        self.tally.latencies.append(time.perf_counter() - started_at)
        self.tally.messages_stored += isinstance(result, StoredMessage)
        self.tally.duplicates += isinstance(result, Duplicate)

    async def _record_ack(self, command: MessageAck, route: ChannelRoute, *, last_chance: bool) -> bool:
        """Whether the line is done: a report of an unknown message waits for its last chance."""
        result = await self._run(
            route.tenant_id, lambda uow: record_message_ack(uow, route.channel_id, command)
        )
        if result is AckResult.UNKNOWN and not last_chance:
            return False
        self.tally.acks[result] += 1
        return True

    async def _run(self, tenant: str, use_case: Callable[[UnitOfWork], Awaitable[T]]) -> T:
        last_unit: UnitOfWork | None = None

        async def run_in(uow: UnitOfWork) -> T:
            nonlocal last_unit
            last_unit = uow
            return await use_case(uow)

        def count_conflict(_error: VentrosError, attempt: int) -> None:
            self.tally.conflicts += 1
            self.tally.retries += attempt < RETRY.attempts

        result = await self.db.run(tenant, run_in, retry=RETRY, on_conflict=count_conflict)
        self.tally.events += last_unit.events_written if last_unit else 0
        return result

    def _reject(self, number: int, reason: str, raw: bytes) -> None:
        self.tally.rejected += 1
        self.on_reject(number, reason, raw)
        self.on_line(raw)
