"""Where webhook subscriptions are kept, with how their deliveries went."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.crm.webhook_subscriptions import mapper
from ventros.crm.webhook_subscriptions.aggregate import WebhookSubscription
from ventros.crm.webhook_subscriptions.values import patterns_matching
from ventros.kernel.errors import NotFound
from ventros.kernel.repository import Repository
from ventros.kernel.statements import Statement
from ventros.kernel.validators import instance_of
from ventros.statements import statement


@attrs.frozen(kw_only=True)
class WebhookCounters:
    """Counts of events, each counted once, after all attempts."""

    success_count: int
    failure_count: int
    last_success_at: datetime | None
    last_failure_at: datetime | None

    @property
    def last_triggered_at(self) -> datetime | None:
        """The later of success and failure."""
        return max(filter(None, (self.last_success_at, self.last_failure_at)), default=None)


class WebhookSubscriptionRepository(Repository[WebhookSubscription]):
    """Every finder asks one project of the unit's tenant: no event leaves for another tenant's address."""

    resource = "webhook_subscription"
    mapper = mapper

    TABLE = statement.table("webhook_subscriptions")
    SECRET_COLUMNS = WebhookSubscription.encrypted
    FIND_BY_PROJECT = statement("webhook_subscriptions.find_by_project")
    FIND_BY_ACTIVE = statement("webhook_subscriptions.find_by_active")
    FIND_ACTIVE_BY_EVENT = statement("webhook_subscriptions.find_active_by_event")
    FIND_ACTIVE_BY_CONTACT_EVENT = statement("webhook_subscriptions.find_active_by_contact_event")
    FIND_BY_OTHER_KEYS = statement("webhook_subscriptions.find_by_other_keys")
    COUNT_BY_OTHER_KEYS = statement("webhook_subscriptions.count_by_other_keys")
    BUMP = statement("webhook_counters.bump")
    TOTAL = statement("webhook_counters.total")

    async def find_by_project(self, project_id: UUID) -> list[WebhookSubscription]:
        """The oldest first."""
        return await self._find(self.FIND_BY_PROJECT, project_id)

    async def find_by_active(self, project_id: UUID, *, active: bool) -> list[WebhookSubscription]:
        """Those that are switched on, or those that are off."""
        return await self._find(self.FIND_BY_ACTIVE, project_id, active)

    async def find_active_by_event(self, project_id: UUID, event: str) -> list[WebhookSubscription]:
        """Those that :meth:`WebhookSubscription.should_notify` of the outward name ``event``."""
        instance_of(str, event, "event")
        return await self._find(self.FIND_ACTIVE_BY_EVENT, project_id, patterns_matching(event))

    async def find_active_by_contact_event(
        self,
        project_id: UUID,
        type: str,  # noqa: A002 - the field's name everywhere
        category: str,
    ) -> list[WebhookSubscription]:
        """Those that :meth:`WebhookSubscription.should_receive_contact_event`."""
        return await self._find(self.FIND_ACTIVE_BY_CONTACT_EVENT, project_id, type, category)

    async def _find(self, statement: Statement, *args: object) -> list[WebhookSubscription]:
        return [self.load(row) for row in await self.connection.many(statement, self.tenant, *args)]

    async def record_trigger(self, subscription_id: UUID, *, success: bool, at: datetime) -> None:
        """Count one event, delivered at ``at`` or given up then, without loading the subscription or
        stepping its version.

        Emits nothing: a subscriber to everything would be told of each delivery by another one. Raises
        NotFound, with the transaction still usable, when the subscription is gone.
        """
        figures = (1, 0, at, None) if success else (0, 1, None, at)
        if await self.connection.affected(self.BUMP, self.tenant, subscription_id, *figures) != 1:
            raise NotFound(self.resource, subscription_id)

    async def counters(self, subscription_id: UUID) -> WebhookCounters:
        """Zeros before the first event, and for a subscription that is not there."""
        row = await self.connection.one(self.TOTAL, self.tenant, subscription_id)
        return WebhookCounters(
            success_count=row["success_count"],
            failure_count=row["failure_count"],
            last_success_at=row["last_success_at"],
            last_failure_at=row["last_failure_at"],
        )
