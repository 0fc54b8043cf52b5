"""A messaging platform on this machine, that takes messages by WAHA's HTTP API and gives each an id."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Self

import attrs
import msgspec

from ventros.relay.addresses import AddressRules

KEY: Final = "the-demo's-key"


@attrs.define
class Platform:
    """``taken`` are the texts that went out, by the chat that they went to; ``base_url`` leads here."""

    base_url: str
    taken: list[tuple[str, str]] = attrs.field(factory=list)
    _numbers: itertools.count[int] = attrs.field(factory=lambda: itertools.count(1))

    @classmethod
    @asynccontextmanager
    async def serving(cls) -> AsyncIterator[Self]:
        platform = cls("")
        server = await asyncio.start_server(platform._answer, "127.0.0.1", 0)
        platform.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield platform

    @staticmethod
    def rules() -> AddressRules:
        """Which let a relay come here."""
        return AddressRules(allow=("127.0.0.1/32",), http=True)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        answer = self._take(msgspec.json.decode(await reader.readexactly(length)))
        status = f"HTTP/1.1 201 Created\r\nContent-Length: {len(answer)}\r\nConnection: close\r\n\r\n"
        writer.write(status.encode() + answer)
        await writer.drain()
        writer.close()

    def _take(self, message: dict[str, Any]) -> bytes:
        self.taken.append((message["chatId"], message["text"]))
        return msgspec.json.encode({"id": f"true_{message['chatId']}_DEMO{next(self._numbers)}"})
