"""What can happen to a billing account."""

from __future__ import annotations

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
