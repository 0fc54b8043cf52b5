"""WebhookSubscription, for the contract suite."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from tests.support.constants import NOW
from ventros.crm.webhook_subscriptions.aggregate import WebhookSubscription
from ventros.demo.seed import Seed
from ventros.kernel.encryption import KeyRing
from ventros.kernel.ids import new_id
from ventros.testing.drawn_values import encrypted_values, maybe, texts
from ventros.testing.factory import Factory, Refs


def new(seed: Seed, _refs: Refs) -> WebhookSubscription:
    return WebhookSubscription.create(
        user_id=seed.user_id,
        project_id=seed.project_id,
        tenant_id=seed.tenant,
        name="Orders",
        url="https://hook.example/in",
        events=["message.*"],
        encryptor=KeyRing(writer="test", keys={"test": bytes(32)}),
        now=NOW,
    )


def overrides(seed: Seed, _refs: Refs) -> st.SearchStrategy[dict[str, Any]]:
    patterns = st.just("*") | st.from_regex(r"[a-z_]{1,8}(\.[a-z_]{1,8}){0,3}(\.\*)?", fullmatch=True)
    filters = maybe(st.lists(texts, min_size=1, max_size=4, unique=True).map(tuple))
    contact_events = st.tuples(st.just(True), filters, filters) | st.just((False, None, None))
    return st.builds(
        lambda contact_event, **others: {
            "subscribe_contact_events": contact_event[0],
            "contact_event_types": contact_event[1],
            "contact_event_categories": contact_event[2],
            **others,
        },
        contact_event=contact_events,
        user_id=st.just(seed.user_id),
        project_id=st.just(seed.project_id),
        url=encrypted_values,
        origin=st.from_regex(r"https?://[a-z0-9]{1,9}\.[a-z]{2,5}(:[0-9]{1,4})?", fullmatch=True),
        events=st.lists(patterns, min_size=1, max_size=4, unique=True).map(tuple),
        retry_count=st.integers(1, 10),
        timeout_seconds=st.integers(1, 30),
    )


def change(subscription: WebhookSubscription, now: datetime) -> WebhookSubscription:
    return subscription.rename(f"Orders {new_id()}", now=now)


FACTORY = Factory(
    resource="webhook_subscription",
    new=new,
    overrides=overrides,
    change=change,
    fixed=frozenset({"user_id", "project_id"}),
)
