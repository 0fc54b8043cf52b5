"""From the unit of work that asks to send to a server that plays WAHA, and what its answers mean."""

from __future__ import annotations

import asyncio
import base64
import sys
from functools import partial
from pathlib import Path

import attrs
import pytest

from tests.support.constants import NOW, TENANT
from tests.support.keys import NEW, NEW_KEY, OLD
from tests.support.sending import CHAT, LATER, Sending
from tests.support.stored import count
from tests.support.waha_server import (
    answering,
    drop,
    take_and_answer,
    take_and_drop,
    take_and_hang,
)
from ventros import OutboxEvent, UnitOfWork, ValidationError, consumer
from ventros.application.consumers import in_unit
from ventros.application.messages.begin_send import BeginSend, begin_send
from ventros.crm.channels.aggregate import Channel
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.sends import SendOutcome
from ventros.crm.messages.values import ContentType, MessageStatus
from ventros.relay.crm import CrmConsumers
from ventros.relay.relay import Relay
from ventros.relay.waha import WahaGateway

SENT, QUEUED, FAILED = MessageStatus.SENT, MessageStatus.QUEUED, MessageStatus.FAILED


async def outcomes(sending: Sending, message: Message) -> list[SendOutcome | None]:
    return [attempt.outcome for attempt in await sending.attempts(message)]


async def test_a_message_goes_out_and_has_the_platforms_id(sending: Sending) -> None:
    message = await sending.send()
    await sending.deliver()
    assert sending.waha.taken == [{"session": sending.seed.session, "chatId": CHAT, "text": "hello"}]
    stored = await sending.stored(message)
    assert (stored.status, stored.channel_message_id) == (SENT, "3EB01")
    assert not stored.may_have_been_sent_twice
    (attempt,) = await sending.attempts(message)
    assert (attempt.outcome, attempt.channel_message_id) == (SendOutcome.SENT, "3EB01")
    assert sending.events(message) == [
        *("message.created", "message.send_requested"),
        *("message.updated", "message.sent"),
    ]
    async with sending.db.unit_of_work(TENANT) as uow:
        assert (await uow.channels.counters(sending.seed.channel_id)).messages_sent == 1
    assert count(sending.superuser, "SELECT count(*) FROM outbox_deliveries") == 0


async def test_what_follows_has_the_request_as_its_cause(sending: Sending) -> None:
    await sending.send()
    await sending.deliver()
    told = sending.superuser.execute(
        "SELECT DISTINCT r.event_id = e.causation_id FROM outbox_events e, outbox_events r"
        " WHERE r.event_name = 'message.send_requested'"
        "   AND e.event_name IN ('message.sent', 'message.updated')"
    ).fetchall()
    assert told == [(True,)]


@pytest.mark.parametrize(
    ("content_type", "path"),
    [
        (ContentType.IMAGE, "/api/sendImage"),
        (ContentType.VIDEO, "/api/sendVideo"),
        (ContentType.VOICE, "/api/sendVoice"),
        (ContentType.AUDIO, "/api/sendFile"),
        (ContentType.DOCUMENT, "/api/sendFile"),
    ],
)
async def test_a_medium_goes_to_its_own_path(sending: Sending, content_type: ContentType, path: str) -> None:
    caption = None if content_type is ContentType.VOICE else "look"
    medium = {"media_url": "https://files.example/a", "media_mimetype": "a/b"}
    await sending.send(caption, content_type=content_type, **medium)
    await sending.deliver()
    assert [one.path for one in sending.waha.there.requests] == [path]
    (body,) = sending.waha.taken
    assert body["file"] == {"url": "https://files.example/a", "mimetype": "a/b"}
    assert body.get("caption") == caption


async def test_an_answer_names_the_message_by_its_whole_id(sending: Sending) -> None:
    first = await sending.send("first")
    await sending.deliver()
    await sending.send("second", reply_to_id=first.id)
    await sending.deliver()
    assert sending.waha.taken[1]["reply_to"] == f"true_{CHAT}_3EB01"


@pytest.mark.parametrize("code", [400, 413, 415])
async def test_what_is_never_taken_fails_with_the_reason(sending: Sending, code: int) -> None:
    sending.waha.script = [answering(code)]
    message = await sending.send()
    relay = await sending.deliver()
    assert (await sending.stored(message)).status is FAILED
    (attempt,) = await sending.attempts(message)
    assert (attempt.outcome, attempt.reason) == (SendOutcome.REFUSED, f"127.0.0.1 answered {code}")
    assert sending.events(message)[-1] == "message.failed"
    assert (relay.state.counts.failed, sending.waha.taken) == (0, [])
    await sending.deliver()
    assert len(sending.waha.there.requests) == 1, "it is not tried again"


@pytest.mark.parametrize("code", [302, 401, 403, 404, 408, 422, 429])
async def test_what_somebody_may_mend_is_tried_again_and_nothing_is_in_doubt(
    sending: Sending, code: int
) -> None:
    sending.waha.script = [answering(code)]
    message = await sending.send()
    await sending.deliver()
    assert (await sending.stored(message)).status is QUEUED
    await sending.deliver()
    stored = await sending.stored(message)
    assert (stored.status, stored.may_have_been_sent_twice) == (SENT, False)
    assert await outcomes(sending, message) == [SendOutcome.NOT_TAKEN, SendOutcome.SENT]
    assert len(sending.waha.taken) == 1


IN_DOUBT = {
    "500 once it is out": (take_and_answer(500), 2),
    "502 once it is out": (take_and_answer(502), 2),
    "503, and nothing is out": (answering(503), 1),
    "no answer once it is out": (take_and_hang, 2),
    "a dropped connection once it is out": (take_and_drop, 2),
    "a dropped connection, and nothing is out": (drop, 1),
}


@pytest.mark.parametrize("fault", IN_DOUBT)
async def test_what_is_in_doubt_is_sent_again_and_the_message_says_so(sending: Sending, fault: str) -> None:
    behaviour, times = IN_DOUBT[fault]
    sending.waha.script = [behaviour]
    message = await sending.send()
    await sending.deliver()
    waiting = await sending.stored(message)
    assert (waiting.status, waiting.may_have_been_sent_twice) == (QUEUED, False)
    await sending.deliver()
    stored = await sending.stored(message)
    assert (stored.status, stored.may_have_been_sent_twice) == (SENT, True)
    assert stored.metadata["resent"] == {"attempt": 2, "at": LATER.isoformat(timespec="microseconds")}
    assert sending.events(message).count("message.resent") == 1
    assert await outcomes(sending, message) == [SendOutcome.UNANSWERED, SendOutcome.SENT]
    assert len(sending.waha.taken) == times
    assert sending.unsaid() == []


async def test_taken_without_an_id_that_can_be_read_is_taken(sending: Sending) -> None:
    sending.waha.script = [take_and_answer(201, b"<html>")]
    message = await sending.send()
    await sending.deliver()
    stored = await sending.stored(message)
    assert (stored.status, stored.channel_message_id) == (SENT, None)


async def test_a_server_that_is_not_there_took_nothing(sending: Sending) -> None:
    sending.waha.there.port = 1
    await sending.waha.configure(sending.db, sending.seed)
    message = await sending.send()
    await sending.deliver()
    await sending.deliver()
    assert await outcomes(sending, message) == [SendOutcome.NOT_TAKEN] * 2
    assert not (await sending.stored(message)).may_have_been_sent_twice


async def test_an_address_inside_is_not_called(sending: Sending) -> None:
    message = await sending.send()
    async with WahaGateway() as guarded:
        relay = await sending.deliver(attrs.evolve(sending.means, gateway=guarded))
    assert (relay.state.counts.failed, sending.waha.there.connections) == (1, 0)
    (attempt,) = await sending.attempts(message)
    assert (attempt.outcome, attempt.reason and "https://" in attempt.reason) == (SendOutcome.NOT_TAKEN, True)


async def test_a_key_that_is_not_on_the_ring_leaves_it_queued(sending: Sending) -> None:
    message = await sending.send()
    relay = await sending.deliver(attrs.evolve(sending.means, encryptor=OLD))
    assert (relay.state.counts.failed, await sending.attempts(message)) == (1, [])
    await sending.deliver()
    assert (await sending.stored(message)).status is SENT


async def test_a_message_whose_channel_was_deactivated_meanwhile_fails(sending: Sending) -> None:
    message = await sending.send()
    deactivate = partial(Channel.deactivate, now=NOW)
    await sending.db.run(TENANT, lambda uow: uow.channels.apply(sending.seed.channel_id, deactivate))
    await sending.deliver()
    assert (await sending.stored(message)).status is FAILED
    assert (sending.events(message)[-1], sending.waha.taken) == ("message.failed", [])


async def test_a_message_whose_contact_was_deleted_meanwhile_fails(sending: Sending) -> None:
    message = await sending.send()
    delete = partial(Contact.delete, now=NOW)
    await sending.db.run(TENANT, lambda uow: uow.contacts.apply(sending.contact.id, delete))
    await sending.deliver()
    assert ((await sending.stored(message)).status, sending.waha.taken) == (FAILED, [])


async def test_an_event_that_comes_twice_sends_once(sending: Sending) -> None:
    await sending.send()
    await sending.deliver()
    sending.superuser.execute("DELETE FROM outbox_consumers")
    await sending.deliver()
    assert len(sending.waha.taken) == 1


async def test_begin_send_says_nothing_is_left_to_do_of_a_message_that_was_sent(sending: Sending) -> None:
    message = await sending.send()
    await sending.deliver()
    command = BeginSend(message_id=message.id, encryptor=NEW, began_at=LATER)
    assert await sending.db.run(TENANT, lambda uow: begin_send(uow, command)) is None


async def test_the_command_hands_messages_over(
    sending: Sending, relay_dsn: str, dsn: str, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.touch(mode=0o600)
    keys.write_text(f"new {base64.b64encode(NEW_KEY).decode()}\n")
    message = await sending.send()
    given = ["--dsn", relay_dsn, "--app-dsn", dsn, "--keys", str(keys)]
    status, told = await run_relay(*given[:2], *given[4:])
    assert status != 0
    assert "--app-dsn" in told
    status, told = await run_relay(*given, "--allow-http", "--allow-network", "127.0.0.1/32")
    assert status == 0, told
    assert (await sending.stored(message)).status is SENT


async def run_relay(*arguments: str) -> tuple[int | None, str]:
    """Its exit status, and what it told."""
    command = [sys.executable, "-m", "ventros", "relay", "--publisher", "crm", "--once", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    told, _ = await process.communicate()
    return process.returncode, told.decode()


def test_a_consumer_that_asks_for_order_is_none_of_the_crms() -> None:
    @consumer("all", in_order=True)
    async def count_all(uow: UnitOfWork, event: OutboxEvent) -> None: ...

    with pytest.raises(ValidationError, match="consumer all asks for order"):
        in_unit(count_all, "contact.created")


async def test_one_that_works_in_a_unit_has_its_effect_once(sending: Sending) -> None:
    @consumer("tag_new")
    async def tag(uow: UnitOfWork, event: OutboxEvent) -> None:
        await uow.contacts.apply(event.aggregate_id, Contact.add_tag, event.event_name, now=LATER)

    consumers = [in_unit(tag, "contact.created")]
    for _ in range(2):
        sending.superuser.execute("DELETE FROM outbox_consumers")
        await Relay(sending.across, [CrmConsumers(sending.means, consumers)]).drain()
    async with sending.db.unit_of_work(TENANT) as uow:
        contact = await uow.contacts.get(sending.contact.id)
    assert contact.tags == ("whatsapp", "contact.created")
    tags = "SELECT count(*) FROM outbox_events WHERE event_name = 'contact.tag_added'"
    assert count(sending.superuser, tags) == 2


async def test_only_the_consumers_that_want_an_event_are_handed_it(sending: Sending) -> None:
    await sending.send()
    relay: Relay = await sending.deliver()
    assert relay.state.counts.queued == 1
