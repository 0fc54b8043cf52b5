"""Hands messages to WAHA by HTTP, and tells apart what was taken, what was not, and what may have been.

https://waha.devlike.pro/docs/how-to/send-messages
"""

from __future__ import annotations

import asyncio
import ssl
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote, urlencode

import httpcore
import msgspec

from ventros.application.messages.gateway import (
    Outgoing,
    PlatformRefused,
    PlatformUnanswered,
    PlatformUnavailable,
)
from ventros.crm.channels.configs import WahaConfig
from ventros.crm.messages.values import ContentType
from ventros.kernel.errors import ValidationError
from ventros.kernel.validators import require_indexable
from ventros.relay.addresses import AddressRules, CheckedBackend, Resolve, SystemNames, trusted_roots
from ventros.relay.publisher import PublishRefused

MOST_OF_AN_ANSWER: Final = 4 * 1024 * 1024
"""Bytes of an answer that are read: some engines send the picture back."""
CONNECT_TIMEOUT: Final = 5.0
"""Seconds for each address; the whole call has a bound of its own."""
TIMEOUT: Final = 30.0
"""Seconds of one call, from the name to the end of the answer: WAHA fetches a medium first."""

_PATHS: Final = {
    ContentType.TEXT: "/api/sendText",
    ContentType.IMAGE: "/api/sendImage",
    ContentType.VIDEO: "/api/sendVideo",
    ContentType.VOICE: "/api/sendVoice",
    ContentType.AUDIO: "/api/sendFile",
    ContentType.DOCUMENT: "/api/sendFile",
}
_NEVER: Final = frozenset({400, 411, 413, 414, 415, 431})
"""What is wrong with the message itself. Of a session, a key or too many requests somebody may mend."""


class WahaGateway:
    """An async context manager. It follows no redirect, reads no proxy and keeps no cookie.

    Each call has a connection of its own: one that was kept may be closed by the other side in the moment
    that it is used, and then nobody knows whether the message was taken. ``rules`` guard where tenants' base
    URLs lead, ``timeout`` bounds a call, in seconds.
    """

    def __init__(
        self,
        rules: AddressRules | None = None,
        *,
        resolve: Resolve | None = None,
        roots: ssl.SSLContext | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._rules = rules or AddressRules()
        self._timeout = timeout
        self._names = SystemNames()
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=roots or trusted_roots(),
            max_connections=None,  # the relay's own concurrency is the bound
            max_keepalive_connections=0,
            network_backend=CheckedBackend(self._rules, resolve or self._names),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.aclose()
        self._names.close()

    async def send(self, outgoing: Outgoing) -> str | None:
        """As :meth:`ventros.application.messages.gateway.Gateway.send`."""
        body = msgspec.json.encode(_body(outgoing))
        answer = await self._call("POST", outgoing.config, _PATHS[outgoing.content_type], body)
        return _bare_id(answer)

    async def find_profile_picture(self, config: WahaConfig, session: str, chat_id: str) -> str | None:
        """As :meth:`ventros.application.messages.gateway.Gateway.find_profile_picture`."""
        query = urlencode({"contactId": chat_id, "session": session}, quote_via=quote)
        answer = await self._call("GET", config, f"/api/contacts/profile-picture?{query}", b"")
        url = answer.get("profilePictureURL") if isinstance(answer, dict) else None
        return url if isinstance(url, str) and url else None

    async def _call(self, method: str, config: WahaConfig, path: str, body: bytes) -> Any:
        """The answer's JSON, or None where it holds none. No error quotes what the server said."""
        try:
            target = self._rules.target(config.base_url.rstrip("/") + path)
        except PublishRefused as error:
            raise PlatformUnavailable(f"base_url of the channel: {error}") from error
        sent = False

        async def trace(event: str, _info: object) -> None:
            nonlocal sent
            sent = sent or event.endswith("send_request_headers.started")

        request = httpcore.Request(
            method.encode(),
            target.url,
            headers=_headers(config, target.authority, body),
            content=body,
            extensions={"timeout": {"connect": CONNECT_TIMEOUT}, "trace": trace},
        )
        answer: list[bytes] = []
        status: int | None = None
        fault = f"{target.host} did not answer within {self._timeout:g} s"
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._pool.handle_async_request(request)
                try:
                    status = response.status
                    answer = await _read(response)
                finally:
                    await response.aclose()
        except PublishRefused as error:
            raise PlatformUnavailable(str(error)) from error
        except TimeoutError:
            pass
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            fault = f"{target.host} was not reached, or broke off: {type(error).__name__}"
        if status is None:
            raise PlatformUnanswered(fault) if sent else PlatformUnavailable(fault)
        _check(target.host, status)
        return _decoded(answer)


async def _read(response: httpcore.Response) -> list[bytes]:
    chunks, size = [], 0
    async for chunk in response.aiter_stream():
        chunks.append(chunk)
        size += len(chunk)
        if size > MOST_OF_AN_ANSWER:
            return []
    return chunks


def _check(host: str, status: int) -> None:
    if 200 <= status <= 299:
        return
    told = f"{host} answered {status}"
    if status >= 500 or status < 200:
        raise PlatformUnanswered(f"{told}: it may have sent the message all the same")
    raise PlatformRefused(told) if status in _NEVER else PlatformUnavailable(told)


def _headers(config: WahaConfig, authority: str, body: bytes) -> list[tuple[str, str]]:
    headers = [
        ("Host", authority),
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("User-Agent", "ventros"),
        ("Connection", "close"),
    ]
    if config.api_key is not None:
        headers.append(("X-Api-Key", config.api_key.reveal()))
    elif config.token is not None:
        headers.append(("Authorization", f"Bearer {config.token.reveal()}"))
    return headers


def _body(outgoing: Outgoing) -> dict[str, Any]:
    body: dict[str, Any] = {"session": outgoing.session, "chatId": outgoing.chat_id}
    if outgoing.content_type is ContentType.TEXT:
        body["text"] = outgoing.text
    else:
        body["file"] = {"url": outgoing.media_url}
        if outgoing.media_mimetype:
            body["file"]["mimetype"] = outgoing.media_mimetype
        if outgoing.text:
            body["caption"] = outgoing.text
    if outgoing.reply_to is not None:
        body["reply_to"] = outgoing.reply_to
    return body


def _decoded(answer: list[bytes]) -> Any:
    try:
        return msgspec.json.decode(b"".join(answer))
    except msgspec.DecodeError:
        return None


def _bare_id(answer: Any) -> str | None:
    """Of ``true_<chat>_<id>``, as ``id`` or, by engine, in an object of it or of ``key``; None if none."""
    found = answer.get("id") if isinstance(answer, dict) else None
    if found is None and isinstance(answer, dict) and isinstance(answer.get("key"), dict):
        found = answer["key"].get("id")
    if isinstance(found, dict):
        found = found.get("_serialized") or found.get("id")
    if not isinstance(found, str) or not found:
        return None
    parts = found.split("_", 3)
    has_chat = len(parts) > 2 and parts[0] in {"true", "false"} and "@" in parts[1]
    bare = parts[2] if has_chat and parts[2] else found
    try:
        require_indexable(bare, "channel_message_id")
    except ValidationError:
        return None
    return bare
