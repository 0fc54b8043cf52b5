"""Where billing accounts are kept."""

from __future__ import annotations

from uuid import UUID

from ventros.core.billing_accounts import mapper
from ventros.core.billing_accounts.aggregate import BillingAccount
from ventros.kernel.repository import Repository
from ventros.statements import statement


class BillingAccountRepository(Repository[BillingAccount]):
    """The table has no tenant: whether the account is the caller's own is the caller's question.

    Its events go to the outbox of the unit's tenant.
    """

    resource = "billing_account"
    mapper = mapper

    TABLE = statement.table("billing_accounts")
    LIST_BY_USER = statement("billing_accounts.list_by_user")
    FIND_ACTIVE_BY_USER = statement("billing_accounts.find_active_by_user")

    async def list_by_user(self, user_id: UUID) -> list[BillingAccount]:
        """The user's live accounts, oldest first."""
        rows = await self.connection.many(self.LIST_BY_USER, user_id)
        return [self.load(row) for row in rows]

    async def find_active_by_user(self, user_id: UUID) -> BillingAccount | None:
        """The oldest of the user's accounts that is active and not suspended."""
        row = await self.connection.maybe(self.FIND_ACTIVE_BY_USER, user_id)
        return None if row is None else self.load(row)

    def key(self, key: object) -> tuple[object, ...]:
        return (key,)
