"""From the event of a billing account to each project that is paid through it."""

from __future__ import annotations

import functools
from typing import Final

from ventros.application.projects.follow_billing_account import FollowBillingAccount, follow_billing_account
from ventros.kernel.database import Database
from ventros.kernel.errors import NotFound
from ventros.kernel.outbox.event import OutboxEvent
from ventros.kernel.validators import named_for
from ventros.unit_of_work import UnitOfWork

EVENTS: Final = frozenset(
    {
        "billing.account.suspended",
        "billing.account.reactivated",
        "billing.account.canceled",
        "billing.account.deleted",
    }
)
"""Upon which an account's projects stop or go on."""


async def stop_projects(db: Database[UnitOfWork], event: OutboxEvent) -> None:
    """Let each project of the account follow it, in a unit of its own tenant, one after the other.

    They are other tenants, so there is no transaction of them all: where one fails, those before it are done,
    and when the event comes again they are found so. The events of projects and channels have this one as
    their cause. A project that was deleted or forgotten meanwhile is passed over.
    """
    _, user = named_for(event.tenant_id)
    async with db.unit_of_work(user=user, read_only=True) as uow:
        projects = await uow.billing_accounts.find_projects(event.aggregate_id)
    for paid in projects:
        command = FollowBillingAccount(
            project_id=paid.project_id,
            billing_account_id=event.aggregate_id,
            followed_at=event.occurred_at,
        )
        try:
            await db.run(
                paid.tenant_id,
                functools.partial(follow_billing_account, command=command),
                user=user,
                correlation_id=event.correlation_id or event.event_id,
                causation_id=event.event_id,
            )
        except NotFound:
            continue
