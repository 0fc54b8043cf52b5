"""Each request from its id to its end, and the service from its first request to its last."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import ShuttingDown, problem
from ventros import VentrosError, new_id

REQUEST_ID: Final[ContextVar[UUID | None]] = ContextVar("request_id", default=None)
"""For logs and telemetry, which are told in the request's task."""


class RequestIds:
    """X-Request-ID of who calls, if it is a UUID, else a new one: the correlation id of what is stored."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        id_ = _id_of(Request(scope).headers.get("X-Request-ID", ""))
        scope.setdefault("state", {})["request_id"] = id_

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = str(id_)
            await send(message)

        token = REQUEST_ID.set(id_)
        try:
            await self.app(scope, receive, send_with_id)
        finally:
            REQUEST_ID.reset(token)


def _id_of(text: str) -> UUID:
    with contextlib.suppress(ValueError):
        return UUID(text)
    return new_id()


class Gate:
    """Once it is closing, those who are in may finish, and nobody else comes in."""

    def __init__(self) -> None:
        self.inside = 0
        self.closing = False
        self._empty = asyncio.Event()

    def close(self) -> None:
        self.closing = True
        if not self.inside:
            self._empty.set()

    async def drain(self, within: float) -> bool:
        """Close it. Whether all who were in have left, after so many seconds at most."""
        self.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._empty.wait()
        return not self.inside

    @contextmanager
    def passage(self) -> Iterator[None]:
        self.inside += 1
        try:
            yield
        finally:
            self.inside -= 1
            if self.closing and not self.inside:
                self._empty.set()


class Gated:
    """Lets requests through the gate; those for /health may always pass."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app, self.gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/health/"):
            await self.app(scope, receive, send)
        elif self.gate.closing:
            await problem(ShuttingDown())(scope, receive, send)
        else:
            with self.gate.passage():
                await self.app(scope, receive, send)


@contextmanager
def closed_by_sigterm(gate: Gate, announced: float) -> Iterator[None]:
    """On SIGTERM the gate closes at once, and the server's own handler is called so many seconds later.

    Meanwhile /health/ready says no, and whoever balances the load stops sending.
    """
    loop = asyncio.get_running_loop()

    def on_sigterm(number: int, frame: Any) -> None:
        loop.call_soon_threadsafe(gate.close)
        if callable(previous):
            loop.call_soon_threadsafe(loop.call_later, announced, previous, number, frame)

    previous = signal.signal(signal.SIGTERM, on_sigterm)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


async def live(_request: Request) -> Response:
    """The process serves. Of the database nothing is said: to start this again would not mend it."""
    return PlainTextResponse("live")


async def ready(request: Request) -> Response:
    """A request would be taken now."""
    if request.state.gate.closing:
        return problem(ShuttingDown())
    try:
        await request.state.db.ping()
    except VentrosError as error:
        return problem(error)
    return PlainTextResponse("ready")


ROUTES: Final = [Route("/health/live", live), Route("/health/ready", ready)]
