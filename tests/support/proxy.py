"""A PostgreSQL proxy that knows the protocol's messages, to stop, cut or swallow them at a chosen place."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Literal, Self
from urllib.parse import parse_qs, urlsplit

import attrs

Direction = Literal["to server", "to client"]

COMMIT = b"P\x00\x00\x00\x0e\x00COMMIT\x00\x00\x00"
COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"
ANSWERED = b"Z\x00\x00\x00\x05"


@attrs.define
class Proxy:
    """Listens on a port of its own; ``dsn`` leads through it to the server that ``target`` names.

    ``cut_at`` cuts every connection once so many bytes more went in one direction; ``hold`` stops a
    connection just before the first message that begins so, until ``released`` is set or it is cut;
    ``black_hole`` swallows everything, new connections included, and closes nothing; ``refuse`` closes
    new connections at once. Answers are on their way for ``delay`` seconds. ``swap`` puts its second bytes in
    the place of its first ones, on their way to the server, ``swap_back`` on their way to the client.
    """

    target: str
    cut_at: tuple[Direction, int] | None = None
    hold: bytes | None = None
    black_hole: bool = False
    refuse: bool = False
    delay: float = 0.0
    swap: tuple[bytes, bytes] | None = None
    swap_back: tuple[bytes, bytes] | None = None
    passed: dict[Direction, int] = attrs.field(factory=lambda: {"to server": 0, "to client": 0})
    answers: int = 0
    held: asyncio.Event = attrs.field(factory=asyncio.Event)
    released: asyncio.Event = attrs.field(factory=asyncio.Event)
    connections: int = 0
    _links: set[asyncio.Task[None]] = attrs.field(factory=set)
    _server: asyncio.Server | None = None
    _writers: list[asyncio.StreamWriter] = attrs.field(factory=list)

    @property
    def dsn(self) -> str:
        assert self._server is not None
        parts = urlsplit(self.target)
        port = self._server.sockets[0].getsockname()[1]
        credentials = parts.netloc.rsplit("@", 1)[0]
        return f"postgresql://{credentials}@127.0.0.1:{port}{parts.path}?sslmode=disable"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for link in list(self._links):
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    def cut(self) -> None:
        """Cut every connection, as a network does: without a word to either side's program."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._links.add(task)
        self.connections += 1
        self._writers.append(writer)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            if self.refuse:
                raise ConnectionRefusedError
            if self.black_hole:
                await asyncio.Event().wait()
            socket = f"{parse_qs(urlsplit(self.target).query)['host'][0]}/.s.PGSQL.5432"
            upstream, downstream = await asyncio.open_unix_connection(socket)
            self._writers.append(downstream)
            there = asyncio.create_task(self._pump(reader, downstream, "to server"))
            back = asyncio.create_task(self._pump(upstream, writer, "to client"))
            try:
                await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                there.cancel()
                back.cancel()
                await asyncio.gather(there, back, return_exceptions=True)
                downstream.transport.abort()
        writer.transport.abort()
        self._links.discard(task)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, direction: Direction
    ) -> None:
        while data := await reader.read(65536):
            if swap := self.swap if direction == "to server" else self.swap_back:
                data = data.replace(*swap)
            if self.hold and (at := data.find(self.hold)) >= 0:
                self._forward(writer, data[:at], direction)
                self.held.set()
                await self.released.wait()
                data = data[at:]
            if self.black_hole:
                await asyncio.Event().wait()
            if self.delay and direction == "to client":
                await asyncio.sleep(self.delay)
            self._forward(writer, data, direction)

    def _forward(self, writer: asyncio.StreamWriter, data: bytes, direction: Direction) -> None:
        if self.cut_at and self.cut_at[0] == direction:
            left = self.cut_at[1] - self.passed[direction]
            if len(data) >= left:
                writer.write(data[: max(left, 0)])
                self.passed[direction] += len(data)
                self._cut_softly()
                return
        self.passed[direction] += len(data)
        self.answers += data.count(ANSWERED) if direction == "to client" else 0
        writer.write(data)

    def _cut_softly(self) -> None:
        """What was passed on arrives; nothing more does."""
        for writer in self._writers:
            writer.close()
        self._writers.clear()
