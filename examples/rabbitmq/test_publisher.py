"""The publisher against a real RabbitMQ, where one is installed; skipped elsewhere."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aio_pika
import attrs
import pytest
from aio_pika.abc import AbstractQueue

from examples.rabbitmq.publisher import RabbitPublisher
from tests.support.outbox_events import outbox_event

PROGRAM = shutil.which("/usr/lib/rabbitmq/bin/rabbitmq-server") or shutil.which("rabbitmq-server")
NOT_HERE = pytest.mark.skipif(PROGRAM is None, reason="no RabbitMQ here: install Debian's rabbitmq-server")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@attrs.define
class Broker:
    """Started again it has the same port, exchanges and queues."""

    directory: Path
    port: int = attrs.field(factory=free_port)
    names: int = attrs.field(factory=free_port)  # of Erlang's name server
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"amqp://guest:guest@127.0.0.1:{self.port}/"

    @property
    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "HOME": str(self.directory),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self.names),
            "RABBITMQ_NODENAME": "ventros@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_BASE": str(self.directory),
            "RABBITMQ_MNESIA_BASE": str(self.directory / "data"),
            "RABBITMQ_LOG_BASE": str(self.directory),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(self.directory / "none"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.directory / "plugins"),
        }

    def start(self) -> None:
        assert PROGRAM is not None
        log = (self.directory / "log").open("ab")
        self.process = subprocess.Popen([PROGRAM], env=self.environment, stdout=log, stderr=log)
        log.close()
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert self.process.poll() is None, (self.directory / "log").read_text()
                time.sleep(0.1)
            else:
                return
        raise AssertionError((self.directory / "log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    found = Broker(tmp_path)
    found.start()
    yield found
    found.stop()
    if names := shutil.which("epmd"):  # which the broker started, and leaves
        subprocess.run([names, "-kill"], env=found.environment, check=False, capture_output=True)


@pytest.fixture
async def publisher(broker: Broker) -> AsyncIterator[RabbitPublisher]:
    found = RabbitPublisher(broker.url)
    yield found
    await found.close()


@pytest.fixture
async def queue(broker: Broker) -> AsyncIterator[AbstractQueue]:
    """Durable, of the tenant acme."""
    connection = await aio_pika.connect_robust(broker.url)
    channel = await connection.channel()
    exchange = await channel.declare_exchange("ventros", aio_pika.ExchangeType.TOPIC, durable=True)
    found = await channel.declare_queue("acme", durable=True)
    await found.bind(exchange, "acme.#")
    yield found
    await connection.close()


@NOT_HERE
async def test_what_is_confirmed_outlives_a_restart_of_the_broker(
    broker: Broker, publisher: RabbitPublisher, queue: AbstractQueue
) -> None:
    """While it is away an event fails; afterwards it is delivered. All are there, in their order."""
    events = [outbox_event(number) for number in range(1, 4)]
    await publisher.publish(events[0])
    broker.stop()
    with pytest.raises((TimeoutError, ConnectionError, aio_pika.exceptions.AMQPError)):
        await publisher.publish(events[1])
    broker.start()
    for event in events[1:]:
        await until_delivered(publisher, event)
    connection = await aio_pika.connect(broker.url)
    async with connection, connection.channel() as channel:
        found = await channel.get_queue("acme")
        messages = [await found.get(no_ack=True) for _ in events]
    assert [json.loads(message.body)["id"] for message in messages] == [str(one.event_id) for one in events]
    assert [message.message_id for message in messages] == [str(one.event_id) for one in events]


@NOT_HERE
async def test_what_no_queue_takes_is_a_failure(publisher: RabbitPublisher, queue: AbstractQueue) -> None:
    with pytest.raises(aio_pika.exceptions.DeliveryError):
        await publisher.publish(outbox_event(tenant_id="umbrella"))


async def until_delivered(publisher: RabbitPublisher, event: object) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                return await publisher.publish(event)  # type: ignore[arg-type]
            except Exception:  # noqa: BLE001 - as the relay does
                await asyncio.sleep(0.5)
