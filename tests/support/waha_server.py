"""A real HTTP server that plays WAHA: what it takes it counts, and then it answers as it is told to."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import attrs

from tests.support.constants import NOW
from tests.support.keys import NEW
from tests.support.receiver import Receiver, hang, receiver, status
from ventros import Database, UnitOfWork
from ventros.crm.channels.configs import WahaConfig
from ventros.demo.seed import Seed
from ventros.kernel.encryption import Encryptor

KEY = "waha-key"


@attrs.define
class Waha:
    """``taken`` are the bodies of the messages that went out, ``script`` what the next calls meet.

    ``pictures`` are the addresses of profile pictures, by chat.
    """

    there: Receiver
    taken: list[dict[str, Any]] = attrs.field(factory=list)
    script: list[Behaviour] = attrs.field(factory=list)
    pictures: dict[str, str | None] = attrs.field(factory=dict)
    _numbers: itertools.count[int] = attrs.field(factory=lambda: itertools.count(1))

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        behave = self.script.pop(0) if self.script else take
        await behave(self, writer)

    def take(self) -> bytes:
        """Send the message that came last, and tell its id."""
        request = self.there.requests[-1]
        if request.headers.get("x-api-key") != KEY:
            raise AssertionError("the key of the channel is missing")
        url = urlsplit(request.path)
        if url.path == "/api/contacts/profile-picture":
            chat = parse_qs(url.query)["contactId"][0]
            return json.dumps({"profilePictureURL": self.pictures.get(chat)}).encode()
        body = json.loads(request.body)
        self.taken.append(body)
        id_ = f"true_{body['chatId']}_3EB0{next(self._numbers)}"
        return json.dumps({"id": {"fromMe": True, "_serialized": id_}}).encode()

    async def configure(self, db: Database[UnitOfWork], seed: Seed) -> None:
        """Let the channel lead here."""
        config = WahaConfig(
            base_url=f"http://127.0.0.1:{self.there.port}", api_key=KEY, session_id=seed.session
        )
        await configure(db, seed, config)


Behaviour = Callable[[Waha, asyncio.StreamWriter], Awaitable[None]]


async def configure(
    db: Database[UnitOfWork], seed: Seed, config: WahaConfig, encryptor: Encryptor = NEW
) -> None:
    async def change(uow: UnitOfWork) -> None:
        channel = await uow.channels.get(seed.channel_id)
        await uow.channels.save(channel.set_config(config, encryptor=encryptor, now=NOW))

    await db.run(seed.tenant, change)


async def take(waha: Waha, writer: asyncio.StreamWriter) -> None:
    await status(201, waha.take())(writer)


async def take_and_drop(waha: Waha, writer: asyncio.StreamWriter) -> None:
    """The message is out, and the connection ends without an answer."""
    waha.take()
    writer.close()


async def take_and_hang(waha: Waha, writer: asyncio.StreamWriter) -> None:
    waha.take()
    await hang(writer)


async def drop(_waha: Waha, writer: asyncio.StreamWriter) -> None:
    """Nothing is out, which nobody can know."""
    writer.close()


def take_and_answer(code: int, body: bytes = b"") -> Behaviour:
    async def behave(waha: Waha, writer: asyncio.StreamWriter) -> None:
        waha.take()
        await status(code, body)(writer)

    return behave


def answering(code: int) -> Behaviour:
    """Nothing is out."""

    async def behave(_waha: Waha, writer: asyncio.StreamWriter) -> None:
        await status(code, b'{"message": "no"}')(writer)

    return behave


def slowly(pause: asyncio.Event) -> Behaviour:
    """It is out, and the answer comes once ``pause`` is set."""

    async def behave(waha: Waha, writer: asyncio.StreamWriter) -> None:
        answer = waha.take()
        await pause.wait()
        await status(201, answer)(writer)

    return behave


@asynccontextmanager
async def waha_server() -> AsyncIterator[Waha]:
    async with receiver() as there:
        waha = Waha(there)
        there.answer = waha.answer
        yield waha
