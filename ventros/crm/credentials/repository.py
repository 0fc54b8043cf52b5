"""Where credentials are kept, with the time of their last use beside them."""

from __future__ import annotations

from datetime import datetime
from typing import cast
from uuid import UUID

from ventros.crm.credentials import mapper
from ventros.crm.credentials.aggregate import Credential
from ventros.crm.credentials.values import CredentialType, RefreshState
from ventros.kernel.connection.call import Call
from ventros.kernel.errors import Conflict
from ventros.kernel.repository import Repository
from ventros.kernel.statements import Statement
from ventros.kernel.validators import instance_of
from ventros.statements import statement


class CredentialRepository(Repository[Credential]):
    """It neither encrypts nor decrypts, and knows no key.

    A name is taken once in a project, and once among the credentials of the whole tenant; inactive ones
    count. :meth:`add` and :meth:`save` raise AlreadyExists otherwise; removing one gives its name free.
    """

    resource = "credential"
    mapper = mapper

    TABLE = statement.table("credentials")
    SECRET_COLUMNS = Credential.encrypted
    FIND_BY_NAME = statement("credentials.find_by_name")
    FIND_BY_TYPE = statement("credentials.find_by_type")
    FIND_BY_PROJECT_AND_TYPE = statement("credentials.find_by_project_and_type")
    FIND_ACTIVE = statement("credentials.find_active")
    FIND_EXPIRING = statement("credentials.find_expiring")
    FIND_BY_OTHER_KEYS = statement("credentials.find_by_other_keys")
    COUNT_BY_OTHER_KEYS = statement("credentials.count_by_other_keys")
    MARK_USED = statement("credential_uses.mark")
    LAST_USED = statement("credential_uses.last")
    FIND_REFRESH = statement("credential_refreshes.find")
    LEASE_REFRESH = statement("credential_refreshes.lease")
    RELEASE_REFRESH = statement("credential_refreshes.release")
    DELETE_REFRESH = statement("credential_refreshes.delete")

    async def find_by_name(self, name: str, *, project_id: UUID | None) -> Credential | None:
        """The one of that project, or with None the one of the whole tenant; active or not."""
        row = await self.connection.maybe(self.FIND_BY_NAME, self.tenant, project_id, name)
        return None if row is None else self.load(row)

    async def find_by_type(self, credential_type: CredentialType) -> list[Credential]:
        """All of the tenant's, whatever the project, active or not, the newest first."""
        return await self._many(self.FIND_BY_TYPE, credential_type)

    async def find_by_project_and_type(
        self, project_id: UUID, credential_type: CredentialType
    ) -> list[Credential]:
        """Those of the project alone, active or not, the newest first."""
        return await self._many(self.FIND_BY_PROJECT_AND_TYPE, project_id, credential_type)

    async def find_active(self) -> list[Credential]:
        """The newest first; an expired one may be among them."""
        return await self._many(self.FIND_ACTIVE)

    async def find_expiring(self, by: datetime) -> list[Credential]:
        """The active ones whose token expires at ``by`` or before, the most urgent first.

        Of this tenant: a job for all tenants opens a unit of work for each.
        """
        return await self._many(self.FIND_EXPIRING, by)

    async def mark_used(self, credential_id: UUID, at: datetime) -> None:
        """Note a use at ``at``, without loading the credential or stepping its version; no event tells of it.

        Raises ReferenceNotFound when there is no such credential.
        """
        await self.connection.affected(self.MARK_USED, self.tenant, credential_id, at)

    async def last_used_at(self, credential_id: UUID) -> datetime | None:
        """None before its first use, and for a credential that is not there."""
        row = await self.connection.one(self.LAST_USED, self.tenant, credential_id)
        return cast("datetime | None", row["last_used_at"])

    async def find_refresh(self, credential_id: UUID) -> RefreshState | None:
        """None when the last refresh succeeded, or there was none."""
        row = await self.connection.maybe(self.FIND_REFRESH, self.tenant, credential_id)
        return None if row is None else RefreshState(is_leased=row["is_leased"], failures=row["failures"])

    async def lease_refresh(self, credential_id: UUID, lease_id: UUID, seconds: float) -> None:
        """From the beginning of the transaction on, by the server's clock, for that many seconds.

        Raises Conflict while another has the lease, ReferenceNotFound when there is no such credential.
        """
        lease = (self.tenant, credential_id, lease_id, seconds)
        if not await self.connection.affected(self.LEASE_REFRESH, *lease):
            raise Conflict(f"the token of credential {credential_id} is being refreshed by another")

    async def release_refresh(self, credential_id: UUID, lease_id: UUID, *, failed: bool) -> None:
        """End the lease, if it is still this one, and count a failure if it ``failed``."""
        instance_of(bool, failed, "failed")
        lease = (self.tenant, credential_id, lease_id, int(failed))
        await self.connection.affected(self.RELEASE_REFRESH, *lease)

    def refreshed(self, credential_id: UUID, lease_id: UUID) -> Call:
        """What ends the lease, if it is still this one, with the new token; to be sent with COMMIT."""
        return Call(self.DELETE_REFRESH, ((self.tenant, credential_id, lease_id),))

    async def _many(self, statement: Statement, *key: object) -> list[Credential]:
        return [self.load(row) for row in await self.connection.many(statement, self.tenant, *key)]
