"""What can happen to a billing account."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class BillingAccountCreated(DomainEvent):
    event_name = "billing.account.created"

    account_id: UUID
    user_id: UUID
    name: str
    billing_email: str


@attrs.frozen(kw_only=True)
class BillingAccountUpdated(DomainEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "billing.account.updated"

    account_id: UUID
    fields: tuple[str, ...]
    updated_at: datetime


@attrs.frozen(kw_only=True)
class BillingPaymentActivated(DomainEvent):
    """``payment_method`` as the row holds it: see :class:`PaymentMethod`."""

    event_name = "billing.payment.activated"

    account_id: UUID
    payment_method: dict[str, Any] = attrs.field(hash=False)


@attrs.frozen(kw_only=True)
class BillingAccountSuspended(DomainEvent):
    event_name = "billing.account.suspended"

    account_id: UUID
    reason: str


@attrs.frozen(kw_only=True)
class BillingAccountReactivated(DomainEvent):
    event_name = "billing.account.reactivated"

    account_id: UUID


@attrs.frozen(kw_only=True)
class BillingAccountCanceled(DomainEvent):
    event_name = "billing.account.canceled"

    account_id: UUID


@attrs.frozen(kw_only=True)
class BillingStripeCustomerLinked(DomainEvent):
    event_name = "billing.stripe.customer_linked"

    account_id: UUID
    stripe_customer_id: str


@attrs.frozen(kw_only=True)
class BillingAccountDeleted(DomainEvent):
    event_name = "billing.account.deleted"

    account_id: UUID
    deleted_at: datetime
