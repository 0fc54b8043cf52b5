"""Where billing accounts are kept."""

from __future__ import annotations

from ventros.core.billing_accounts import mapper
from ventros.core.billing_accounts.aggregate import BillingAccount
from ventros.kernel.repository import Repository
from ventros.statements import statement


class BillingAccountRepository(Repository[BillingAccount]):
    """Of the unit's ``user``, whatever its tenant. Its events are under ``user:<id>``, in one sequence."""

    resource = "billing_account"
    mapper = mapper

    TABLE = statement.table("billing_accounts")
    LIST = statement("billing_accounts.list")
    FIND_ACTIVE = statement("billing_accounts.find_active")

    async def list_all(self) -> list[BillingAccount]:
        """The user's live accounts, oldest first."""
        rows = await self.connection.many(self.LIST, self.scope)
        return [self.load(row) for row in rows]

    async def find_active(self) -> BillingAccount | None:
        """The oldest of the user's accounts that is active and not suspended."""
        row = await self.connection.maybe(self.FIND_ACTIVE, self.scope)
        return None if row is None else self.load(row)
