"""The CRM's webhooks from the unit of work that tells an event to the server that receives it."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
import standardwebhooks

from tests.support import receiver
from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.keys import NEW, NEW_KEY, OLD
from tests.support.receiver import Receiver, status
from tests.support.relaying import until
from ventros import Database, UnitOfWork
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.webhook_subscriptions.aggregate import WebhookSubscription
from ventros.crm.webhook_subscriptions.repository import WebhookCounters
from ventros.demo.seed import Seed
from ventros.kernel.encryption import KeyRing
from ventros.kernel.ids import new_id
from ventros.kernel.outbox import deliveries
from ventros.kernel.transaction.unit_of_work import UnitOfWork as KernelUnit
from ventros.relay.addresses import AddressRules
from ventros.relay.relay import Relay, RelayOptions
from ventros.relay.subscriptions import Subscriber, WebhookSubscriptions, destination_name
from ventros.relay.webhook import WebhookSender

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # noqa: S105 - of no account
LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def there() -> AsyncIterator[Receiver]:
    async with receiver.receiver() as found:
        yield found


@attrs.frozen
class World:
    """One receiver, and a relay for as often as it is asked."""

    db: Database[UnitOfWork]
    across: Database[KernelUnit]
    subscriptions: WebhookSubscriptions
    there: Receiver

    async def subscribe(
        self, seed: Seed, path: str, keys: KeyRing = NEW, **changed: Any
    ) -> WebhookSubscription:
        subscription = WebhookSubscription.create(
            user_id=seed.user_id,
            project_id=seed.project_id,
            tenant_id=seed.tenant,
            name="Hook",
            url=f"http://127.0.0.1:{self.there.port}{path}",
            events=changed.pop("events", ["contact.*"]),
            encryptor=keys,
            now=NOW,
        ).set_secret(SECRET, encryptor=keys, now=NOW)
        async with self.db.unit_of_work(seed.tenant) as uow:
            added = await uow.webhook_subscriptions.add(attrs.evolve(subscription, **changed))
            await uow.commit()
        return added

    async def deliver(self) -> Relay:
        relay = Relay(self.across, [self.subscriptions])
        await relay.drain()
        return relay

    async def stored(self, subscription: WebhookSubscription) -> WebhookSubscription:
        async with self.db.unit_of_work(subscription.tenant_id) as uow:
            return await uow.webhook_subscriptions.get(subscription.id)

    async def counters(self, subscription: WebhookSubscription) -> WebhookCounters:
        async with self.db.unit_of_work(subscription.tenant_id) as uow:
            return await uow.webhook_subscriptions.counters(subscription.id)

    def received(self, path: str) -> list[dict[str, Any]]:
        return [json.loads(one.body) for one in self.there.requests if one.path == path]


@pytest.fixture
async def world(
    db: Database[UnitOfWork], relay_db: Database[KernelUnit], there: Receiver
) -> AsyncIterator[World]:
    rules = AddressRules(allow=["127.0.0.1"], http=True)
    async with WebhookSender(rules) as sender:
        yield World(db, relay_db, WebhookSubscriptions(db, sender, NEW), there)


async def add_contacts(db: Database[UnitOfWork], seed: Seed, *names: str) -> None:
    for name in names:
        async with db.unit_of_work(seed.tenant) as uow:
            await uow.contacts.add(
                Contact.create(project_id=seed.project_id, tenant_id=seed.tenant, name=name, now=NOW)
            )
            await uow.commit()


async def test_events_go_to_the_subscriptions_of_their_own_tenant(
    world: World, seed: Seed, other_seed: Seed
) -> None:
    mine, theirs = await world.subscribe(seed, "/mine"), await world.subscribe(other_seed, "/theirs")
    await world.subscribe(seed, "/messages", events=["message.*"])
    await world.subscribe(seed, "/off", active=False)
    await add_contacts(world.db, seed, "Ana", "Bo")
    await add_contacts(world.db, other_seed, "Cy")
    await world.deliver()
    assert [event["data"]["name"] for event in world.received("/mine")] == ["Ana", "Bo"]
    assert [event["tenantid"] for event in world.received("/theirs")] == [OTHER_TENANT]
    assert len(world.there.requests) == 3
    for request in world.there.requests:
        standardwebhooks.Webhook(SECRET).verify(request.body, request.headers)
    counted = await world.counters(mine)
    assert (counted.success_count, counted.failure_count, counted.last_failure_at) == (2, 0, None)
    assert (await world.counters(theirs)).success_count == 1
    await world.deliver()
    assert len(world.there.requests) == 3


async def test_events_go_out_by_their_outward_names(world: World, seed: Seed) -> None:
    await world.subscribe(seed, "/pipeline", events=["pipeline.status.created"])
    subscriber = Subscriber(TENANT, new_id(), ["pipeline.status.*"], False, None, None)
    assert subscriber.wants("status.created")
    assert not subscriber.wants("contact.created")
    everything = Subscriber(TENANT, new_id(), ["*"], True, None, None)
    assert not everything.wants("session.message_recorded")


@pytest.mark.parametrize(
    ("types", "categories", "wanted"),
    [
        (None, None, ["contact.created", "session.ended"]),
        (["contact_created"], None, ["contact.created"]),
        (None, ["session"], ["session.ended"]),
        (["contact_created"], ["session"], ["contact.created", "session.ended"]),
        (["*"], None, ["contact.created", "session.ended"]),
        (["none"], None, []),
    ],
)
def test_contact_events_are_chosen_by_type_or_category(
    types: list[str] | None, categories: list[str] | None, wanted: list[str]
) -> None:
    subscriber = Subscriber(TENANT, new_id(), ["no.such"], True, types, categories)
    asked = ["contact.created", "session.ended", "message.created"]
    assert [name for name in asked if subscriber.wants(name)] == wanted
    assert not any(attrs.evolve(subscriber, subscribe_contact_events=False).wants(name) for name in asked)


async def test_410_switches_the_subscription_off_as_any_change_does(world: World, seed: Seed) -> None:
    subscription = await world.subscribe(seed, "/gone")
    world.there.answer = status(410)
    await add_contacts(world.db, seed, "Ana", "Bo", "Cy")
    await world.deliver()
    stored = await world.stored(subscription)
    assert (stored.active, stored.version) == (False, 2)
    async with world.db.unit_of_work(TENANT) as uow:
        await uow.webhook_subscriptions.apply(subscription.id, WebhookSubscription.activate, now=LATER)
        await uow.commit()
    sent, world.there.answer = len(world.there.requests), status(200)
    assert sent <= 3
    await add_contacts(world.db, seed, "Di")
    await world.deliver()
    assert "Di" in [event["data"]["name"] for event in world.received("/gone")[sent:]]


async def test_of_a_change_of_the_subscription_its_subscribers_are_told(world: World, seed: Seed) -> None:
    await world.subscribe(seed, "/gone")
    watching = await world.subscribe(seed, "/watch", events=["webhook_subscription.*"])
    gone = world.there.answer = status(410)

    async def answer(writer: Any) -> None:
        await (gone if world.there.requests[-1].path == "/gone" else status(200))(writer)

    world.there.answer = answer
    await add_contacts(world.db, seed, "Ana")
    await world.deliver()
    await world.deliver()
    told = [(event["type"], event["data"].get("fields")) for event in world.received("/watch")]
    assert ("webhook_subscription.updated", ["active"]) in told
    assert (await world.stored(watching)).active


async def test_a_failure_is_counted_once_when_the_event_is_given_up(world: World, seed: Seed) -> None:
    """After retry_count attempts in all; then a hand may have it tried again."""
    subscription = await world.subscribe(seed, "/broken", retry_count=2)
    world.there.answer = status(500)
    await add_contacts(world.db, seed, "Ana")
    await deliver_until(world, lambda relay: relay.state.counts.dead == 1)
    assert len(world.there.requests) == 2
    counted = await world.counters(subscription)
    assert (counted.success_count, counted.failure_count) == (0, 1)
    world.there.answer = status(200)
    async with world.across.across_tenants() as connection:
        assert await deliveries.requeue(connection, destination_name(subscription.id), None) == 1
    await world.deliver()
    counted = await world.counters(subscription)
    assert (counted.success_count, counted.failure_count) == (1, 1)


async def test_one_that_cannot_be_opened_keeps_nobody_else_waiting(world: World, seed: Seed) -> None:
    await world.subscribe(seed, "/unreadable", OLD)
    await world.subscribe(seed, "/good")
    await add_contacts(world.db, seed, "Ana")
    relay = await world.deliver()
    assert relay.state.counts.delivered == 1
    assert relay.state.counts.failed >= 1
    assert len(world.received("/good")) == 1


async def test_what_waits_for_a_subscription_that_is_switched_off_is_dropped(
    world: World, seed: Seed
) -> None:
    subscription = await world.subscribe(seed, "/late", retry_count=10)
    world.there.answer = status(500)
    await add_contacts(world.db, seed, "Ana")
    await world.deliver()
    async with world.db.unit_of_work(TENANT) as uow:
        await uow.webhook_subscriptions.apply(subscription.id, WebhookSubscription.deactivate, now=LATER)
        await uow.commit()
    sent = len(world.there.requests)
    await deliver_until(world, lambda relay: relay.state.counts.dropped == 1)
    assert len(world.there.requests) == sent


async def test_counts_are_exact_when_relays_work_side_by_side(world: World, seed: Seed) -> None:
    """Control: what a relay says too late, after another has claimed the queue, is not counted."""
    subscription = await world.subscribe(seed, "/many")
    await add_contacts(world.db, seed, *map(str, range(30)))
    relays = [Relay(world.across, [world.subscriptions]) for _ in range(3)]
    for relay in relays:
        await relay.drain()
    counted = await world.counters(subscription)
    assert counted.success_count == len(world.there.requests) == 30


@pytest.mark.parametrize(("batch", "served"), [(500, True), (4, False)])
async def test_a_receiver_that_hangs_holds_its_own_places_only(
    world: World, seed: Seed, other_seed: Seed, *, batch: int, served: bool
) -> None:
    """The control has no more places than the one that hangs takes."""
    await world.subscribe(seed, "/hangs", timeout_seconds=3)
    await world.subscribe(other_seed, "/good")

    async def answer(writer: asyncio.StreamWriter) -> None:
        await (receiver.hang if world.there.requests[-1].path == "/hangs" else status(200))(writer)

    world.there.answer = answer
    await add_contacts(world.db, seed, *map(str, range(8)))
    relay = Relay(world.across, [world.subscriptions], RelayOptions(batch=batch))
    running = asyncio.create_task(relay.run())
    async with asyncio.timeout(10):
        await until(lambda: len(world.received("/hangs")) == 4)
    await add_contacts(world.db, other_seed, *map(str, range(8)))
    begun = time.monotonic()
    with suppress(TimeoutError):
        async with asyncio.timeout(1.5):
            await until(lambda: len(world.received("/good")) == 8)
    seconds = time.monotonic() - begun
    assert (len(world.received("/good")) == 8) is served
    assert len(world.received("/hangs")) == 4
    print(f"\n8 events beside a receiver that hangs, {batch} places: {seconds:.2f} s")
    relay.stop()
    await running


async def test_the_program_delivers_and_says_what_it_needs(
    world: World, seed: Seed, dsn: str, relay_dsn: str, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.touch(mode=0o600)
    keys.write_text(f"new {base64.b64encode(NEW_KEY).decode()}\n")
    await world.subscribe(seed, "/program")
    await add_contacts(world.db, seed, "Ana")
    inside = ["--allow-http", "--allow-network", "127.0.0.1/32"]
    given = ["--dsn", relay_dsn, "--app-dsn", dsn, "--keys", str(keys)]
    for left_out in ("--app-dsn", "--keys"):
        at = given.index(left_out)
        status_, told = await run_relay(*given[:at], *given[at + 2 :], *inside)
        assert status_ != 0
        assert left_out in told
        assert "Traceback" not in told
    status_, told = await run_relay(*given, "--source", "https://crm.example", *inside)
    assert status_ == 0, told
    assert [event["source"] for event in world.received("/program")] == [f"https://crm.example/{TENANT}"]


async def run_relay(*arguments: str) -> tuple[int | None, str]:
    """Its exit status, and what it told."""
    command = [sys.executable, "-m", "ventros", "relay", "--publisher", "webhook", "--once", *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    told, _ = await process.communicate()
    return process.returncode, told.decode()


async def deliver_until(world: World, is_so: Callable[[Relay], bool]) -> None:
    relay = Relay(world.across, [world.subscriptions])
    for _ in range(200):
        await relay.drain()
        if is_so(relay):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(relay.state)
