"""Where billing accounts are kept."""

from __future__ import annotations

from uuid import UUID

import attrs

from ventros.core.billing_accounts import mapper
from ventros.core.billing_accounts.aggregate import BillingAccount
from ventros.kernel.repository import Repository
from ventros.statements import statement


@attrs.frozen(kw_only=True)
class PaidProject:
    """A project of the user, which only a unit of its tenant sees."""

    tenant_id: str
    project_id: UUID


class BillingAccountRepository(Repository[BillingAccount]):
    """Of the unit's ``user``, whatever its tenant. Its events are under ``user:<id>``, in one sequence."""

    resource = "billing_account"
    mapper = mapper

    TABLE = statement.table("billing_accounts")
    LIST = statement("billing_accounts.list")
    FIND_ACTIVE = statement("billing_accounts.find_active")
    FIND_PROJECTS = statement("account_projects.find")

    async def list_all(self) -> list[BillingAccount]:
        """The user's live accounts, oldest first."""
        rows = await self.connection.many(self.LIST, self.scope)
        return [self.load(row) for row in rows]

    async def find_active(self) -> BillingAccount | None:
        """The oldest of the user's accounts that is active and not suspended."""
        row = await self.connection.maybe(self.FIND_ACTIVE, self.scope)
        return None if row is None else self.load(row)

    async def find_projects(self, account_id: UUID) -> list[PaidProject]:
        """What is paid through the account, deleted projects included, by tenant."""
        rows = await self.connection.many(self.FIND_PROJECTS, self.scope, account_id)
        return [PaidProject(tenant_id=row["tenant_id"], project_id=row["project_id"]) for row in rows]
