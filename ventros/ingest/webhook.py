"""WAHA's webhook for any web framework: a request becomes commands, and the answer comes after the commit.

WAHA sends an event again when the answer is 500 or more, if its ``retries`` are configured; what was stored
is then a duplicate. So an answer of 200 is given only for what is committed, or needs nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import AsyncIterable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, Final
from uuid import UUID

import attrs

from ventros.ingest.applying import Applier, Effect
from ventros.ingest.delivery import Delivery, RejectedLine, SkippedEvent
from ventros.ingest.records import MAX_RECORD
from ventros.ingest.routes import of_webhook
from ventros.ingest.tally import NAMES, Tally
from ventros.ingest.waha.decoding import decode_events
from ventros.ingest.waha.interpretation import interpret
from ventros.ingest.waha.moments import moment
from ventros.kernel.database import Database
from ventros.kernel.errors import (
    CommitInDoubt,
    Conflict,
    ConnectionLost,
    ConstraintViolation,
    DomainError,
    OperationTimeout,
    ValidationError,
    VentrosError,
)
from ventros.kernel.secret import Secret
from ventros.kernel.validators import instance_of, whole_number
from ventros.unit_of_work import UnitOfWork

SIGNATURE: Final = "x-webhook-hmac"
"""Hexadecimal HMAC of the body as it was sent, in SHA-512."""
ALGORITHM: Final = "x-webhook-hmac-algorithm"
RETRY_AFTER: Final = 2
"""Seconds; as long as WAHA pauses between its attempts unless told otherwise."""
ON_ITS_WAY: Final = timedelta(seconds=30)
"""How long after an event was sent the message that it names may still come, on another connection: as long
as WAHA's 15 attempts take.
"""
IN_DOUBT: Final = 2.0
"""Seconds to find out what became of a commit whose answer was lost, before it is to be sent again."""

Headers = Mapping[str, str] | Iterable[tuple[str, str] | tuple[bytes, bytes]]
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_LATER: Final = (ConnectionLost, OperationTimeout, CommitInDoubt, Conflict)
_OF_THE_EVENT: Final = (DomainError, ConstraintViolation)


class Handled(Enum):
    """What became of a request."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    REJECTED = "rejected"
    FAILED = "failed"
    LATER = "later"


@attrs.frozen
class Answer:
    """``status`` is the one to answer: 200 for what is stored, was there already, or is none of our business;
    400, 401 and 413 for what is rejected, and is so every time; 503 for what is to be sent again; 500 for a
    fault of ours.

    ``reason`` names fields and types, and quotes neither people's texts nor their numbers. ``error`` is what
    was raised, for a log; it may quote them.
    """

    handled: Handled
    status: int = 200
    reason: str = ""
    error: Exception | None = attrs.field(default=None, repr=False, eq=False)

    @property
    def headers(self) -> dict[str, str]:
        """Those that belong to the status."""
        return {"Retry-After": str(RETRY_AFTER)} if self.status == 503 else {}


async def handle(
    db: Database[UnitOfWork],
    webhook_id: str | UUID,
    headers: Headers,
    body: bytes | bytearray | memoryview | AsyncIterable[bytes],
    *,
    secret: str | bytes | Secret[str] | Secret[bytes] | None = None,
    max_body: int = MAX_RECORD,
) -> Answer:
    """Take in what WAHA posts. It returns when the event is committed, and never raises for an event.

    ``webhook_id`` is that of the channel, ``Channel.webhook_id``, and the path that WAHA was given for it: a
    random UUID that nobody else knows. An event of another session than the channel's is rejected.

    ``headers`` are a mapping or pairs, in any case of letters. ``body`` is as it was sent, whole or in
    chunks: of chunks no more than ``max_body`` bytes are kept. With ``secret``, the ``hmac.key`` of the
    webhook's configuration, only what is signed with it is looked at.

    A change of a message that is not known, a delivery report for one, may have overtaken it: up to 30
    seconds after WAHA sent it the answer is 503, so that it comes again; then it is skipped. Where no
    connection becomes free in the database's ``acquire_timeout``, or its server is away, it is 503 too.
    Of several events in one body the answer is that of the one that went worst.

    Raises ValidationError for another argument that cannot be, such as an empty secret, and what reading the
    chunks raises.
    """
    instance_of(Database, db, "db")
    whole_number(max_body, "max_body", least=1)
    key = _key(secret)
    sent = _by_name(headers)
    raw = await _read(sent, body, max_body)
    if raw is None:
        return Answer(Handled.REJECTED, 413, f"the body is larger than {max_body} bytes")
    if key is not None and not _is_signed(sent, raw, key):
        return Answer(Handled.REJECTED, 401, "the signature is missing or wrong")
    try:
        events = decode_events(raw).events
    except RejectedLine as rejection:
        return Answer(Handled.REJECTED, 400, rejection.reason)
    if not events:
        return Answer(Handled.REJECTED, 400, "the body holds no event")
    applier = Applier(db, of_webhook(db, webhook_id), Tally(), IN_DOUBT)
    answers = []
    for event in events:
        answers.append(await _take(applier, event))
        if answers[-1].status == 503:
            break
    return max(answers, key=lambda answer: answer.status)


async def _take(applier: Applier, event: Any) -> Answer:
    try:
        delivery = interpret(event)
        if isinstance(delivery, SkippedEvent):
            return Answer(Handled.SKIPPED, reason=delivery.reason)
        effect = await applier.apply_once(delivery)
        return _answer(effect, event, delivery)
    except RejectedLine as rejection:
        return Answer(Handled.REJECTED, 400, rejection.reason)
    except _LATER as error:
        return Answer(Handled.LATER, 503, _code(error), error)
    except _OF_THE_EVENT as error:
        return Answer(Handled.REJECTED, 400, f"{_code(error)}: {error}", error)
    except Exception as error:  # noqa: BLE001 - whatever it is, who sent the event gets an answer
        return Answer(Handled.FAILED, 500, _code(error), error)


def _answer(effect: Effect, event: Any, delivery: Delivery) -> Answer:
    if effect in {Effect.MESSAGE, Effect.CHANGE}:
        return Answer(Handled.STORED)
    if effect is Effect.DUPLICATE:
        return Answer(Handled.DUPLICATE)
    name = NAMES[type(delivery.command)]
    if effect is Effect.NONE:
        return Answer(Handled.SKIPPED, reason=f"{name} without effect")
    reason = f"{name} of an unknown message"
    sent_at = moment("timestamp", event.get("timestamp"))
    if sent_at is None or datetime.now(UTC) - sent_at < ON_ITS_WAY:
        return Answer(Handled.LATER, 503, reason)
    return Answer(Handled.SKIPPED, reason=reason)


def _code(error: Exception) -> str:
    """The text of an error that is none of ours may quote people's values."""
    return error.code.replace("_", " ").lower() if isinstance(error, VentrosError) else "unexpected error"


def _key(secret: str | bytes | Secret[str] | Secret[bytes] | None) -> bytes | None:
    """An empty one, as of a variable that is not set, would let everybody in."""
    instance_of(str | bytes | Secret | None, secret, "secret")
    if secret is not None and not secret:
        raise ValidationError("the secret is empty; None is for a webhook without one", field="secret")
    hidden = secret if isinstance(secret, Secret | None) else Secret(secret)
    return None if hidden is None else hidden.encoded()


def _by_name(headers: Headers) -> dict[str, str]:
    """The first of each name, in small letters."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(_text(name).lower(), _text(value))
    return found


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


async def _read(
    headers: Mapping[str, str], body: bytes | bytearray | memoryview | AsyncIterable[bytes], limit: int
) -> bytes | None:
    """None for one that is larger than ``limit``, or says so."""
    length = headers.get("content-length", "")
    if _LENGTH.fullmatch(length) and int(length) > limit:
        return None
    if isinstance(body, bytes | bytearray | memoryview):
        whole = bytes(body)
        return whole if len(whole) <= limit else None
    instance_of(AsyncIterable, body, "body")
    raw = bytearray()
    async for chunk in body:
        raw += chunk
        if len(raw) > limit:
            return None
    return bytes(raw)


def _is_signed(headers: Mapping[str, str], raw: bytes, key: bytes) -> bool:
    """In constant time. WAHA has no other algorithm."""
    if headers.get(ALGORITHM, "sha512").strip().lower() != "sha512":
        return False
    signature = hmac.new(key, raw, hashlib.sha512).hexdigest()
    given = headers.get(SIGNATURE, "").strip().lower()
    return hmac.compare_digest(signature.encode(), given.encode("utf-8", "surrogatepass"))
