"""Hands events to RabbitMQ, and takes an event for delivered once the broker has confirmed it."""

from __future__ import annotations

import asyncio

import aio_pika
import attrs
from aio_pika.abc import AbstractRobustConnection

from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay import cloudevents


@attrs.define
class RabbitPublisher:
    """To a durable topic exchange, by the routing key ``<tenant>.<event name>``.

    The exchange, and a queue for what is sent, are the operator's to declare: an event that no queue takes
    has failed. The message id is the event's; the broker drops no duplicate, consumers do.
    """

    url: str = attrs.field(repr=False)
    exchange: str = "ventros"
    timeout: float = 5.0
    name: str = "rabbitmq"
    _connection: AbstractRobustConnection | None = None
    _lock: asyncio.Lock = attrs.field(factory=asyncio.Lock, init=False, repr=False)

    async def publish(self, event: OutboxEvent) -> None:
        """Whatever it raises is tried again."""
        async with asyncio.timeout(self.timeout):
            async with self._lock:
                if self._connection is None:
                    self._connection = await aio_pika.connect_robust(self.url)
            async with self._connection.channel(on_return_raises=True) as channel:
                exchange = await channel.get_exchange(self.exchange)
                message = aio_pika.Message(
                    cloudevents.encoded(event),
                    content_type=cloudevents.CONTENT_TYPE,
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                    message_id=str(event.event_id),
                )
                tenant = event.tenant_id.replace(".", "%2E")  # a dot parts the words of a routing key
                await exchange.publish(message, f"{tenant}.{event.event_name}")

    async def close(self) -> None:
        """After the last event."""
        if self._connection is not None:
            await self._connection.close()
