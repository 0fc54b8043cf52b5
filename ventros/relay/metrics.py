"""How the relay is, over HTTP: ``/health`` and ``/status`` as JSON, ``/metrics`` as Prometheus reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import attrs
import msgspec

from ventros.kernel.connection.connection import Connection
from ventros.kernel.database import Database
from ventros.kernel.errors import ConfigurationError, VentrosError
from ventros.kernel.outbox import consumers, deliveries
from ventros.kernel.outbox.consumers import Consumer
from ventros.kernel.outbox.deliveries import Waiting
from ventros.relay.relay import Relay
from ventros.relay.state import State

UNHEALTHY_AFTER = 30.0
"""Seconds without an answer of the database."""
_FRESH = 1.0
"""Seconds for which what was counted in the database is told again."""
_PATIENCE = 5.0
_LONGEST_REQUEST = 8192
_HELP = {
    "read": "Events read of the log.",
    "queued": "Deliveries made of them.",
    "claimed": "Queues claimed.",
    "delivered": "Events handed over.",
    "failed": "Attempts that failed.",
    "dead": "Events given up.",
    "dropped": "Queues dropped, because nobody wants them any more.",
    "late": "Claims that another relay had taken over before they were settled.",
}


@attrs.frozen
class Lag:
    """How far the consumers and the queues are behind, once counted; empty while the database is away."""

    consumers: tuple[Consumer, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    at: datetime = attrs.field(factory=lambda: datetime.now(UTC))

    def seconds(self, consumer: Consumer) -> float:
        """Age of the oldest event that it has not seen, by when that took place; 0 without one."""
        oldest = consumer.oldest_unread
        return max(0.0, (self.at - oldest).total_seconds()) if oldest else 0.0


async def read_lag(connection: Connection) -> Lag:
    """Counted now."""
    return Lag(tuple(await consumers.listed(connection)), tuple(await deliveries.status(connection)))


def as_document(state: State, lag: Lag) -> dict[str, Any]:
    """For JSON."""
    return {
        "status": "ok" if state.failing_for < UNHEALTHY_AFTER else "failing",
        "failing_seconds": round(state.failing_for, 1),
        "failure": state.failure,
        "uptime_seconds": round(monotonic() - state.started, 1),
        "held": state.held,
        **attrs.asdict(state.counts),
        "lag": {
            one.name: {"events": one.unread, "seconds": round(lag.seconds(one), 1)} for one in lag.consumers
        },
        "waiting": {one.destination: attrs.asdict(one) for one in lag.waiting},
    }


def as_text(state: State, lag: Lag) -> str:
    """In Prometheus' text format 0.0.4."""
    return "".join(f"{line}\n" for line in _lines(state, lag))


def _lines(state: State, lag: Lag) -> Iterator[str]:
    for name, value in attrs.asdict(state.counts).items():
        yield f"# HELP ventros_relay_{name}_total {_HELP[name]}"
        yield f"# TYPE ventros_relay_{name}_total counter"
        yield f"ventros_relay_{name}_total {value}"
    gauges: dict[str, list[tuple[str, float]]] = {
        "ventros_relay_held": [("", state.held)],
        "ventros_relay_failing_seconds": [("", round(state.failing_for, 3))],
        "ventros_outbox_unread_events": [(_label(consumer=one.name), one.unread) for one in lag.consumers],
        "ventros_outbox_unread_seconds": [
            (_label(consumer=one.name), lag.seconds(one)) for one in lag.consumers
        ],
        "ventros_outbox_queues": [
            (_label(destination=one.destination, state=name), getattr(one, name))
            for one in lag.waiting
            for name in ("due", "claimed", "failing", "dead")
        ],
    }
    for name, samples in gauges.items():
        yield f"# TYPE {name} gauge"
        yield from (f"{name}{labels} {value}" for labels, value in samples)


def _label(**labels: str) -> str:
    """Names of consumers and destinations have no character that would have to be escaped."""
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels.items()) + "}"


class _Page:
    """What is answered to a request. The database is asked at most once a second, whoever asks how often."""

    def __init__(self, relay: Relay, database: Database[Any]) -> None:
        self._relay, self._database = relay, database
        self._lag, self._counted = Lag(), float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def answer(self, path: str) -> tuple[str, str, bytes]:
        """Status, content type and body."""
        state = self._relay.state
        if path == "/health":
            healthy = state.failing_for < UNHEALTHY_AFTER
            body = msgspec.json.encode(as_document(state, Lag()))
            return ("200 OK" if healthy else "503 Service Unavailable"), "application/json", body
        if path == "/status":
            return "200 OK", "application/json", msgspec.json.encode(as_document(state, await self._recent()))
        if path == "/metrics":
            text = as_text(state, await self._recent())
            return "200 OK", "text/plain; version=0.0.4; charset=utf-8", text.encode()
        return "404 Not Found", "text/plain", b"/health, /status, /metrics\n"

    async def _recent(self) -> Lag:
        async with self._one_at_a_time:
            if monotonic() - self._counted > _FRESH:
                try:
                    async with self._database.across_tenants() as connection:
                        self._lag = await read_lag(connection)
                except VentrosError:
                    self._lag = Lag()
                self._counted = monotonic()
            return self._lag

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request to a connection."""
        try:
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                method, path, *_ = head.split(b" ", 2)
                status, kind, body = await self.answer(path.decode("ascii", "replace").partition("?")[0])
                if method != b"GET":
                    status, kind, body = "405 Method Not Allowed", "text/plain", b"GET\n"
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                    "Connection: close\r\n\r\n".encode()
                )
                writer.write(body)
                await writer.drain()
        except (TimeoutError, OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # whoever asked so is not answered
        finally:
            writer.close()


@asynccontextmanager
async def served(address: str, relay: Relay, database: Database[Any]) -> AsyncIterator[tuple[str, int]]:
    """On ``HOST:PORT``, port 0 for any; the address that it got. Raises ConfigurationError for another."""
    host, _, port = address.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise ConfigurationError(f"{address!r} is no HOST:PORT to serve metrics on")
    page = _Page(relay, database)
    try:
        server = await asyncio.start_server(page.serve, host.strip("[]"), int(port), limit=_LONGEST_REQUEST)
    except OSError as error:
        raise ConfigurationError(f"metrics cannot be served on {address}: {error.strerror}") from error
    async with server:
        bound: tuple[str, int] = server.sockets[0].getsockname()[:2]
        yield bound
