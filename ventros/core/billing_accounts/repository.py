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
    TOUCH = statement("billing_accounts.touch")
    LOCK_FOR_SHARE = statement("billing_accounts.lock_for_share")
    LOCK_FOR_NO_KEY_UPDATE = statement("billing_accounts.lock_for_no_key_update")
    LOCK_FOR_UPDATE = statement("billing_accounts.lock_for_update")
    TRY_LOCK_FOR_SHARE = statement("billing_accounts.try_lock_for_share")
    TRY_LOCK_FOR_NO_KEY_UPDATE = statement("billing_accounts.try_lock_for_no_key_update")
    TRY_LOCK_FOR_UPDATE = statement("billing_accounts.try_lock_for_update")
    LIST_BY_USER = statement("billing_accounts.list_by_user")
    FIND_ACTIVE_BY_USER = statement("billing_accounts.find_active_by_user")

    async def list_by_user(self, user_id: UUID) -> list[BillingAccount]:
        """The user's live accounts, oldest first."""
        rows = await self._connection.many(self.LIST_BY_USER, user_id)
        return [self._load(row) for row in rows]

    async def find_active_by_user(self, user_id: UUID) -> BillingAccount | None:
        """The oldest of the user's accounts that is active and not suspended."""
        row = await self._connection.maybe(self.FIND_ACTIVE_BY_USER, user_id)
        return None if row is None else self._load(row)

    def _key(self, key: object) -> tuple[object, ...]:
        return (key,)
