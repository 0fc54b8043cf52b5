"""BillingAccount: what a user pays through, for one project or several."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

import attrs

from ventros.core.billing_accounts.events import BillingAccountCreated
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import ValidationError


class PaymentStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CANCELED = "canceled"


@attrs.frozen(kw_only=True)
class PaymentMethod:
    """A card or the like as it may be shown: never its whole number."""

    type: str = attrs.field(validator=validators.not_empty)
    last_digits: str
    expires_at: datetime | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.aware)
    )
    is_default: bool = False


@attrs.frozen(kw_only=True)
class BillingAccount(AggregateRoot):
    """Scoped by its user and not by a tenant: one account may pay for several projects.

    ``billing_email`` is kept as given. Owner and time of creation never change.
    """

    resource = "billing_account"

    user_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field(validator=validators.not_empty)
    stripe_customer_id: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_empty)
    )
    payment_status: PaymentStatus = PaymentStatus.PENDING
    payment_methods: tuple[PaymentMethod, ...] = attrs.field(default=())
    billing_email: str = attrs.field(validator=validators.not_empty)
    suspended_at: datetime | None = None
    suspension_reason: str | None = None
    deleted_at: datetime | None = None

    @payment_methods.validator
    def _check_payment_methods(self, _attribute: object, value: tuple[PaymentMethod, ...]) -> None:
        if sum(method.is_default for method in value) > 1:
            raise ValidationError("only one of payment_methods can be the default", field="payment_methods")

    @classmethod
    def create(cls, *, user_id: UUID, name: str, billing_email: str, now: datetime) -> Self:
        """A new account, version 1, payment pending. Raises ValidationError for a nil or empty argument."""
        account = cls(user_id=user_id, name=name, billing_email=billing_email, created_at=now, updated_at=now)
        created = BillingAccountCreated(
            occurred_at=now, account_id=account.id, user_id=user_id, name=name, billing_email=billing_email
        )
        return attrs.evolve(account, domain_events=(created,))

    @property
    def suspended(self) -> bool:
        """Canceled ones are suspended too."""
        return self.suspended_at is not None
