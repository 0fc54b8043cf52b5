"""A request is answered when its event is committed, and the status says whether it is to come again."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import psycopg
import pytest

from tests.support.constants import NOW, SHORT, TENANT
from tests.support.proxy import COMMITTED, Proxy
from tests.support.snapshots import snapshot
from tests.support.waha_lines import ack_line, message_line, message_statuses, own_message_line
from ventros import Database, Settings, UnitOfWork, ValidationError, ingest, roles
from ventros.demo.seed import Seed
from ventros.ingest import Answer, Handled
from ventros.ingest.webhook import RETRY_AFTER
from ventros.kernel.encryption import Secret
from ventros.kernel.ids import new_id

KEY = "a key that WAHA knows"


def signature(body: bytes, key: str = KEY) -> str:
    return hmac.new(key.encode(), body, hashlib.sha512).hexdigest()


def what(answer: Answer) -> tuple[Handled, int]:
    return answer.handled, answer.status


async def test_an_event_is_stored_when_it_is_acknowledged_and_once(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    assert what(await ingest.handle(db, seed.webhook_id, {}, message_line(seed, 1))) == (Handled.STORED, 200)
    assert message_statuses(superuser) == {"m1": "sent"}
    before = snapshot(superuser)
    assert what(await ingest.handle(db, seed.webhook_id, {}, message_line(seed, 1))) == (
        Handled.DUPLICATE,
        200,
    )
    other_event = message_line(seed, 1, id="evt_other")
    assert what(await ingest.handle(db, seed.webhook_id, {}, other_event)) == (Handled.DUPLICATE, 200)
    assert snapshot(superuser) == before


async def test_what_is_none_of_our_business_is_acknowledged(db: Database[UnitOfWork], seed: Seed) -> None:
    answer = await ingest.handle(db, seed.webhook_id, {}, message_line(seed, 1, event="session.status"))
    assert (what(answer), answer.reason) == ((Handled.SKIPPED, 200), "event session.status")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no JSON",
        b"[]",
        b"7",
        b'"text"',
        b"\xff\xfe",
        b"{" * 100_000,
        b"[" * 100_000,
        b'{"event": "message"}',
        b'{"event": "message", "session": "nobody\'s", "payload": {"id": "a", "from": "5511999990000@c.us"}}',
        b'{"event": "message.ack", "session": "acme-phone", "payload": {"ack": "x"}, "timestamp": 1e300}',
    ],
)
async def test_what_cannot_be_used_is_rejected(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection, body: bytes
) -> None:
    before = snapshot(superuser)
    answer = await ingest.handle(db, seed.webhook_id, {}, body)
    assert what(answer) == (Handled.REJECTED, 400)
    assert answer.reason
    assert snapshot(superuser) == before


async def test_a_channel_that_is_not_active_takes_nothing(db: Database[UnitOfWork], seed: Seed) -> None:
    async with db.unit_of_work(TENANT) as uow:
        channel = await uow.channels.get(seed.channel_id)
        await uow.channels.save(channel.deactivate(now=NOW))
        await uow.commit()
    answer = await ingest.handle(db, seed.webhook_id, {}, message_line(seed, 1))
    assert what(answer) == (Handled.REJECTED, 400)
    assert "not active" in answer.reason


@pytest.mark.parametrize("form", ["text", "small letters", "pairs of bytes", "without the algorithm"])
async def test_a_signed_body_is_taken_in(db: Database[UnitOfWork], seed: Seed, form: str) -> None:
    body = message_line(seed, 1)
    headers: Any = {"X-Webhook-Hmac": signature(body), "X-Webhook-Hmac-Algorithm": "sha512"}
    if form == "small letters":
        headers = {name.lower(): value for name, value in headers.items()}
    elif form == "pairs of bytes":
        headers = [(name.encode(), value.encode()) for name, value in headers.items()]
    elif form == "without the algorithm":
        del headers["X-Webhook-Hmac-Algorithm"]
    assert (await ingest.handle(db, seed.webhook_id, headers, body, secret=KEY)).status == 200
    assert (await ingest.handle(db, seed.webhook_id, headers, body, secret=KEY.encode())).status == 200
    assert (await ingest.handle(db, seed.webhook_id, headers, body, secret=Secret(KEY))).status == 200


async def test_what_is_not_signed_is_not_looked_at(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    body = message_line(seed, 1)
    sha256 = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
    unsigned: list[dict[str, str]] = [
        {},
        {"X-Webhook-Hmac": ""},
        {"X-Webhook-Hmac": signature(body, "another key")},
        {"X-Webhook-Hmac": signature(body + b" ")},
        {"X-Webhook-Hmac": signature(body)[:-1]},
        {"X-Webhook-Hmac": "é" * 128},
        {"X-Webhook-Hmac": "\udcff" * 128},
        {"X-Webhook-Hmac": sha256, "X-Webhook-Hmac-Algorithm": "sha256"},
        {"X-Webhook-Hmac": signature(body), "X-Webhook-Hmac-Algorithm": "none"},
    ]
    for headers in unsigned:
        answer = await ingest.handle(db, seed.webhook_id, headers, body, secret=KEY)
        assert what(answer) == (Handled.REJECTED, 401), headers
    assert message_statuses(superuser) == {}
    assert (await ingest.handle(db, seed.webhook_id, {}, b"no JSON", secret=KEY)).status == 401


async def test_an_empty_secret_is_refused(db: Database[UnitOfWork]) -> None:
    for secret in ("", b""):
        with pytest.raises(ValidationError, match="secret"):
            await ingest.handle(db, new_id(), {}, b"{}", secret=secret)


async def test_a_body_has_a_bound(db: Database[UnitOfWork], seed: Seed) -> None:
    line = message_line(seed, 1)
    read = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal read
        for chunk in (line, *[b" " * 1000] * 100):
            read += len(chunk)
            yield chunk

    refused = (Handled.REJECTED, 413)
    assert what(await ingest.handle(db, seed.webhook_id, {}, line, max_body=len(line) - 1)) == refused
    assert what(await ingest.handle(db, seed.webhook_id, {}, chunks(), max_body=len(line) + 1500)) == refused
    assert read < len(line) + 3000
    read = 0
    assert what(await ingest.handle(db, seed.webhook_id, {"Content-Length": "2000000"}, chunks())) == refused
    assert read == 0
    assert what(await ingest.handle(db, seed.webhook_id, {"Content-Length": "x"}, chunks())) == (
        Handled.STORED,
        200,
    )
    assert (await ingest.handle(db, seed.webhook_id, {}, b"[" + b" " * 1024 * 1024)).status == 413


async def test_a_report_may_overtake_its_message(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    report = json.loads(ack_line(seed, 2, message=1, ack=3)) | {"timestamp": int(time.time() * 1000)}
    body = json.dumps(report).encode()
    before = snapshot(superuser)
    answer = await ingest.handle(db, seed.webhook_id, {}, body)
    assert what(answer) == (Handled.LATER, 503)
    assert answer.headers == {"Retry-After": str(RETRY_AFTER)}
    assert snapshot(superuser) == before
    await ingest.handle(db, seed.webhook_id, {}, own_message_line(seed, 1))
    assert what(await ingest.handle(db, seed.webhook_id, {}, body)) == (Handled.STORED, 200)
    assert message_statuses(superuser) == {"m1": "read"}
    assert what(await ingest.handle(db, seed.webhook_id, {}, body)) == (Handled.DUPLICATE, 200)


async def test_a_report_of_a_message_that_never_came_is_given_up(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    answer = await ingest.handle(
        db, seed.webhook_id, {}, ack_line(seed, 2, message=1, ack=3)
    )  # sent months ago
    assert (what(answer), answer.reason) == ((Handled.SKIPPED, 200), "ack of an unknown message")


async def test_of_several_events_the_worst_is_told(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    good, other = json.loads(message_line(seed, 1)), json.loads(message_line(seed, 2))
    bad = {"event": "message", "session": seed.session, "payload": {}}
    answer = await ingest.handle(db, seed.webhook_id, {}, json.dumps([good, bad, other]).encode())
    assert what(answer) == (Handled.REJECTED, 400)
    assert set(message_statuses(superuser)) == {"m1", "m2"}


async def test_without_a_free_connection_it_is_to_come_again(
    dsn: str, db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    settings = Settings(max_size=1, acquire_timeout=0.1)
    async with await Database.open(UnitOfWork, dsn, settings) as small:
        async with small.connection():
            answer = await ingest.handle(small, seed.webhook_id, {}, message_line(seed, 1))
        assert (what(answer), answer.reason) == ((Handled.LATER, 503), "pool exhausted")
        assert message_statuses(superuser) == {}
        assert (await ingest.handle(small, seed.webhook_id, {}, message_line(seed, 1))).status == 200


async def test_without_a_server_it_is_to_come_again(
    dsn: str, db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async with Proxy(dsn) as proxy, await Database.open(UnitOfWork, proxy.dsn, SHORT) as through:
        assert (await ingest.handle(through, seed.webhook_id, {}, message_line(seed, 1))).status == 200
        proxy.refuse = True
        proxy.cut()
        answer = await ingest.handle(through, seed.webhook_id, {}, message_line(seed, 2))
        assert what(answer) == (Handled.LATER, 503)
        proxy.refuse = False
        assert what(await ingest.handle(through, seed.webhook_id, {}, message_line(seed, 2))) == (
            Handled.STORED,
            200,
        )


async def test_a_commit_whose_answer_is_lost_is_stored_once(
    dsn: str, db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    async with Proxy(dsn) as proxy, await Database.open(UnitOfWork, proxy.dsn, SHORT) as through:
        await ingest.handle(through, seed.webhook_id, {}, message_line(seed, 0))
        proxy.hold = COMMITTED
        handling = asyncio.create_task(ingest.handle(through, seed.webhook_id, {}, message_line(seed, 1)))
        await proxy.held.wait()
        proxy.hold = None
        proxy.cut()
        answer = await handling
        assert answer.status in {200, 503}
        assert what(await ingest.handle(through, seed.webhook_id, {}, message_line(seed, 1))) == (
            Handled.DUPLICATE,
            200,
        )
    counted = superuser.execute("SELECT count(*), max(message_count) FROM messages, sessions").fetchone()
    assert counted == (2, 2)


async def test_a_fault_of_ours_is_answered_too(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    superuser.execute(f"REVOKE INSERT ON messages FROM {roles.APP}".encode())
    answer = await ingest.handle(db, seed.webhook_id, {}, message_line(seed, 1))
    assert what(answer) == (Handled.FAILED, 500)
    assert answer.error is not None
    assert "Ada" not in answer.reason


async def test_many_at_once_of_one_contact_are_all_counted(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    answers = await asyncio.gather(
        *(ingest.handle(db, seed.webhook_id, {}, message_line(seed, n)) for n in range(40))
    )
    assert {what(answer) for answer in answers} == {(Handled.STORED, 200)}
    assert superuser.execute("SELECT count(*), sum(message_count) FROM sessions").fetchone() == (1, 40)
