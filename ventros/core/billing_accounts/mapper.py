"""BillingAccount and its row, column by column, in the order of ``sql/billing_accounts.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ventros.core.billing_accounts.aggregate import BillingAccount, PaymentMethod, PaymentStatus

COLUMNS: Final = (
    "id",
    "version",
    "user_id",
    "name",
    "stripe_customer_id",
    "payment_status",
    "payment_methods",
    "billing_email",
    "suspended_at",
    "suspension_reason",
    "created_at",
    "updated_at",
    "deleted_at",
)


def from_row(row: Sequence[Any]) -> BillingAccount:
    """Raises ValidationError when the row breaks a rule of the aggregate."""
    (
        id_,
        version,
        user_id,
        name,
        stripe_customer_id,
        payment_status,
        payment_methods,
        billing_email,
        suspended_at,
        suspension_reason,
        created_at,
        updated_at,
        deleted_at,
    ) = row
    return BillingAccount(
        id=id_,
        version=version,
        user_id=user_id,
        name=name,
        stripe_customer_id=stripe_customer_id,
        payment_status=PaymentStatus(payment_status),
        payment_methods=tuple(PaymentMethod.from_dict(method) for method in payment_methods),
        billing_email=billing_email,
        suspended_at=suspended_at,
        suspension_reason=suspension_reason,
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
    )


def insert_args(account: BillingAccount) -> tuple[object, ...]:
    """billing_accounts.insert, from $1."""
    return (
        account.user_id,
        account.id,
        account.name,
        account.stripe_customer_id,
        account.payment_status.value,
        [method.as_dict() for method in account.payment_methods],
        account.billing_email,
        account.suspended_at,
        account.suspension_reason,
        account.created_at,
        account.updated_at,
        account.deleted_at,
    )


def update_args(account: BillingAccount) -> tuple[object, ...]:
    """billing_accounts.update, from $1."""
    return (
        account.user_id,
        account.id,
        account.version,
        account.name,
        account.stripe_customer_id,
        account.payment_status.value,
        [method.as_dict() for method in account.payment_methods],
        account.billing_email,
        account.suspended_at,
        account.suspension_reason,
        account.updated_at,
        account.deleted_at,
    )
