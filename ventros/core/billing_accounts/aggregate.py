"""BillingAccount: what a user pays through, for one project or several."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.core.billing_accounts.events import (
    BillingAccountCanceled,
    BillingAccountCreated,
    BillingAccountDeleted,
    BillingAccountReactivated,
    BillingAccountSuspended,
    BillingAccountUpdated,
    BillingPaymentActivated,
    BillingStripeCustomerLinked,
)
from ventros.kernel import validators
from ventros.kernel.aggregate import AggregateRoot
from ventros.kernel.errors import InvariantViolation, ValidationError

CANCELLATION_REASON = "account canceled"
"""What a canceled account says of its suspension."""


class PaymentStatus(StrEnum):
    """Canceled is terminal."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CANCELED = "canceled"


@attrs.frozen(kw_only=True)
class PaymentMethod:
    """A card or the like as it may be shown: never its whole number."""

    type: str = attrs.field(validator=validators.not_empty)
    last_digits: str
    expires_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    is_default: bool = False

    def as_dict(self) -> dict[str, Any]:
        """As the row and the event hold it."""
        return {
            "type": self.type,
            "last_digits": self.last_digits,
            "expires_at": None if self.expires_at is None else self.expires_at.isoformat(),
            "is_default": self.is_default,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """What :meth:`as_dict` gave."""
        expires_at = data["expires_at"]
        return cls(
            type=data["type"],
            last_digits=data["last_digits"],
            expires_at=None if expires_at is None else datetime.fromisoformat(expires_at),
            is_default=data["is_default"],
        )


@attrs.frozen(kw_only=True, slots=False)
class BillingAccount(AggregateRoot):
    """Scoped by its user and not by a tenant: one account may pay for several projects.

    ``billing_email`` is kept as given. Owner and time of creation never change.

    Stricter than the older system: a canceled account is neither suspended nor reactivated, canceling it
    again changes nothing, a payment method that is there already becomes the default instead of standing
    there twice, and no command works on a deleted account.
    """

    resource = "billing_account"
    created_event = BillingAccountCreated
    updated_event = BillingAccountUpdated

    user_id: UUID = attrs.field(validator=validators.not_nil)
    name: str = attrs.field(validator=validators.not_empty)
    stripe_customer_id: str | None = attrs.field(
        default=None, validator=[attrs.validators.optional(validators.not_empty), validators.indexed]
    )
    payment_status: PaymentStatus = PaymentStatus.PENDING
    payment_methods: tuple[PaymentMethod, ...] = attrs.field(default=())
    billing_email: str = attrs.field(validator=validators.not_empty)
    suspended_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    suspension_reason: str | None = None
    deleted_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)

    @payment_methods.validator
    def _check_payment_methods(self, _attribute: object, value: tuple[PaymentMethod, ...]) -> None:
        if sum(method.is_default for method in value) > 1:
            raise ValidationError("only one of payment_methods can be the default", field="payment_methods")

    @classmethod
    def create(cls, *, user_id: UUID, name: str, billing_email: str, now: datetime) -> Self:
        """A new account, version 1, payment pending. Raises ValidationError for a nil or empty argument."""
        account = cls(user_id=user_id, name=name, billing_email=billing_email, created_at=now, updated_at=now)
        return account.record_creation(BillingAccountCreated())

    @property
    def suspended(self) -> bool:
        """Canceled ones are suspended too."""
        return self.suspended_at is not None

    @property
    def is_active(self) -> bool:
        return self.payment_status is PaymentStatus.ACTIVE and not self.suspended

    @property
    def can_create_project(self) -> bool:
        """To be asked before a project is made."""
        return self.is_active

    def rename(self, name: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty."""
        return self.record_update(now, name=name)

    def activate_payment(self, method: PaymentMethod, *, now: datetime) -> Self:
        """``method`` becomes the default one. Raises InvariantViolation when it is canceled or suspended."""
        self._require_not_canceled("activate a payment method")
        if self.suspended:
            raise InvariantViolation(f"cannot activate a payment method: account {self.id} is suspended")
        default = attrs.evolve(method, is_default=True)
        others = (other for other in self.payment_methods if attrs.evolve(other, is_default=True) != default)
        methods = (*(attrs.evolve(other, is_default=False) for other in others), default)
        if self.is_active and methods == self.payment_methods:
            return self
        activated = BillingPaymentActivated(payment_method=default.as_dict())
        return self.record_change(
            now, activated, payment_methods=methods, payment_status=PaymentStatus.ACTIVE
        )

    def suspend(self, reason: str, *, now: datetime) -> Self:
        """A suspended one keeps its first reason. Raises InvariantViolation when it is canceled."""
        self._require_not_canceled("suspend")
        if self.suspended:
            return self
        return self.record_change(
            now,
            BillingAccountSuspended(reason=reason),
            payment_status=PaymentStatus.SUSPENDED,
            suspended_at=now,
            suspension_reason=reason,
        )

    def reactivate(self, *, now: datetime) -> Self:
        """Raises InvariantViolation when it is canceled, or suspended and without a payment method."""
        self._require_not_canceled("reactivate")
        if not self.suspended:
            return self
        if not self.payment_methods:
            raise InvariantViolation(f"cannot reactivate: account {self.id} has no payment method")
        return self.record_change(
            now,
            BillingAccountReactivated(),
            payment_status=PaymentStatus.ACTIVE,
            suspended_at=None,
            suspension_reason=None,
        )

    def cancel(self, *, now: datetime) -> Self:
        """Terminal, from every status."""
        if self.payment_status is PaymentStatus.CANCELED:
            return self
        return self.record_change(
            now,
            BillingAccountCanceled(),
            payment_status=PaymentStatus.CANCELED,
            suspended_at=now,
            suspension_reason=CANCELLATION_REASON,
        )

    def set_billing_email(self, email: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``email`` is empty."""
        return self.record_update(now, billing_email=email)

    def set_stripe_customer_id(self, stripe_customer_id: str, *, now: datetime) -> Self:
        """Takes the place of another. Raises ValidationError when it is empty."""
        if stripe_customer_id == self.stripe_customer_id:
            return self
        linked = BillingStripeCustomerLinked(stripe_customer_id=stripe_customer_id)
        return self.record_change(now, linked, stripe_customer_id=stripe_customer_id)

    def delete(self, *, now: datetime) -> Self:
        """Terminal. Raises InvariantViolation when it is deleted already."""
        return self.record_change(now, BillingAccountDeleted(), deleted_at=now)

    def _require_not_canceled(self, command: str) -> None:
        if self.payment_status is PaymentStatus.CANCELED:
            raise InvariantViolation(f"cannot {command}: account {self.id} is canceled")
