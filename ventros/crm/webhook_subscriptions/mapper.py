"""WebhookSubscription and its row, column by column, as in ``sql/webhook_subscriptions.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ventros.crm.webhook_subscriptions.aggregate import WebhookSubscription
from ventros.kernel.encryption.value import EncryptedValue, text_or_none

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "user_id",
    "project_id",
    "name",
    "url",
    "origin",
    "events",
    "subscribe_contact_events",
    "contact_event_types",
    "contact_event_categories",
    "active",
    "secret",
    "headers",
    "retry_count",
    "timeout_seconds",
    "created_at",
    "updated_at",
    "deleted_at",
)


def from_row(row: Sequence[Any]) -> WebhookSubscription:
    """Raises ValidationError when the row breaks a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        user_id,
        project_id,
        name,
        url,
        origin,
        events,
        subscribe_contact_events,
        contact_event_types,
        contact_event_categories,
        active,
        secret,
        headers,
        retry_count,
        timeout_seconds,
        created_at,
        updated_at,
        deleted_at,
    ) = row
    return WebhookSubscription(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        user_id=user_id,
        project_id=project_id,
        name=name,
        url=EncryptedValue.parse_or_none(url),
        origin=origin,
        events=tuple(events),
        subscribe_contact_events=subscribe_contact_events,
        contact_event_types=None if contact_event_types is None else tuple(contact_event_types),
        contact_event_categories=None
        if contact_event_categories is None
        else tuple(contact_event_categories),
        active=active,
        secret=EncryptedValue.parse_or_none(secret),
        headers=EncryptedValue.parse_or_none(headers),
        retry_count=retry_count,
        timeout_seconds=timeout_seconds,
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
    )


def insert_args(subscription: WebhookSubscription) -> tuple[object, ...]:
    """webhook_subscriptions.insert, from $1."""
    return (
        subscription.tenant_id,
        subscription.id,
        subscription.user_id,
        subscription.project_id,
        subscription.name,
        text_or_none(subscription.url),
        subscription.origin,
        subscription.events,
        subscription.subscribe_contact_events,
        subscription.contact_event_types,
        subscription.contact_event_categories,
        subscription.active,
        text_or_none(subscription.secret),
        text_or_none(subscription.headers),
        subscription.retry_count,
        subscription.timeout_seconds,
        subscription.created_at,
        subscription.updated_at,
        subscription.deleted_at,
    )


def update_args(subscription: WebhookSubscription) -> tuple[object, ...]:
    """webhook_subscriptions.update, from $1."""
    return (
        subscription.tenant_id,
        subscription.id,
        subscription.version,
        subscription.name,
        text_or_none(subscription.url),
        subscription.origin,
        subscription.events,
        subscription.subscribe_contact_events,
        subscription.contact_event_types,
        subscription.contact_event_categories,
        subscription.active,
        text_or_none(subscription.secret),
        text_or_none(subscription.headers),
        subscription.retry_count,
        subscription.timeout_seconds,
        subscription.updated_at,
        subscription.deleted_at,
    )
