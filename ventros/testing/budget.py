"""How often a test waited for the server: counted between the two, in the protocol's own messages."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import attrs

_SYNC, _QUERY, _READY, _PARSE = b"SQZP"
_UNAWAITED: Final = (b"\0COMMIT\0\0\0", b"\0ROLLBACK\0\0\0")
"""What a Parse holds by which a unit that wrote nothing ends; sent alone, nobody waits for its answer."""


@attrs.define
class RoundTrips:
    """Called, a budget for a block; ``dsn`` leads past the counter.

    A round trip is a message to whose answer the client waited: of several statements in one message it is
    one. To open a connection is none. On each connection, a statement costs another when it is first sent,
    for it is prepared; so what is to be counted is done once before. A read-only unit's COMMIT costs none.
    """

    dsn: str
    count: int = 0

    @contextlib.contextmanager
    def __call__(self, *, at_most: int) -> Iterator[None]:
        """Raises AssertionError when the block took more than ``at_most``."""
        before = self.count
        yield
        taken = self.count - before
        if taken > at_most:
            raise AssertionError(f"{taken} round trips, and {at_most} are allowed")


@contextlib.contextmanager
def counting(dsn: str) -> Iterator[RoundTrips]:
    """Between the client and the server that ``dsn`` names, with host and port in its query, without TLS."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="ventros round trips", daemon=True)
    thread.start()
    relay = _Relay(dsn)
    asyncio.run_coroutine_threadsafe(relay.start(), loop).result()
    try:
        yield relay.counter
    finally:
        asyncio.run_coroutine_threadsafe(relay.stop(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Relay:
    """Listens on a port of its own; each connection has one to the server."""

    def __init__(self, dsn: str) -> None:
        self._parts = urlsplit(dsn)
        query = {name: values[0] for name, values in parse_qs(self._parts.query).items()}
        self._host, self._port = query.pop("host"), int(query.pop("port"))
        self._query = query | {"sslmode": "disable"}
        self._links: set[asyncio.Task[None]] = set()
        self.counter = RoundTrips("")

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        credentials = self._parts.netloc.rpartition("@")[0]
        query = urlencode(self._query, quote_via=quote)
        self.counter.dsn = f"postgresql://{credentials}@127.0.0.1:{port}{self._parts.path}?{query}"

    async def stop(self) -> None:
        self._server.close()
        for link in self._links:
            link.cancel()
        await asyncio.gather(*self._links, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = asyncio.current_task()
        assert link is not None
        self._links.add(link)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            upstream, downstream = await self._connect()
            asked: deque[bool] = deque()
            pumps = {
                asyncio.create_task(_pump(reader, downstream, _Questions(asked))),
                asyncio.create_task(_pump(upstream, writer, _Answers(asked, self.counter))),
            }
            try:
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for pump in pumps:
                    pump.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
                downstream.transport.abort()
        writer.transport.abort()
        self._links.discard(link)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._host.startswith("/"):
            return await asyncio.open_unix_connection(f"{self._host}/.s.PGSQL.{self._port}")
        return await asyncio.open_connection(self._host, self._port)


class _Messages:
    """The messages of one direction, cut out of its bytes: one byte for its kind, four for its length."""

    _head = 1

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> None:
        self._bytes += data
        while len(self._bytes) >= self._head + 4:
            length = self._head + int.from_bytes(self._bytes[self._head : self._head + 4])
            if len(self._bytes) < length:
                return
            message = bytes(self._bytes[:length])
            del self._bytes[:length]
            self.take(message)

    def take(self, message: bytes) -> None:
        raise NotImplementedError


class _Questions(_Messages):
    """The client's, of which the first has no kind; for each that ends in an answer, whether it waits."""

    _head = 0

    def __init__(self, asked: deque[bool]) -> None:
        super().__init__()
        self._asked = asked
        self._parsed: list[bytes] = []
        self._parts = 0

    def take(self, message: bytes) -> None:
        if self._head == 0:
            self._head = 1
        elif message[0] == _QUERY:
            self._asked.append(True)
        elif message[0] == _SYNC:
            # Parse, Bind and Execute of one command.
            alone = self._parts == 3 and self._parsed and self._parsed[0].endswith(_UNAWAITED)
            self._asked.append(not alone)
            self._parsed, self._parts = [], 0
        else:
            self._parts += 1
            if message[0] == _PARSE:
                self._parsed.append(message)


class _Answers(_Messages):
    """The server's; the one that ends a connection's beginning answers no question."""

    def __init__(self, asked: deque[bool], counter: RoundTrips) -> None:
        super().__init__()
        self._asked = asked
        self._counter = counter

    def take(self, message: bytes) -> None:
        if message[0] == _READY and self._asked and self._asked.popleft():
            self._counter.count += 1


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, messages: _Messages) -> None:
    """Counts before it passes on, so that nobody has an answer that is not counted."""
    while data := await reader.read(65536):
        messages.feed(data)
        writer.write(data)
        await writer.drain()
