"""What every new customer begins with: a user, who pays, and a project that is a tenant."""

from __future__ import annotations

from datetime import datetime

import attrs

from ventros.core import users
from ventros.core.billing_accounts.aggregate import BillingAccount
from ventros.core.projects.aggregate import Project
from ventros.kernel.errors import AlreadyExists, TenancyViolation
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class Beginning:
    """Not stored yet; the account goes first."""

    account: BillingAccount
    project: Project


async def begin_tenant(
    uow: UnitOfWork, *, name: str, owner_email: str | None, billing_email: str, now: datetime
) -> Beginning:
    """A pending account and a project for the unit's ``user``.

    He is new, and stored first, where there is an ``owner_email``. A part of the use cases that make a
    tenant. Raises AlreadyExists when the tenant has a project, or the email is taken, TenancyViolation when
    the unit has no user, ValidationError for an empty argument.
    """
    if await uow.projects.find_by_tenant() is not None:
        raise AlreadyExists("project", "projects_tenant_key")
    if uow.user is None:
        raise TenancyViolation("a tenant has an owner: give the unit of work user=, the id of that user")
    if owner_email is not None:
        await users.add(uow, owner_email)
    account = BillingAccount.create(user_id=uow.user, name=name, billing_email=billing_email, now=now)
    project = Project.create(
        customer_id=uow.user, billing_account_id=account.id, tenant_id=uow.tenant, name=name, now=now
    )
    return Beginning(account=account, project=project)
