"""The CRM's webhook subscriptions as destinations of the relay, found across tenants."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

import attrs

from ventros.command_line import key_ring
from ventros.crm.webhook_subscriptions import mapper
from ventros.crm.webhook_subscriptions.aggregate import WebhookSubscription
from ventros.crm.webhook_subscriptions.outward import contact_event, outward_name
from ventros.crm.webhook_subscriptions.values import lets_through, patterns_matching
from ventros.kernel.connection.connection import Connection
from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database
from ventros.kernel.encryption import Encryptor
from ventros.kernel.errors import ConfigurationError, NotFound, VentrosError
from ventros.kernel.outbox import deliveries
from ventros.kernel.outbox.deliveries import Settlement
from ventros.kernel.outbox.event import OutboxEvent
from ventros.relay.addresses import AddressRules
from ventros.relay.publisher import Destination
from ventros.relay.webhook import Webhook, WebhookPublisher, WebhookSender
from ventros.statements import statement
from ventros.unit_of_work import UnitOfWork

NAME: Final = "webhook"
FIND_ACTIVE_OF_TENANTS = statement("webhook_subscriptions.find_active_of_tenants")
FIND_TO_SEND = statement("webhook_subscriptions.find_to_send")
COUNT = statement("webhook_counters.count_deliveries")


def destination_name(subscription_id: UUID) -> str:
    """``webhook:<id>``."""
    return f"{NAME}:{subscription_id}"


@attrs.frozen
class Subscriber:
    """What of a subscription says which events it wants; nothing of it is secret."""

    tenant_id: str
    id: UUID
    events: Sequence[str]
    subscribe_contact_events: bool
    contact_event_types: Sequence[str] | None
    contact_event_categories: Sequence[str] | None

    def wants(self, event_name: str) -> bool:
        """Whether its patterns match the outward name, or its filters let the contact event through."""
        name = outward_name(event_name)
        if name is None:
            return False
        if not set(patterns_matching(name)).isdisjoint(self.events):
            return True
        of_contact = contact_event(event_name) if self.subscribe_contact_events else None
        return of_contact is not None and lets_through(
            self.contact_event_types, self.contact_event_categories, *of_contact
        )


@attrs.frozen
class Unusable:
    """In the place of a publisher whose subscription cannot be read: its events wait, and nobody else's."""

    error: VentrosError
    name: str = NAME

    async def publish(self, event: OutboxEvent) -> None:
        """Raises the error."""
        raise self.error


def webhook_of(subscription: WebhookSubscription, encryptor: Encryptor) -> Webhook:
    """How to send, decrypted. Raises what ``encryptor`` raises."""
    return Webhook(
        url=subscription.plain_url(encryptor),
        secret=subscription.plain_secret(encryptor),
        headers=subscription.plain_headers(encryptor),
        timeout=subscription.timeout_seconds,
        kind=lambda name: outward_name(name) or name,
    )


@attrs.frozen
class WebhookSubscriptions:
    """Destinations of the relay: each live and active subscription is one.

    ``db`` is the application's, with its role: a receiver that answers 410 is switched off in a unit of work
    of its tenant. ``encryptor`` has the keys. ``concurrency`` is of one subscription, in one relay.
    """

    db: Database[UnitOfWork]
    sender: WebhookSender
    encryptor: Encryptor
    concurrency: int = 4
    name: str = NAME
    _tenants: dict[str, str] = attrs.field(factory=dict, init=False, repr=False)

    async def wanting(
        self, connection: Connection, events: Sequence[OutboxEvent]
    ) -> Sequence[Collection[str]]:
        """Of each event the subscriptions of its own tenant that want it, as they are now."""
        tenants = sorted({event.tenant_id for event in events})
        found: dict[str, list[Subscriber]] = {tenant: [] for tenant in tenants}
        for row in await connection.many(FIND_ACTIVE_OF_TENANTS, tenants):
            subscriber = Subscriber(*row)
            found[subscriber.tenant_id].append(subscriber)
        return [
            [destination_name(one.id) for one in found[event.tenant_id] if one.wants(event.event_name)]
            for event in events
        ]

    async def find(self, connection: Connection, names: Collection[str]) -> Mapping[str, Destination]:
        """Those that are live and active."""
        tenants = await deliveries.tenants(connection, names)
        self._tenants.update(tenants)
        rows = await connection.many(FIND_TO_SEND, list(tenants.values()), [_id(name) for name in tenants])
        return {destination_name(row["id"]): self._destination(row) for row in rows}

    def _destination(self, row: Any) -> Destination:
        id_ = row["id"]
        try:
            subscription = mapper.from_row(row)
            webhook = webhook_of(subscription, self.encryptor)
        except VentrosError as error:
            return Destination(name=destination_name(id_), publisher=Unusable(error))
        return Destination(
            name=destination_name(id_),
            publisher=WebhookPublisher(self.sender, webhook),
            concurrency=self.concurrency,
            attempts=subscription.retry_count,
            timeout=webhook.timeout + 1,  # the sender's own bound says more
        )

    async def disable(self, name: str, reason: str) -> None:
        """Deactivate the subscription: a change of it like any other, with its event."""
        await self.db.run(self._tenants[name], partial(_deactivate, _id(name)))

    async def settled(self, connection: Connection, settlements: Sequence[Settlement]) -> None:
        """Count what was delivered, and what was given up."""
        counted: Counter[tuple[str, UUID, bool]] = Counter()
        for one in settlements:
            subscription = one.queue.tenant_id, _id(one.queue.destination)
            counted[*subscription, True] += one.handed
            counted[*subscription, False] += one.dead
        rows = sorted({key[:2] for key, count in counted.items() if count})
        if rows:
            columns = zip(*((*row, counted[*row, True], counted[*row, False]) for row in rows), strict=True)
            await connection.affected(COUNT, *map(list, columns), datetime.now(UTC))


async def _deactivate(subscription_id: UUID, uow: UnitOfWork) -> None:
    with suppress(NotFound):  # deleted meanwhile
        await uow.webhook_subscriptions.apply(
            subscription_id, WebhookSubscription.deactivate, now=datetime.now(UTC)
        )


def _id(name: str) -> UUID:
    return UUID(name.partition(":")[2])


@asynccontextmanager
async def opened(_database: Database[Any], options: Mapping[str, Any]) -> AsyncIterator[WebhookSubscriptions]:
    """The destinations of ``ventros relay --publisher webhook``.

    Raises ConfigurationError without the app's DSN or the keys.
    """
    keys = key_ring(options["keys"])
    if not options["app_dsn"]:
        raise ConfigurationError(
            "the publisher webhook needs the app's role, which switches a subscription off whose receiver is "
            "gone: --app-dsn, or VENTROS_APP_DATABASE_URL"
        )
    rules = AddressRules(allow=options["allow_networks"], http=options["allow_http"])
    settings = Settings(min_size=0, max_size=2, application_name="ventros relay")
    async with (
        WebhookSender(rules, source=options["source"]) as sender,
        await Database.open(UnitOfWork, options["app_dsn"], settings) as db,
    ):
        yield WebhookSubscriptions(db, sender, keys)
