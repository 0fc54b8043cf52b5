"""A way to the server that can lose the answer to COMMIT."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Self
from urllib.parse import parse_qs, urlsplit

import attrs

COMMIT = b"\x00COMMIT\x00"
"""As it stands in a Parse message."""


@attrs.define
class Cutting:
    """Each of the next ``cut_commits`` COMMITs reaches the server, and its answer nobody."""

    target: str
    cut_commits: int = 0
    refuses_after_cut: bool = False
    refuses: bool = False
    _server: asyncio.Server | None = None
    _tasks: set[asyncio.Task[None]] = attrs.field(factory=set)

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

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if not self.refuses:
                await self._connect(reader, writer)
        finally:
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        socket = f"{parse_qs(urlsplit(self.target).query)['host'][0]}/.s.PGSQL.5432"
        answers, questions = await asyncio.open_unix_connection(socket)
        back = asyncio.create_task(self._pass_on(answers, writer))
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(65536):
                    if COMMIT in data and self.cut_commits:
                        self.cut_commits -= 1
                        self.refuses = self.refuses_after_cut
                        back.cancel()
                        questions.write(data)
                        await questions.drain()
                        await answers.read(65536)  # it is answered, so it is done
                        return
                    questions.write(data)
        finally:
            back.cancel()
            await asyncio.gather(back, return_exceptions=True)
            questions.transport.abort()

    @staticmethod
    async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
        writer.close()
