"""NATS JetStream, against the real server."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import nats
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from nats.js import JetStreamContext

from tests.support.nats_server import NatsServer
from tests.support.outbox_events import CONTACT, outbox_event
from ventros.kernel.errors import ConfigurationError
from ventros.relay import publishers
from ventros.relay.nats import BrokerFailed, NatsPublisher, subject
from ventros.relay.publisher import PublishRefused

NO_DATABASE: Any = None
"""This publisher asks none."""


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def stream(broker: NatsServer) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(broker.url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    js = client.jetstream()
    await js.add_stream(name="VENTROS", subjects=["ventros.>"])
    yield js
    await client.close()


@pytest.fixture
async def publisher(broker: NatsServer) -> AsyncIterator[NatsPublisher]:
    async with NatsPublisher([broker.url], timeout=1, options={"reconnect_time_wait": 0.1}) as found:
        yield found


async def stored(js: JetStreamContext) -> int:
    return (await js.stream_info("VENTROS")).state.messages


async def test_an_event_is_in_the_stream(stream: JetStreamContext, publisher: NatsPublisher) -> None:
    event = outbox_event()
    await publisher.publish(event)
    message = await stream.get_msg("VENTROS", 1)
    assert message.subject == f"ventros.acme.contact.{CONTACT}"
    assert message.headers == {
        "Nats-Msg-Id": f"acme/{event.event_id}",
        "Content-Type": "application/cloudevents+json; charset=utf-8",
    }
    assert message.data is not None
    read = JSONFormat().read(CloudEvent, message.data)
    assert (read.get_id(), read.get_data()) == (str(event.event_id), event.payload)


async def test_what_comes_twice_is_stored_once(stream: JetStreamContext, publisher: NatsPublisher) -> None:
    """Control: another tenant's event of that id is another event."""
    event = outbox_event()
    for _ in range(3):
        await publisher.publish(event)
    assert await stored(stream) == 1
    await publisher.publish(outbox_event(event_id=event.event_id, tenant_id="umbrella"))
    assert await stored(stream) == 2


async def test_a_dot_in_a_tenants_name_is_no_border(
    stream: JetStreamContext, publisher: NatsPublisher
) -> None:
    """Else whoever may read ``ventros.acme.>`` would read the events of the tenant acme.north."""
    await publisher.publish(outbox_event(tenant_id="acme.north"))
    await publisher.publish(outbox_event(tenant_id="acme"))
    of_acme = await stream.pull_subscribe("ventros.acme.>", stream="VENTROS")
    (message,) = await of_acme.fetch(10, timeout=1)
    assert json.loads(message.data)["tenantid"] == "acme"


def test_subjects() -> None:
    event = outbox_event(tenant_id="a.b:c@d", aggregate_type="über type*")
    assert subject("p", event) == f"p.a%2Eb:c@d.%C3%BCber%20type%2A.{CONTACT}"


async def test_a_missing_stream_is_told_and_tried_again(broker: NatsServer, publisher: NatsPublisher) -> None:
    with pytest.raises(BrokerFailed, match=r"no stream takes in ventros\.>"):
        await publisher.publish(outbox_event())


async def test_an_event_that_the_broker_never_takes_is_refused(
    stream: JetStreamContext, publisher: NatsPublisher
) -> None:
    """Larger than max_payload, 1 MiB."""
    with pytest.raises(PublishRefused, match="max_payload"):
        await publisher.publish(outbox_event(payload={"text": "x" * 2**20}))
    await publisher.publish(outbox_event())
    assert await stored(stream) == 1


@pytest.mark.parametrize("kill", [False, True])
async def test_the_broker_is_away_and_comes_back(
    broker: NatsServer, stream: JetStreamContext, publisher: NatsPublisher, kill: bool
) -> None:
    """A failure in the meantime, then delivered, each event once, in order."""
    events = [outbox_event(number) for number in range(1, 4)]
    await publisher.publish(events[0])
    broker.stop(kill=kill)
    for _ in range(2):
        with pytest.raises(BrokerFailed):
            await publisher.publish(events[1])
    broker.start()
    for event in events[1:]:
        await until_delivered(publisher, event)
    messages = [await stream.get_msg("VENTROS", number) for number in range(1, 4)]
    assert [json.loads(message.data or b"")["id"] for message in messages] == [
        str(event.event_id) for event in events
    ]
    assert await stored(stream) == 3


async def until_delivered(publisher: NatsPublisher, event: object) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                return await publisher.publish(event)  # type: ignore[arg-type]
            except BrokerFailed:
                await asyncio.sleep(0.1)


async def test_a_broker_that_is_not_there_at_first(tmp_path: Path) -> None:
    broker = NatsServer(tmp_path)
    broker.start()
    broker.stop()
    async with NatsPublisher([broker.url], timeout=0.5) as publisher:
        with pytest.raises(BrokerFailed, match="no connection to the broker"):
            await publisher.publish(outbox_event())
        broker.start()
        try:
            with pytest.raises(BrokerFailed, match="no stream"):
                await publisher.publish(outbox_event())
        finally:
            broker.stop()


async def test_restarts_while_events_leave(
    broker: NatsServer, stream: JetStreamContext, publisher: NatsPublisher
) -> None:
    """Killed three times: nothing that was acknowledged is missing, nothing is there twice, order is kept."""
    events = [outbox_event(number) for number in range(300)]

    async def restart() -> None:
        for _ in range(3):
            await asyncio.sleep(0.2)
            broker.stop(kill=True)
            await asyncio.sleep(0.2)
            await asyncio.to_thread(broker.start)

    restarting = asyncio.create_task(restart())
    for event in events:
        await until_delivered(publisher, event)
        await asyncio.sleep(0.005)
    await restarting
    reader = await stream.pull_subscribe("ventros.>", stream="VENTROS")
    found = [message for _ in range(3) for message in await reader.fetch(100, timeout=5)]
    assert [json.loads(message.data)["id"] for message in found] == [str(event.event_id) for event in events]
    print(f"\n{len(events)} events, 3 kills of the broker: lost 0, twice 0, out of order 0")


async def test_the_publisher_of_the_command_line(broker: NatsServer, stream: JetStreamContext) -> None:
    """And without a server it says what to name."""
    options = {"nats": [broker.url], "nats_credentials": None, "nats_prefix": "ventros", "source": "/crm"}
    async with publishers.opened(["nats"], NO_DATABASE, options) as (source,):
        destination = source.destination  # type: ignore[attr-defined]
        await destination.publisher.publish(outbox_event())
    assert json.loads((await stream.get_msg("VENTROS", 1)).data or b"")["source"] == "/crm/acme"
    with pytest.raises(ConfigurationError, match="--nats"):
        async with publishers.opened(["nats"], NO_DATABASE, options | {"nats": []}):
            pass
