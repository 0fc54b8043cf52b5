"""Hands events to NATS JetStream, and takes an event for delivered once the stream has acknowledged it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import attrs

from ventros.kernel.database import Database
from ventros.kernel.errors import ConfigurationError, VentrosError
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay import cloudevents
from ventros.relay.publisher import Destination, PublishRefused, Single

if TYPE_CHECKING:
    from nats.aio.client import Client

_SPECIAL = re.compile(r"[^A-Za-z0-9_:@-]")


class BrokerFailed(VentrosError):
    """The broker is away, or has not acknowledged the event in time; it is to come again."""


def subject(prefix: str, event: OutboxEvent) -> str:
    """``<prefix>.<tenant>.<aggregate type>.<aggregate id>``.

    A dot in a tenant's name is ``%2E`` here: else ``<prefix>.acme.>`` would also be tenant "acme.north".
    """
    return ".".join((prefix, _token(event.tenant_id), _token(event.aggregate_type), str(event.aggregate_id)))


def _token(text: str) -> str:
    return _SPECIAL.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), text)


@attrs.define
class NatsPublisher:
    """``servers`` are URLs as nats-py takes them; ``options`` go to its connect(): credentials, TLS, a name.

    A stream has to take in ``<prefix>.>``; it is the operator's to make. ``timeout`` is how long connecting,
    and an acknowledgement, may take, in seconds. The message's id is tenant and event id, so that the stream
    drops what comes twice within its duplicate window. An async context manager; it connects with the first
    event, and again by itself.
    """

    servers: list[str]
    prefix: str = "ventros"
    timeout: float = 5.0
    source: str = cloudevents.SOURCE
    options: dict[str, Any] = attrs.field(factory=dict, repr=False)
    name: str = "nats"
    _client: Client | None = attrs.field(default=None, init=False, repr=False)
    _connecting: asyncio.Lock = attrs.field(factory=asyncio.Lock, init=False, repr=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def publish(self, event: OutboxEvent) -> None:
        """Raises PublishRefused for an event that is larger than the broker takes, else BrokerFailed."""
        from nats import errors  # noqa: PLC0415 - an extra
        from nats.js.errors import NoStreamResponseError  # noqa: PLC0415

        client = await self._connected()
        headers = {
            "Nats-Msg-Id": f"{event.tenant_id}/{event.event_id}",
            "Content-Type": cloudevents.CONTENT_TYPE,
        }
        try:
            await client.jetstream(timeout=self.timeout).publish(
                subject(self.prefix, event), cloudevents.encoded(event, source=self.source), headers=headers
            )
        except errors.MaxPayloadError as error:
            raise PublishRefused("the event is larger than the broker's max_payload") from error
        except NoStreamResponseError as error:
            raise BrokerFailed(f"no stream takes in {self.prefix}.>: make one that does") from error
        except errors.Error as error:
            raise BrokerFailed(f"the broker did not acknowledge the event: {error}") from error

    async def _connected(self) -> Client:
        async with self._connecting:
            if self._client is None or self._client.is_closed:
                self._client = await self._connect()
            return self._client

    async def _connect(self) -> Client:
        try:
            import nats  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise ConfigurationError("NATS needs the package nats-py: pip install 'ventros[nats]'") from error
        options = {"max_reconnect_attempts": -1, "reconnect_time_wait": 0.5} | self.options
        try:
            async with asyncio.timeout(self.timeout):
                return await nats.connect(self.servers, **options)
        except (OSError, TimeoutError, nats.errors.Error) as error:
            raise BrokerFailed(f"no connection to the broker: {error or type(error).__name__}") from error


@asynccontextmanager
async def opened(_database: Database[Any], options: Mapping[str, Any]) -> AsyncIterator[Single]:
    """The one destination of ``ventros relay --publisher nats``, which wants every event.

    Raises ConfigurationError when no server is named.
    """
    if not options["nats"]:
        raise ConfigurationError("the publisher nats needs a server: --nats nats://127.0.0.1:4222")
    credentials = options["nats_credentials"]
    login = {"user_credentials": credentials} if credentials else {}
    servers, prefix = list(options["nats"]), options["nats_prefix"]
    async with NatsPublisher(servers, prefix, source=options["source"], options=login) as publisher:
        yield Single(Destination(name=publisher.name, publisher=publisher, concurrency=64, timeout=15.0))
