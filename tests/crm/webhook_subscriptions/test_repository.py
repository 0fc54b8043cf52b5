"""Which subscriptions an event goes to, and how deliveries are counted beside the subscription's version."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable
from datetime import timedelta

import pytest

from tests.support.constants import NOW, OTHER_TENANT, TENANT
from tests.support.keys import OLD
from ventros import Database, UnitOfWork
from ventros.crm.webhook_subscriptions.aggregate import WebhookSubscription
from ventros.demo.seed import Seed
from ventros.kernel.errors import NotFound
from ventros.kernel.ids import new_id

LATER = NOW + timedelta(hours=1)
EVENTS = ["message.received", "message.received.image", "contact.created", "message", "*", ""]
PATTERNS = [["*"], ["message.*"], ["message.received"], ["message.received.*"], ["contact.*", "message"]]


def make(seed: Seed, events: Iterable[str] = ("*",), age: int = 0) -> WebhookSubscription:
    return WebhookSubscription.create(
        user_id=seed.user_id,
        project_id=seed.project_id,
        tenant_id=seed.tenant,
        name="Hook",
        url="https://hook.example/in",
        events=events,
        encryptor=OLD,
        now=NOW - timedelta(days=age),
    )


async def add(db: Database[UnitOfWork], *new: WebhookSubscription) -> list[WebhookSubscription]:
    async with db.unit_of_work(new[0].tenant_id) as uow:
        added = [await uow.webhook_subscriptions.add(subscription) for subscription in new]
        await uow.commit()
    return added


async def test_an_event_goes_to_those_who_want_it_and_to_no_other_tenant(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    mine = await add(db, *(make(seed, patterns, age=-age) for age, patterns in enumerate(PATTERNS)))
    await add(db, make(seed).deactivate(now=NOW), make(seed).delete(now=NOW))
    theirs = await add(db, make(other_seed))
    async with db.unit_of_work(TENANT) as uow:
        for event in EVENTS:
            found = await uow.webhook_subscriptions.find_active_by_event(seed.project_id, event)
            assert found == [subscription for subscription in mine if subscription.should_notify(event)], (
                event
            )
        assert await uow.webhook_subscriptions.find_active_by_event(other_seed.project_id, "message") == []
    async with db.unit_of_work(OTHER_TENANT) as uow:
        found = await uow.webhook_subscriptions.find_active_by_event(other_seed.project_id, "message")
    assert found == theirs


async def test_a_contact_event_goes_to_those_whose_filters_let_it_through(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    filters: list[tuple[list[str] | None, list[str] | None]] = [
        (None, None),
        (["created"], None),
        (None, ["status"]),
        (["*"], ["status"]),
        (["created"], ["status"]),
    ]
    wanting = [
        make(seed, age=-age).enable_contact_events(types=types, categories=categories, now=LATER)
        for age, (types, categories) in enumerate(filters)
    ]
    mine = await add(db, *wanting)
    await add(db, make(seed), make(seed).enable_contact_events(now=LATER).deactivate(now=LATER))
    await add(db, make(other_seed).enable_contact_events(now=LATER))
    async with db.unit_of_work(TENANT) as uow:
        hooks = uow.webhook_subscriptions
        for type_, category in (("created", "status"), ("created", "other"), ("x", "status"), ("x", "other")):
            found = await hooks.find_active_by_contact_event(seed.project_id, type_, category)
            assert found == [
                subscription
                for subscription in mine
                if subscription.should_receive_contact_event(type_, category)
            ]
        assert await hooks.find_active_by_contact_event(other_seed.project_id, "created", "status") == []


async def test_the_live_ones_of_a_project_come_oldest_first(
    db: Database[UnitOfWork], seed: Seed, other_seed: Seed
) -> None:
    young, old, off, _ = await add(
        db,
        make(seed),
        make(seed, age=3),
        make(seed, age=2).deactivate(now=NOW),
        make(seed).delete(now=NOW),
    )
    await add(db, make(other_seed))
    async with db.unit_of_work(TENANT) as uow:
        hooks = uow.webhook_subscriptions
        assert await hooks.find_by_project(seed.project_id) == [old, off, young]
        assert await hooks.find_by_active(seed.project_id, active=True) == [old, young]
        assert await hooks.find_by_active(seed.project_id, active=False) == [off]
        assert await hooks.find_by_project(other_seed.project_id) == []


async def test_deliveries_add_up_over_many_connections_beside_the_version(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    """And the owner's change, made of what was loaded before them all, neither conflicts nor undoes one."""
    [hook] = await add(db, make(seed))

    async def deliver(number: int) -> None:
        async with db.unit_of_work(TENANT) as uow:
            at = NOW + timedelta(minutes=number)
            await uow.webhook_subscriptions.record_trigger(hook.id, success=number % 4 > 0, at=at)
            await uow.commit()

    await asyncio.gather(*map(deliver, range(20)))
    async with db.unit_of_work(TENANT) as uow:
        assert (await uow.webhook_subscriptions.save(hook.rename("Other", now=LATER))).version == 2
        counters = await uow.webhook_subscriptions.counters(hook.id)
        assert (counters.success_count, counters.failure_count) == (15, 5)
        assert counters.last_success_at == counters.last_triggered_at == NOW + timedelta(minutes=19)
        assert counters.last_failure_at == NOW + timedelta(minutes=16)
        for success, at in itertools.product((True, False), (LATER, NOW)):
            await uow.webhook_subscriptions.record_trigger(hook.id, success=success, at=at)
        counters = await uow.webhook_subscriptions.counters(hook.id)
    assert counters.last_success_at == counters.last_failure_at == LATER


async def test_a_delivery_that_ends_after_a_delete_brings_nothing_back(
    db: Database[UnitOfWork], seed: Seed
) -> None:
    deleted, removed = await add(db, make(seed), make(seed))
    async with db.unit_of_work(TENANT) as uow:
        await uow.webhook_subscriptions.save(deleted.delete(now=LATER))
        await uow.webhook_subscriptions.remove(removed)
        for gone in (deleted.id, removed.id, new_id()):
            with pytest.raises(NotFound):
                await uow.webhook_subscriptions.record_trigger(gone, success=True, at=LATER)
            assert (await uow.webhook_subscriptions.counters(gone)).success_count == 0
        assert await uow.webhook_subscriptions.find_by_project(seed.project_id) == []
        await uow.commit()
