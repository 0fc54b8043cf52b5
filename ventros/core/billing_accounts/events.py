"""What can happen to a billing account."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate, from_occurrence


@attrs.frozen(kw_only=True)
class BillingAccountEvent(DomainEvent):
    """What every one of them says first."""

    account_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class BillingAccountCreated(BillingAccountEvent):
    event_name = "billing.account.created"

    user_id: UUID = from_aggregate("user_id")
    name: str = from_aggregate("name")
    billing_email: str = from_aggregate("billing_email")


@attrs.frozen(kw_only=True)
class BillingAccountUpdated(BillingAccountEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "billing.account.updated"

    fields: tuple[str, ...]
    updated_at: datetime = from_occurrence()


@attrs.frozen(kw_only=True)
class BillingPaymentActivated(BillingAccountEvent):
    """``payment_method`` as the row holds it: see :class:`PaymentMethod`."""

    event_name = "billing.payment.activated"

    payment_method: dict[str, Any] = attrs.field(hash=False)


@attrs.frozen(kw_only=True)
class BillingAccountSuspended(BillingAccountEvent):
    event_name = "billing.account.suspended"

    reason: str


@attrs.frozen(kw_only=True)
class BillingAccountReactivated(BillingAccountEvent):
    event_name = "billing.account.reactivated"


@attrs.frozen(kw_only=True)
class BillingAccountCanceled(BillingAccountEvent):
    event_name = "billing.account.canceled"


@attrs.frozen(kw_only=True)
class BillingStripeCustomerLinked(BillingAccountEvent):
    event_name = "billing.stripe.customer_linked"

    stripe_customer_id: str


@attrs.frozen(kw_only=True)
class BillingAccountDeleted(BillingAccountEvent):
    event_name = "billing.account.deleted"

    deleted_at: datetime = from_occurrence()
