"""WebhookSubscription: which events of a project are sent to which address, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.crm.webhook_subscriptions.events import (
    WebhookSubscriptionCreated,
    WebhookSubscriptionDeleted,
    WebhookSubscriptionUpdated,
)
from ventros.crm.webhook_subscriptions.values import (
    check_pattern,
    lets_through,
    origin_of,
    patterns_matching,
    read_headers,
    written_headers,
)
from ventros.kernel import validators
from ventros.kernel.encryption import EncryptedAggregate, EncryptedValue, Encryptor, Place, Plain, Secret
from ventros.kernel.errors import ValidationError
from ventros.kernel.ids import new_id
from ventros.kernel.secret import secret_text

DEFAULT_RETRY_COUNT = 3
MAX_RETRY_COUNT = 10

DEFAULT_TIMEOUT_SECONDS = 30
MAX_TIMEOUT_SECONDS = 30
"""The sender waits no longer; also a CHECK of the table, as is that of the attempts."""


def _distinct(values: Iterable[str] | None) -> tuple[str, ...]:
    """Each once, in the order of their first appearance."""
    return tuple(dict.fromkeys(values or ()))


def _filter(values: Iterable[str] | None) -> tuple[str, ...] | None:
    """A filter by nothing is None."""
    return _distinct(values) or None


def _check_filter(_instance: object, attribute: attrs.Attribute[Any], value: tuple[str, ...] | None) -> None:
    validators.texts(_instance, attribute, value or ())
    if value is not None and "" in value:
        raise ValidationError(f"{attribute.name} must not hold an empty text", field=attribute.name)


@attrs.frozen(kw_only=True, slots=False)
class WebhookSubscription(EncryptedAggregate):
    """How its deliveries went is kept beside it: see :meth:`WebhookSubscriptionRepository.record_trigger`.

    Owner, project and time of creation never change. ``events`` are patterns: see
    :meth:`is_subscribed_to`. ``retry_count`` is the number of attempts in all. Address, secret and headers
    are encrypted, for each may hold a key of the receiver; of the address ``origin`` is shown. A deleted
    subscription has none of them.

    Stricter than the older system: no nil owner or project, an address is an absolute http or https one
    (that it is no private one is for the sender to see to), there are 1 to 10 attempts of 1 to 30 seconds,
    a pattern has its ``*`` alone or after the last dot, filters of contact events need the contact events
    to be on, a command that changes nothing leaves ``updated_at`` alone, and so does a delivery; no
    command works on a deleted subscription.
    """

    resource = "webhook_subscription"
    created_event = WebhookSubscriptionCreated
    updated_event = WebhookSubscriptionUpdated
    table = "webhook_subscriptions"
    encrypted = ("url", "secret", "headers")

    tenant_id: str = attrs.field(validator=validators.tenant)
    user_id: UUID = attrs.field(validator=validators.not_nil)
    project_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field(validator=validators.not_empty)
    url: EncryptedValue | None = attrs.field()
    origin: str = attrs.field(validator=validators.not_empty)
    events: tuple[str, ...] = attrs.field(converter=_distinct, validator=validators.texts)
    subscribe_contact_events: bool = False
    contact_event_types: tuple[str, ...] | None = attrs.field(
        default=None, converter=_filter, validator=_check_filter
    )
    contact_event_categories: tuple[str, ...] | None = attrs.field(
        default=None, converter=_filter, validator=_check_filter
    )
    active: bool = True
    secret: EncryptedValue | None = None
    headers: EncryptedValue | None = None
    retry_count: int = attrs.field(default=DEFAULT_RETRY_COUNT)
    timeout_seconds: int = attrs.field(default=DEFAULT_TIMEOUT_SECONDS)
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

    @events.validator
    def _check_events(self, _attribute: object, value: tuple[str, ...]) -> None:
        if not value:
            raise ValidationError("events must hold at least one pattern", field="events")
        for pattern in value:
            check_pattern(pattern)

    @retry_count.validator
    def _check_retry_count(self, _attribute: object, value: int) -> None:
        if not 1 <= value <= MAX_RETRY_COUNT:
            raise ValidationError(f"retry_count must be from 1 to {MAX_RETRY_COUNT}", field="retry_count")

    @timeout_seconds.validator
    def _check_timeout(self, _attribute: object, value: int) -> None:
        if not 1 <= value <= MAX_TIMEOUT_SECONDS:
            raise ValidationError(
                f"timeout_seconds must be from 1 to {MAX_TIMEOUT_SECONDS}", field="timeout_seconds"
            )

    def __attrs_post_init__(self) -> None:
        if not self.subscribe_contact_events:
            for field in ("contact_event_types", "contact_event_categories"):
                if getattr(self, field) is not None:
                    raise ValidationError(f"{field} needs subscribe_contact_events", field=field)
        if self.deleted_at is None and self.url is None:
            raise ValidationError("url must not be empty", field="url")
        if self.deleted_at is not None and (self.url or self.secret or self.headers):
            raise ValidationError("a deleted subscription keeps no key", field="deleted_at")

    @classmethod
    def create(
        cls,
        *,
        user_id: UUID,
        project_id: UUID,
        tenant_id: str,
        name: str,
        url: Plain,
        events: Iterable[str],
        encryptor: Encryptor,
        now: datetime,
    ) -> Self:
        """A new subscription, active, unsigned, without contact events, version 1.

        Raises ValidationError for a nil or empty argument, or one that is no address or pattern, and what
        ``encryptor`` raises.
        """
        id_, address = new_id(), secret_text(url, "url")
        place = Place(table=cls.table, column="url", tenant_id=validators.tenant_id(tenant_id), row_id=id_)
        subscription = cls(
            id=id_,
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            origin=origin_of(address),
            url=encryptor.encrypt(address, place),
            events=events,
            created_at=now,
            updated_at=now,
        )
        return subscription.record_creation(WebhookSubscriptionCreated())

    def plain_url(self, encryptor: Encryptor) -> Secret[str]:
        """Where to send. Raises InvariantViolation once it is deleted, and what ``encryptor`` raises."""
        return self.decrypt_column("url", encryptor)

    def plain_secret(self, encryptor: Encryptor) -> Secret[str] | None:
        """What signs the body; None when nothing is signed. Raises what ``encryptor`` raises."""
        return None if self.secret is None else self.decrypt_column("secret", encryptor)

    def plain_headers(self, encryptor: Encryptor) -> dict[str, Secret[str]]:
        """What to send along. Raises what ``encryptor`` raises."""
        return {} if self.headers is None else read_headers(self.decrypt_column("headers", encryptor))

    def is_subscribed_to(self, event: str) -> bool:
        """Whether one of its patterns matches the outward name ``event``; case counts.

        ``*`` matches all, ``message.*`` all that begins with ``message.``, any other pattern itself.
        """
        return not set(patterns_matching(event)).isdisjoint(self.events)

    def should_notify(self, event: str) -> bool:
        """Whether ``event`` is to be sent."""
        return self.active and self.is_subscribed_to(event)

    def should_receive_contact_event(self, type: str, category: str) -> bool:  # noqa: A002 - the field's name
        """Whether a contact event is to be sent: without filters, or when one of the two lets it through.

        A bare ``*`` in a filter lets all through.
        """
        if not self.active or not self.subscribe_contact_events:
            return False
        return lets_through(self.contact_event_types, self.contact_event_categories, type, category)

    def rename(self, name: str, *, now: datetime) -> Self:
        """Raises ValidationError when it is empty."""
        return self.record_update(now, name=name)

    def set_url(self, url: Plain, *, encryptor: Encryptor, now: datetime) -> Self:
        """Encrypted anew even if it is the same. Raises ValidationError as :meth:`create`."""
        address = secret_text(url, "url")
        origin = origin_of(address)
        return self.record_update(now, url=self.encrypt_column("url", address, encryptor), origin=origin)

    def set_events(self, events: Iterable[str], *, now: datetime) -> Self:
        """Replaces the patterns. Raises ValidationError when there is none, or one that is no pattern."""
        return self.record_update(now, events=_distinct(events))

    def activate(self, *, now: datetime) -> Self:
        return self.record_update(now, active=True)

    def deactivate(self, *, now: datetime) -> Self:
        return self.record_update(now, active=False)

    def set_secret(self, secret: Plain | None, *, encryptor: Encryptor, now: datetime) -> Self:
        """Encrypted anew even if it is the same; None leaves what is sent unsigned.

        Raises ValidationError when it is empty.
        """
        return self.record_update(
            now, secret=None if secret is None else self.encrypt_column("secret", secret, encryptor)
        )

    def set_headers(self, headers: Mapping[str, Plain], *, encryptor: Encryptor, now: datetime) -> Self:
        """Replaces them, encrypted anew even if they are the same.

        Raises ValidationError for what HTTP could not send.
        """
        text = written_headers(headers)
        return self.record_update(
            now, headers=self.encrypt_column("headers", text, encryptor) if headers else None
        )

    def set_retry_policy(
        self, *, now: datetime, retry_count: int | None = None, timeout_seconds: int | None = None
    ) -> Self:
        """Each on its own: one that is None stays. Raises ValidationError outside of their ranges."""
        limits = {"retry_count": retry_count, "timeout_seconds": timeout_seconds}
        return self.record_update(
            now, **{field: value for field, value in limits.items() if value is not None}
        )

    def enable_contact_events(
        self,
        *,
        now: datetime,
        types: Iterable[str] | None = None,
        categories: Iterable[str] | None = None,
    ) -> Self:
        """Replaces both filters; an empty one is none. Raises ValidationError for an empty text in one."""
        return self.record_update(
            now,
            subscribe_contact_events=True,
            contact_event_types=_filter(types),
            contact_event_categories=_filter(categories),
        )

    def disable_contact_events(self, *, now: datetime) -> Self:
        """Drops both filters too."""
        return self.record_update(
            now, subscribe_contact_events=False, contact_event_types=None, contact_event_categories=None
        )

    def delete(self, *, now: datetime) -> Self:
        """Terminal, and its keys are gone. Raises InvariantViolation when it is deleted already."""
        return self.record_change(
            now, WebhookSubscriptionDeleted(), deleted_at=now, url=None, secret=None, headers=None
        )
