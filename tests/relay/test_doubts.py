"""What is not known while a message is handed over: nothing is lost, and nothing sent twice unsaid."""

from __future__ import annotations

import asyncio
from typing import Any

import attrs
import pytest

from tests.support.at_wait import interrupted
from tests.support.constants import TENANT
from tests.support.inbound_messages import ADA, inbound, process
from tests.support.keys import NEW
from tests.support.relaying import until
from tests.support.sending import LATER, LOCAL, SENDER, Sending
from tests.support.stored import count
from tests.support.waha_server import (
    answering,
    slowly,
    take_and_drop,
)
from ventros import Database, OutboxEvent, Settings, UnitOfWork
from ventros.application.consumers import Means
from ventros.application.messages.inbound import MessageRef
from ventros.application.messages.process_inbound_message import Duplicate, StoredMessage
from ventros.application.messages.record_message_ack import AckResult, MessageAck, record_message_ack
from ventros.crm.messages.sends import MessageSends
from ventros.crm.messages.values import MessageStatus
from ventros.kernel.outbox import log
from ventros.kernel.outbox.event import START
from ventros.relay.waha import WahaGateway

SENT, QUEUED = MessageStatus.SENT, MessageStatus.QUEUED


async def test_two_at_once_are_both_sent_and_the_message_says_so(sending: Sending) -> None:
    """As when a relay was paused past its lease: whose answer comes first gives the id."""
    pause = asyncio.Event()
    sending.waha.script = [slowly(pause)]
    message = await sending.send()
    async with WahaGateway(LOCAL) as patient:
        first = asyncio.create_task(sending.deliver(attrs.evolve(sending.means, gateway=patient)))
        await until(lambda: len(sending.waha.taken) == 1)
        await sending.deliver()
        pause.set()
        await first
    stored = await sending.stored(message)
    assert (stored.status, stored.channel_message_id) == (SENT, "3EB02")
    assert stored.may_have_been_sent_twice
    ids = [attempt.channel_message_id for attempt in await sending.attempts(message)]
    assert ids == ["3EB01", "3EB02"]
    async with sending.db.unit_of_work(TENANT) as uow:
        assert (await uow.channels.counters(sending.seed.channel_id)).messages_sent == 1


async def test_an_ack_before_the_answer_is_recorded_comes_again(sending: Sending) -> None:
    pause = asyncio.Event()
    sending.waha.script = [slowly(pause)]
    message = await sending.send()

    async def ack() -> AckResult:
        named = MessageRef(channel_message_id="3EB01", contact=ADA, from_me=True, group=None)
        command = MessageAck(message=named, status=MessageStatus.DELIVERED, at=LATER)
        return await sending.db.run(
            TENANT, lambda uow: record_message_ack(uow, sending.seed.channel_id, command)
        )

    async with WahaGateway(LOCAL) as patient:
        delivering = asyncio.create_task(sending.deliver(attrs.evolve(sending.means, gateway=patient)))
        await until(lambda: len(sending.waha.taken) == 1)
        assert await ack() is AckResult.UNKNOWN
        pause.set()
        await delivering
    assert await ack() is AckResult.ADVANCED
    stored = await sending.stored(message)
    assert (stored.status, stored.delivered_at) == (MessageStatus.DELIVERED, LATER)


async def echo(sending: Sending, text: str = "hello", id_: str = "3EB01") -> StoredMessage | Duplicate:
    """WAHA tells of our own message as of one that was written on the phone."""
    command = inbound(
        channel_message_id=id_, contact=ADA, from_me=True, text=text, received_at=LATER, event_id=None
    )
    return await process(sending.db, sending.seed, command)


async def test_the_platform_tells_of_it_before_the_answer_is_recorded(sending: Sending) -> None:
    pause = asyncio.Event()
    sending.waha.script = [slowly(pause)]
    message = await sending.send()
    async with WahaGateway(LOCAL) as patient:
        delivering = asyncio.create_task(sending.deliver(attrs.evolve(sending.means, gateway=patient)))
        await until(lambda: len(sending.waha.taken) == 1)
        assert isinstance(await echo(sending), Duplicate)
        pause.set()
        await delivering
    assert isinstance(await echo(sending), Duplicate)
    stored = await sending.stored(message)
    assert (stored.status, stored.channel_message_id) == (SENT, "3EB01")
    assert count(sending.superuser, "SELECT count(*) FROM messages") == 1
    async with sending.db.unit_of_work(TENANT) as uow:
        assert (await uow.channels.counters(sending.seed.channel_id)).messages_sent == 1


async def test_what_the_platform_tells_of_is_no_more_in_doubt(sending: Sending) -> None:
    sending.waha.script = [take_and_drop]
    message = await sending.send()
    await sending.deliver()
    assert isinstance(await echo(sending), Duplicate)
    await sending.deliver()
    stored = await sending.stored(message)
    assert (stored.status, stored.may_have_been_sent_twice) == (SENT, False)
    assert len(sending.waha.taken) == 1


async def test_another_text_is_another_message(sending: Sending) -> None:
    sending.waha.script = [take_and_drop]
    message = await sending.send()
    await sending.deliver()
    assert isinstance(await echo(sending, "bye"), StoredMessage)
    assert (await sending.stored(message)).status is QUEUED


async def test_a_message_that_was_not_taken_is_not_meant(sending: Sending) -> None:
    message = await sending.send()
    assert isinstance(await echo(sending, id_="before it was handed over"), StoredMessage)
    sending.waha.script = [answering(422)]
    await sending.deliver()
    assert isinstance(await echo(sending, id_="while it waits"), StoredMessage)
    assert (await sending.stored(message)).status is QUEUED


async def test_where_another_message_has_the_id_it_is_sent_without(sending: Sending) -> None:
    message = await sending.send()
    assert isinstance(await echo(sending, "something else"), StoredMessage)
    await sending.deliver()
    stored = await sending.stored(message)
    assert (stored.status, stored.channel_message_id) == (SENT, None)
    (attempt,) = await sending.attempts(message)
    assert attempt.channel_message_id == "3EB01"


@attrs.frozen
class Kill:
    """What a dying relay leaves: its pool is closed, whatever it waited for."""

    at: int
    late: bool

    async def drain(self, sending: Sending, dsn: str) -> bool:
        """Whether there was such a point."""
        settings = Settings(max_size=2)
        async with WahaGateway(LOCAL, timeout=5.0) as gateway:
            db = await Database.open(UnitOfWork, dsn, settings)
            means = Means(db=db, gateway=gateway, encryptor=NEW, clock=lambda: LATER)
            event = await requested(sending)
            dying = interrupted(SENDER.handle(means, event), self.at, late=self.late)
            task = asyncio.current_task()
            assert task is not None
            try:
                await dying
            except asyncio.CancelledError:
                task.uncancel()
            finally:
                await db.close()
        return dying.reached


async def requested(sending: Sending) -> OutboxEvent:
    """The event of the newest request."""
    async with sending.across.across_tenants() as connection:
        events = await log.read_after(connection, START, 100_000)
    return [event for event in events if event.event_name == "message.send_requested"][-1]


@pytest.mark.parametrize("late", [False, True])
async def test_killed_at_every_wait_nothing_is_lost_and_nothing_sent_twice_unsaid(
    sending: Sending, dsn: str, late: bool
) -> None:
    """What the server got is counted against what the messages say."""
    at, reached = 0, True
    while reached:
        at += 1
        await sending.send(f"message {at}")
        reached = await Kill(at, late).drain(sending, dsn)
        await sending.deliver()
    got = len(sending.waha.taken)
    print(f"killed at {at - 1} waits: {at} messages went out {got} times, unsaid {len(sending.unsaid())}")
    assert at > 10
    assert got > at or not late, "no death fell between the message and its record"
    states = sending.superuser.execute("SELECT status, count(*) FROM messages GROUP BY status").fetchall()
    assert states == [("sent", at)]
    assert len({body["text"] for body in sending.waha.taken}) == at
    assert sending.unsaid() == []


async def test_control_without_the_attempt_on_record_it_is_sent_twice_unsaid(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = MessageSends.begin

    async def forget(self: MessageSends, *args: Any, **named: Any) -> Any:
        return (await begin(self, *args, **named))._replace(in_doubt=False)

    monkeypatch.setattr(MessageSends, "begin", forget)
    sending.waha.script = [take_and_drop]
    await sending.send()
    await sending.deliver()
    await sending.deliver()
    assert len(sending.waha.taken) == 2
    assert sending.unsaid() == ["hello"]
