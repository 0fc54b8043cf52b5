"""What can happen to a webhook subscription. No event tells its address, its secret or its headers: each
may hold a key of the receiver, and events are sent to other subscribers too.
"""

from __future__ import annotations

from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate


@attrs.frozen(kw_only=True)
class WebhookSubscriptionEvent(DomainEvent):
    """What every one of them says first."""

    webhook_subscription_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class WebhookSubscriptionCreated(WebhookSubscriptionEvent):
    event_name = "webhook_subscription.created"

    tenant_id: str = from_aggregate("tenant_id")
    project_id: UUID = from_aggregate("project_id")
    user_id: UUID = from_aggregate("user_id")
    name: str = from_aggregate("name")
    events: tuple[str, ...] = from_aggregate("events")


@attrs.frozen(kw_only=True)
class WebhookSubscriptionUpdated(WebhookSubscriptionEvent):
    """``fields`` are the names of what changed."""

    event_name = "webhook_subscription.updated"

    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class WebhookSubscriptionDeleted(WebhookSubscriptionEvent):
    event_name = "webhook_subscription.deleted"
