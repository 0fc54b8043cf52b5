"""A project and its channels stand still while their billing account does, and go on when it does."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.core.projects.aggregate import Project
from ventros.kernel import validators
from ventros.kernel.errors import NotFound
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class FollowBillingAccount:
    """``followed_at`` is the one clock of all that follows. Raises ValidationError for a nil id."""

    project_id: UUID = attrs.field(validator=validators.not_nil)
    billing_account_id: UUID = attrs.field(validator=validators.not_nil)
    followed_at: datetime = attrs.field(validator=validators.aware)


async def follow_billing_account(uow: UnitOfWork, command: FollowBillingAccount) -> Project:
    """To be run by :meth:`ventros.kernel.database.Database.run`, in a unit of the project's tenant and owner.

    It goes by what the account is now, and not by what an event said: so events may come twice, late, or in
    any order. The account is held, then the project, so that it gets no channel meanwhile. Each channel
    keeps the status that it had, and has it again when the project is resumed.

    Returns the project as it is stored. Raises NotFound when the project is not there, or is not the owner's
    and paid through the account.
    """
    now = command.followed_at
    stands_still = await _stands_still(uow, command.billing_account_id)
    project = await uow.projects.get(command.project_id, lock="no key update")
    if (project.customer_id, project.billing_account_id) != (uow.user, command.billing_account_id):
        raise NotFound("project", command.project_id)
    if project.suspended is stands_still:
        return project
    channels = await uow.channels.list_by_project(project.id)
    if stands_still:
        project, *channels = project.suspend(now=now), *(channel.suspend(now=now) for channel in channels)
    else:
        project, *channels = project.resume(now=now), *(channel.resume(now=now) for channel in channels)
    stored, *_ = await uow.save_all(project, *channels)
    return stored


async def _stands_still(uow: UnitOfWork, account_id: UUID) -> bool:
    """A canceled account is suspended, too, and a deleted one, which is not found, pays for nothing."""
    try:
        account = await uow.billing_accounts.get(account_id, lock="share")
    except NotFound:
        return True
    return account.suspended
