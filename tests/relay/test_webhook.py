"""Webhooks against a real HTTP server that is slow, broken, gone or hostile."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import standardwebhooks

from tests.support import certificates, receiver
from tests.support.documents import block
from tests.support.outbox_events import outbox_event
from tests.support.receiver import Names, Receiver, status
from ventros.kernel.encryption import Secret
from ventros.relay import cloudevents
from ventros.relay.addresses import AddressRules
from ventros.relay.publisher import DestinationGone, PublishRefused
from ventros.relay.webhook import MOST_OF_AN_ANSWER, Webhook, WebhookFailed, WebhookPublisher, WebhookSender

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
PAGE = Path(__file__).parents[2] / "docs" / "webhook-subscriptions.md"
HERE = AddressRules(allow=["127.0.0.1/32"], http=True)
"""The one address of this machine that stands for the internet; 127.0.0.2 is inside."""


@pytest.fixture
async def there() -> AsyncIterator[Receiver]:
    async with receiver.receiver() as found:
        yield found


@pytest.fixture
async def sender() -> AsyncIterator[WebhookSender]:
    async with WebhookSender(HERE) as found:
        yield found


def to(
    url: str, *, secret: str | None = None, headers: dict[str, str] | None = None, timeout: float = 30.0
) -> Webhook:
    return Webhook(
        url=Secret(url),
        secret=None if secret is None else Secret(secret),
        headers={name: Secret(value) for name, value in (headers or {}).items()},
        timeout=timeout,
    )


def at(there: Receiver, path: str = "/hook", host: str | None = None, **settings: Any) -> Webhook:
    return to(f"http://{host or there.host}:{there.port}{path}", **settings)


async def test_an_event_arrives_as_a_signed_cloudevent(there: Receiver, sender: WebhookSender) -> None:
    event = outbox_event()
    webhook = at(there, "/hook?key=a%20b", secret=SECRET, headers={"X-Api-Key": "k1"})
    await WebhookPublisher(sender, webhook).publish(event)
    (request,) = there.requests
    assert request.path == "/hook?key=a%20b"
    assert request.body == cloudevents.encoded(event)
    assert request.headers["content-type"] == cloudevents.CONTENT_TYPE
    assert request.headers["x-api-key"] == "k1"
    assert request.headers["host"] == f"127.0.0.1:{there.port}"
    # The published library of the standard, and then the standard's own words.
    standardwebhooks.Webhook(SECRET).verify(request.body, request.headers)
    signed = f"{event.event_id}.{request.headers['webhook-timestamp']}.".encode() + request.body
    expected = base64.b64encode(hmac.new(bytes(range(32)), signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"


async def test_the_ten_lines_for_receivers_verify(
    there: Receiver, sender: WebhookSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As docs/webhook-subscriptions.md has them; each fault alone is refused."""
    program: dict[str, Any] = {}
    exec(block("python", "def verified", PAGE.read_text("utf-8")), program)  # noqa: S102 - our own page's
    verified = program["verified"]
    for secret in (SECRET, "any other text"):
        await sender.send(at(there, secret=secret), outbox_event())
        request = there.requests[-1]
        headers, body = request.headers, request.body
        assert verified(secret, headers, body)
        assert verified(secret, headers | {"webhook-signature": f"v1,x {headers['webhook-signature']}"}, body)
        assert not verified("another", headers, body)
        assert not verified(secret, headers, body + b" ")
        assert not verified(secret, headers | {"webhook-id": "another"}, body)
        assert not verified(secret, headers | {"webhook-timestamp": str(int(time.time()) + 1)}, body)
    monkeypatch.setattr(time, "time", lambda: int(headers["webhook-timestamp"]) + 301)
    assert not verified(secret, headers, body)


async def test_a_retry_has_the_same_id_and_a_time_of_its_own(there: Receiver) -> None:
    """So the receiver refuses a replay by its age and knows an event again by its id."""
    times = iter((1_700_000_000.9, 1_700_000_400.1))
    there.answer = status(500)
    event = outbox_event()
    async with WebhookSender(HERE, clock=lambda: next(times)) as sender:
        for _ in range(2):
            with pytest.raises(WebhookFailed, match="answered 500"):
                await sender.send(at(there, secret=SECRET), event)
    first, second = (request.headers for request in there.requests)
    assert first["webhook-id"] == second["webhook-id"] == str(event.event_id)
    assert (first["webhook-timestamp"], second["webhook-timestamp"]) == ("1700000000", "1700000400")
    assert first["webhook-signature"] != second["webhook-signature"]
    with pytest.raises(standardwebhooks.WebhookVerificationError, match="too old"):
        standardwebhooks.Webhook(SECRET).verify(there.requests[0].body, first)


async def test_without_a_secret_nothing_is_signed(there: Receiver, sender: WebhookSender) -> None:
    await sender.send(at(there), outbox_event())
    assert "webhook-signature" not in there.requests[0].headers


async def test_one_connection_serves_many_events(there: Receiver, sender: WebhookSender) -> None:
    there.answer = status(202, b"thanks")
    for number in range(20):
        await sender.send(at(there), outbox_event(number))
    assert (len(there.requests), there.connections) == (20, 1)


@pytest.mark.parametrize("code", [100, 301, 302, 307, 400, 404, 429, 500, 503])
async def test_what_is_no_success_comes_again(there: Receiver, sender: WebhookSender, code: int) -> None:
    there.answer = status(code)
    with pytest.raises(WebhookFailed):
        await sender.send(at(there, timeout=0.5), outbox_event())
    assert len(there.requests) == 1


async def test_410_says_that_the_destination_is_gone(there: Receiver, sender: WebhookSender) -> None:
    there.answer = status(410)
    with pytest.raises(DestinationGone):
        await sender.send(at(there), outbox_event())


@pytest.mark.parametrize("answer", [receiver.hang, receiver.drip, receiver.drip_body])
async def test_an_attempt_has_one_bound_for_all_of_it(
    there: Receiver, sender: WebhookSender, answer: receiver.Answer
) -> None:
    """The control is a client with a timeout for each read, as is usual: it waits on after thrice that."""
    there.answer = answer
    begun = time.monotonic()
    with pytest.raises(WebhookFailed, match=r"did not answer within 0\.3 s"):
        await sender.send(at(there, timeout=0.3), outbox_event())
    assert time.monotonic() - begun < 0.3 + 0.5
    if answer is not receiver.hang:
        async with httpx.AsyncClient(timeout=0.3) as usual:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.9):
                    await usual.post(f"http://127.0.0.1:{there.port}/")


async def test_a_slow_receiver_is_waited_for_within_the_bound(there: Receiver, sender: WebhookSender) -> None:
    async def slow(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        await status(200)(writer)

    there.answer = slow
    await sender.send(at(there, timeout=5), outbox_event())


async def test_no_more_of_an_answer_is_read_than_the_bound(there: Receiver, sender: WebhookSender) -> None:
    """What lies in the buffers of both sockets goes out, too; that is no gigabyte."""
    there.answer = flood = receiver.Flood()
    await sender.send(at(there, timeout=5), outbox_event())
    assert flood.sent < 16 * 2**20 + MOST_OF_AN_ANSWER
    there.answer = status(200)
    await sender.send(at(there), outbox_event())
    assert there.connections == 2


@pytest.mark.parametrize("answer", [receiver.cut, receiver.nonsense, receiver.endless_headers])
async def test_what_is_no_http_is_a_failure_that_comes_again(
    there: Receiver, sender: WebhookSender, answer: receiver.Answer
) -> None:
    there.answer = answer
    with pytest.raises(WebhookFailed, match="was not reached, or broke off"):
        await sender.send(at(there, timeout=5), outbox_event())


async def test_nobody_there_is_a_failure_that_comes_again(there: Receiver, sender: WebhookSender) -> None:
    there.port = 9  # nobody listens
    with pytest.raises(WebhookFailed):
        await sender.send(at(there), outbox_event())


async def test_a_cancelled_attempt_leaves_the_sender_usable(there: Receiver, sender: WebhookSender) -> None:
    there.answer = receiver.hang
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await sender.send(at(there), outbox_event())
    there.answer = status(200)
    await sender.send(at(there), outbox_event())


@pytest.mark.parametrize("host", ["127.0.0.2", "169.254.169.254"])
async def test_a_redirect_is_not_followed(there: Receiver, sender: WebhookSender, host: str) -> None:
    """The control is a client that follows: it reaches the server that is inside."""
    async with receiver.receiver("127.0.0.2") as private:
        there.answer = status(307, location=f"http://{host}:{private.port}/secret")
        with pytest.raises(WebhookFailed, match="redirects are not followed"):
            await sender.send(at(there), outbox_event())
        assert private.connections == 0
        if host == private.host:
            async with httpx.AsyncClient(follow_redirects=True) as usual:
                await usual.post(f"http://127.0.0.1:{there.port}/", content=b"x")
            assert private.connections == 1


async def test_an_address_that_is_inside_is_not_connected_to() -> None:
    """By each way to write it that the system takes. The control is the same without the check."""
    spellings = ["127.0.0.2", "2130706434", "0x7f.2", "0177.0.0.2", "127.2", "[::ffff:127.0.0.2]"]
    async with receiver.receiver("127.0.0.2") as private:
        async with WebhookSender(AddressRules(http=True)) as sender:
            for spelling in spellings:
                with pytest.raises(PublishRefused, match="which is loopback"):
                    await sender.send(at(private, host=spelling), outbox_event())
            assert private.connections == 0
        async with WebhookSender(AddressRules(allow=["0.0.0.0/0", "::/0"], http=True)) as unchecked:
            for spelling in spellings:
                await unchecked.send(at(private, host=spelling), outbox_event())
            assert private.connections >= 1
            assert len(private.requests) == len(spellings)


async def test_a_name_that_resolves_otherwise_a_moment_later_leads_nowhere_else() -> None:
    """The control checks the name first and then connects by it: the second answer is the server inside."""
    async with receiver.receiver() as public, receiver.receiver("127.0.0.2", public.port) as private:
        turning = Names({"evil.example": [["127.0.0.1"], ["127.0.0.2"]]})
        async with WebhookSender(HERE, resolve=turning) as sender:
            await sender.send(at(public, host="evil.example"), outbox_event())
            public.answer = receiver.cut  # so that the next one needs a connection of its own
            with pytest.raises(WebhookFailed):
                await sender.send(at(public, host="evil.example"), outbox_event())
            with pytest.raises(PublishRefused, match=r"evil\.example is at 127\.0\.0\.2, which is loopback"):
                await sender.send(at(public, host="evil.example"), outbox_event())
        assert len(public.requests) == 2
        assert public.requests[0].headers["host"] == f"evil.example:{public.port}"
        assert private.connections == 0

        turning = Names({"evil.example": [["127.0.0.1"], ["127.0.0.2"]]})
        HERE.check("evil.example", await turning("evil.example", public.port))
        everywhere = AddressRules(allow=["0.0.0.0/0"], http=True)
        async with WebhookSender(everywhere, resolve=turning) as late:
            await late.send(at(public, host="evil.example"), outbox_event())
        assert private.connections == 1


async def test_the_next_address_is_tried_when_one_does_not_answer(there: Receiver) -> None:
    names = Names({"two.example": [["127.0.0.3", "127.0.0.1"]]})
    rules = AddressRules(allow=["127.0.0.0/8"], http=True)
    async with WebhookSender(rules, resolve=names) as sender:
        await sender.send(at(there, host="two.example"), outbox_event())
    assert len(there.requests) == 1


async def test_a_name_without_an_address_is_a_failure_that_comes_again(sender: WebhookSender) -> None:
    with pytest.raises(WebhookFailed, match=r"nowhere\.invalid cannot be resolved"):
        await sender.send(to("http://nowhere.invalid/"), outbox_event())


async def test_tls_is_of_the_name_and_not_of_the_address(tmp_path: Path) -> None:
    """A certificate of another host is refused, before a byte of the event is sent."""
    authority = certificates.make("authority", authority=True)
    shown = certificates.make("hooks.example", "hooks.example", by=authority)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(
        certificates.write(tmp_path / "chain.pem", shown.pem),
        certificates.write(tmp_path / "key.pem", shown.key_pem()),
    )
    names = Names({"hooks.example": [["127.0.0.1"]], "other.example": [["127.0.0.1"]]})
    roots = ssl.create_default_context(cadata=authority.pem)
    rules = AddressRules(allow=["127.0.0.1"])
    async with (
        receiver.receiver(tls=tls) as there,
        WebhookSender(rules, resolve=names, roots=roots) as sender,
    ):
        await sender.send(to(f"https://hooks.example:{there.port}/"), outbox_event())
        assert there.requests[0].headers["host"] == f"hooks.example:{there.port}"
        for stranger in ("other.example", "127.0.0.1"):
            names.answers["127.0.0.1"] = [["127.0.0.1"]]
            with pytest.raises(WebhookFailed, match="certificate"):
                await sender.send(to(f"https://{stranger}:{there.port}/"), outbox_event())
        async with WebhookSender(rules, resolve=names) as usual:  # the system's authorities
            with pytest.raises(WebhookFailed, match="certificate"):
                await usual.send(to(f"https://hooks.example:{there.port}/"), outbox_event())
        assert len(there.requests) == 1


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "webhook-signature"])
async def test_a_header_of_the_senders_own_is_refused(
    there: Receiver, sender: WebhookSender, name: str
) -> None:
    with pytest.raises(PublishRefused, match=name):
        await sender.send(at(there, headers={name: "1"}), outbox_event())
    assert there.connections == 0


async def test_no_proxy_is_taken_from_the_environment(
    there: Receiver, sender: WebhookSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would resolve the name itself. The control is a client that takes it."""
    async with receiver.receiver("127.0.0.2") as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.2:{proxy.port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.2:{proxy.port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        await sender.send(at(there), outbox_event())
        assert proxy.connections == 0
        async with httpx.AsyncClient() as usual:
            await usual.post(f"http://127.0.0.1:{there.port}/", content=b"x")
        assert proxy.connections == 1


def test_settings_show_nothing_secret() -> None:
    webhook = to("https://h.example/?token=tok", secret=SECRET, headers={"X-Key": "k3y"})
    assert not [word for word in ("tok", SECRET, "k3y") if word in repr(webhook)]
