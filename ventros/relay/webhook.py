"""Sends events by HTTP to an address that a tenant chose: nothing of it is trusted, and nothing unbounded."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, Self

import attrs
import httpcore

from ventros.kernel.encryption import Secret
from ventros.kernel.errors import VentrosError
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay import cloudevents
from ventros.relay.addresses import AddressRules, CheckedBackend, Resolve, SystemNames, trusted_roots
from ventros.relay.publisher import DestinationGone, PublishRefused
from ventros.relay.signature import sign, signing_key

MOST_OF_AN_ANSWER: Final = 64 * 1024
"""Bytes of a body that are read, and thrown away, to use the connection again; then it is closed."""
CONNECT_TIMEOUT: Final = 5.0
"""Seconds for each address; the whole attempt has a bound of its own."""

OURS: Final = frozenset(
    {
        *("connection", "expect", "host", "keep-alive", "proxy-authorization", "proxy-connection", "te"),
        *("trailer", "transfer-encoding", "upgrade", "content-encoding", "content-length", "content-type"),
        *("webhook-id", "webhook-signature", "webhook-timestamp"),
    }
)
"""Headers that the sender, or HTTP itself, sets: a subscription that names one is refused."""


class WebhookFailed(VentrosError):
    """The receiver did not take the event, in time or at all; it is to come again."""


@attrs.frozen(kw_only=True)
class Webhook:
    """Where and how to send. ``timeout`` bounds one attempt, from the name to the answer, in seconds.

    ``secret`` signs; with None nothing is signed. ``kind`` tells the type that an event goes out as.
    """

    url: Secret[str]
    secret: Secret[str] | None = None
    headers: Mapping[str, Secret[str]] = attrs.field(factory=dict)
    timeout: float = 30.0
    kind: Callable[[str], str] = str


class WebhookSender:
    """Keeps connections, which all webhooks share; an async context manager, which closes them.

    It follows no redirect, reads no proxy from the environment, unpacks nothing and keeps no cookie.
    ``source`` is the CloudEvents source, ``roots`` what TLS trusts, ``clock`` Unix seconds.
    """

    def __init__(
        self,
        rules: AddressRules | None = None,
        *,
        resolve: Resolve | None = None,
        roots: ssl.SSLContext | None = None,
        source: str = cloudevents.SOURCE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._rules = rules or AddressRules()
        self._source = source
        self._clock = clock
        self._names = SystemNames()
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=roots or trusted_roots(),
            max_connections=None,  # the relay's own concurrency is the bound
            max_keepalive_connections=50,
            keepalive_expiry=15,
            network_backend=CheckedBackend(self._rules, resolve or self._names),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()
        self._names.close()

    async def send(self, webhook: Webhook, event: OutboxEvent) -> None:
        """Returns when the receiver has answered with a status of 200 to 299.

        Raises DestinationGone for 410, PublishRefused for an address, header or secret that cannot be used,
        and WebhookFailed for all else: it is to be tried again. No message quotes what the receiver said.
        """
        target = self._rules.target(webhook.url.reveal())
        body = cloudevents.encoded(event, kind=webhook.kind(event.event_name), source=self._source)
        request = httpcore.Request(
            b"POST",
            target.url,
            headers=self._headers(webhook, target.authority, event, body),
            content=body,
            extensions={"timeout": {"connect": CONNECT_TIMEOUT}},
        )
        try:
            async with asyncio.timeout(webhook.timeout):
                status = await self._exchange(request)
        except TimeoutError:
            raise WebhookFailed(f"{target.host} did not answer within {webhook.timeout:g} s") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise WebhookFailed(f"{target.host} was not reached, or broke off: {error!r}") from error
        if status == 410:
            raise DestinationGone(f"{target.host} answered 410: it wants no more events")
        if not 200 <= status <= 299:
            redirect = ", and redirects are not followed" if 300 <= status <= 399 else ""
            raise WebhookFailed(f"{target.host} answered {status}{redirect}")

    def _headers(
        self, webhook: Webhook, authority: str, event: OutboxEvent, body: bytes
    ) -> list[tuple[str, str]]:
        for name in webhook.headers:
            if name.lower() in OURS:
                raise PublishRefused(f"the header {name} is the sender's own; take it off the subscription")
        message_id, timestamp = str(event.event_id), int(self._clock())
        headers = [
            ("Host", authority),
            ("Content-Type", cloudevents.CONTENT_TYPE),
            ("Content-Length", str(len(body))),
            ("User-Agent", "ventros"),
            ("webhook-id", message_id),
            ("webhook-timestamp", str(timestamp)),
        ]
        if webhook.secret is not None:
            signature = sign(signing_key(webhook.secret.reveal()), message_id, timestamp, body)
            headers.append(("webhook-signature", signature))
        return headers + [(name, value.reveal()) for name, value in webhook.headers.items()]

    async def _exchange(self, request: httpcore.Request) -> int:
        """The status. What is longer than the bound ends with its connection."""
        response = await self._pool.handle_async_request(request)
        try:
            read = 0
            async for chunk in response.aiter_stream():
                read += len(chunk)
                if read > MOST_OF_AN_ANSWER:
                    break
        finally:
            await response.aclose()
        return response.status


@attrs.frozen
class WebhookPublisher:
    """One webhook, as the relay knows it."""

    sender: WebhookSender
    webhook: Webhook
    name: str = "webhook"

    async def publish(self, event: OutboxEvent) -> None:
        """As :meth:`WebhookSender.send`."""
        await self.sender.send(self.webhook, event)
