"""The relay as a program: signals, a pool of its own, and how it goes on standard error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import attrs
from rich.console import Console

from ventros.command_line import log_as_lines, on_signals, tell
from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database
from ventros.kernel.transaction.unit_of_work import UnitOfWork
from ventros.relay import publishers
from ventros.relay.metrics import served
from ventros.relay.relay import Relay, RelayOptions

TELL_EVERY = 10.0
"""Seconds between two JSON lines."""
SHOW_EVERY = 0.5
"""Seconds between two states of the line on a terminal."""


@attrs.frozen
class Arguments:
    """Of ``ventros relay``; ``options`` are those of the publishers, by name."""

    dsn: str
    publishers: tuple[str, ...]
    options: dict[str, Any] = attrs.field(factory=dict)
    batch: int = attrs.field(default=500, kw_only=True)
    poll: float = attrs.field(default=0.25, kw_only=True)
    metrics: str | None = attrs.field(default=None, kw_only=True)
    notify: bool = attrs.field(default=False, kw_only=True)
    once: bool = attrs.field(default=False, kw_only=True)


async def deliver(arguments: Arguments) -> None:
    """Until a signal says to stop, or, with ``once``, until nothing is due. Raises what Relay.run() does."""
    # One to each reader of the log; for claims, settlements, notifications and metrics.
    settings = Settings(min_size=0, max_size=4 + len(arguments.publishers), application_name="ventros relay")
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(await Database.open(UnitOfWork, arguments.dsn, settings))
        sources = await stack.enter_async_context(
            publishers.opened(arguments.publishers, database, arguments.options)
        )
        relay = Relay(
            database,
            sources,
            RelayOptions(batch=arguments.batch, poll=arguments.poll, notify=arguments.notify),
        )
        stack.enter_context(on_signals(relay.stop))
        if arguments.metrics is not None:
            host, port = await stack.enter_async_context(served(arguments.metrics, relay, database))
            tell("serving metrics", address=f"{host}:{port}")
        await stack.enter_async_context(_progress(relay))
        await (relay.drain() if arguments.once else relay.run())


@asynccontextmanager
async def _progress(relay: Relay) -> AsyncIterator[None]:
    console = Console(stderr=True)
    if console.is_terminal:
        with console.status("") as status:
            async with _repeated(SHOW_EVERY, lambda: status.update(_line(relay))):
                yield
        console.print(_line(relay))
        return
    with log_as_lines():
        tell("started")
        try:
            async with _repeated(TELL_EVERY, lambda: tell("working", **_figures(relay))):
                yield
        finally:
            tell("ended", **_figures(relay))


@asynccontextmanager
async def _repeated(pause: float, action: Callable[[], None]) -> AsyncIterator[None]:
    async def repeat() -> None:
        while True:
            await asyncio.sleep(pause)
            action()

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _figures(relay: Relay) -> dict[str, Any]:
    state = relay.state
    failing = {"failing_seconds": round(state.failing_for, 1)} if state.failing_for else {}
    return {"held": state.held, **attrs.asdict(state.counts), **failing}


def _line(relay: Relay) -> str:
    told = ", ".join(f"{value:,} {name}" for name, value in _figures(relay).items() if value)
    return told or "nothing to deliver yet"
