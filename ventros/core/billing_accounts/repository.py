"""Where billing accounts are kept."""

from __future__ import annotations

from uuid import UUID

from ventros.core.billing_accounts import mapper
from ventros.core.billing_accounts.aggregate import BillingAccount
from ventros.kernel.repository import Repository
from ventros.kernel.statements import statement


class BillingAccountRepository(Repository[BillingAccount]):
    """The table has no tenant: whether the account is the caller's own is the caller's question.

    Its events go to the outbox of the unit's tenant.
    """

    resource = "billing_account"
    mapper = mapper

    INSERT = statement("billing_accounts.insert")
    SELECT = statement("billing_accounts.get")
    UPDATE = statement("billing_accounts.update")
    DELETE = statement("billing_accounts.delete")
    STORED_VERSION = statement("billing_accounts.stored_version")

    def _key(self, id: UUID) -> tuple[object, ...]:  # noqa: A002 - the field's name everywhere
        return (id,)
