"""What can happen to a webhook subscription. No event tells its address, its secret or its headers: each
may hold a key of the receiver, and events are sent to other subscribers too.
"""

from __future__ import annotations

from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class WebhookSubscriptionCreated(DomainEvent):
    event_name = "webhook_subscription.created"

    webhook_subscription_id: UUID
    tenant_id: str
    project_id: UUID
    user_id: UUID
    name: str
    events: tuple[str, ...]


@attrs.frozen(kw_only=True)
class WebhookSubscriptionUpdated(DomainEvent):
    """``fields`` are the names of what changed."""

    event_name = "webhook_subscription.updated"

    webhook_subscription_id: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class WebhookSubscriptionDeleted(DomainEvent):
    event_name = "webhook_subscription.deleted"

    webhook_subscription_id: UUID
