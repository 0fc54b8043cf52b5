"""Where projects are kept."""

from __future__ import annotations

from uuid import UUID

from ventros.core.projects import mapper
from ventros.core.projects.aggregate import Project
from ventros.kernel.connection.call import Call
from ventros.kernel.repository import Repository
from ventros.statements import statement


class ProjectRepository(Repository[Project]):
    """A new project belongs to a unit of work of its own tenant, as everything of that tenant does."""

    resource = "project"
    mapper = mapper

    TABLE = statement.table("projects")
    INSERT_PAYER = statement("account_projects.insert")
    FIND_BY_TENANT = statement("projects.find_by_tenant")
    LIST_BY_CUSTOMER = statement("projects.list_by_customer")

    def calls_after_insert(self, aggregate: Project) -> list[Call]:
        """Who pays finds it from then on, see :meth:`BillingAccountRepository.find_projects`."""
        payer = (self.tenant, aggregate.id, aggregate.customer_id, aggregate.billing_account_id)
        return [Call(self.INSERT_PAYER, (payer,))]

    async def find_by_tenant(self) -> Project | None:
        """The project that is this unit's tenant; there is at most one."""
        row = await self.connection.maybe(self.FIND_BY_TENANT, self.tenant)
        return None if row is None else self.load(row)

    async def list_by_customer(self, customer_id: UUID) -> list[Project]:
        """The customer's live projects in this tenant: one or none.

        The customer's other projects are other tenants, which no unit of this one can see.
        """
        rows = await self.connection.many(self.LIST_BY_CUSTOMER, self.tenant, customer_id)
        return [self.load(row) for row in rows]
