"""Where projects are kept."""

from __future__ import annotations

from uuid import UUID

from ventros.core.projects import mapper
from ventros.core.projects.aggregate import Project
from ventros.kernel.repository import Repository
from ventros.kernel.statements import statement


class ProjectRepository(Repository[Project]):
    """A new project belongs to a unit of work of its own tenant, as everything of that tenant does."""

    resource = "project"
    mapper = mapper

    INSERT = statement("projects.insert")
    SELECT = statement("projects.get")
    UPDATE = statement("projects.update")
    DELETE = statement("projects.delete")
    STORED_VERSION = statement("projects.stored_version")
    TOUCH = statement("projects.touch")
    LOCK_FOR_SHARE = statement("projects.lock_for_share")
    LOCK_FOR_NO_KEY_UPDATE = statement("projects.lock_for_no_key_update")
    LOCK_FOR_UPDATE = statement("projects.lock_for_update")
    TRY_LOCK_FOR_SHARE = statement("projects.try_lock_for_share")
    TRY_LOCK_FOR_NO_KEY_UPDATE = statement("projects.try_lock_for_no_key_update")
    TRY_LOCK_FOR_UPDATE = statement("projects.try_lock_for_update")
    FIND_BY_TENANT = statement("projects.find_by_tenant")
    LIST_BY_CUSTOMER = statement("projects.list_by_customer")

    async def find_by_tenant(self) -> Project | None:
        """The project that is this unit's tenant; there is at most one."""
        row = await self._connection.maybe(self.FIND_BY_TENANT, self._tenant)
        return None if row is None else self._load(row)

    async def list_by_customer(self, customer_id: UUID) -> list[Project]:
        """The customer's live projects in this tenant: one or none.

        The customer's other projects are other tenants, which no unit of this one can see.
        """
        rows = await self._connection.many(self.LIST_BY_CUSTOMER, self._tenant, customer_id)
        return [self._load(row) for row in rows]
