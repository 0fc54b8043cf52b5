"""The unit of work of this application: the kernel's, with a repository for each aggregate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVarTuple, cast

from ventros.automation.broadcasts.repository import BroadcastRepository
from ventros.automation.campaigns.repository import CampaignRepository
from ventros.automation.sequences.repository import SequenceRepository
from ventros.core.billing_accounts.repository import BillingAccountRepository
from ventros.core.projects.repository import ProjectRepository
from ventros.crm.agents.repository import AgentRepository
from ventros.crm.channels.repository import ChannelRepository
from ventros.crm.chats.repository import ChatRepository
from ventros.crm.contact_lists.repository import ContactListRepository
from ventros.crm.contacts.custom_fields import ContactCustomFields
from ventros.crm.contacts.identities import ContactIdentities
from ventros.crm.contacts.repository import ContactRepository
from ventros.crm.credentials.repository import CredentialRepository
from ventros.crm.messages.repository import MessageRepository
from ventros.crm.pipeline_statuses.repository import PipelineStatusRepository
from ventros.crm.pipelines.placement_repository import PlacementRepository
from ventros.crm.pipelines.repository import PipelineRepository
from ventros.crm.sessions.repository import SessionRepository
from ventros.crm.webhook_subscriptions.repository import WebhookSubscriptionRepository
from ventros.kernel.aggregate import Entity
from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database
from ventros.kernel.errors import UnitOfWorkError
from ventros.kernel.repository import save_all
from ventros.kernel.telemetry import NO_TELEMETRY, Telemetry
from ventros.kernel.transaction import unit_of_work

if TYPE_CHECKING:
    from ventros.kernel.repository import Repository

Aggregates = TypeVarTuple("Aggregates")

REPOSITORIES: Final = {
    "agent": "agents",
    "billing_account": "billing_accounts",
    "broadcast": "broadcasts",
    "campaign": "campaigns",
    "channel": "channels",
    "chat": "chats",
    "contact": "contacts",
    "contact_list": "contact_lists",
    "credential": "credentials",
    "pipeline": "pipelines",
    "pipeline_status": "pipeline_statuses",
    "project": "projects",
    "sequence": "sequences",
    "session": "sessions",
    "webhook_subscription": "webhook_subscriptions",
}
"""The name under which a unit of work has the repository, by the resource of the aggregate."""


class UnitOfWork(unit_of_work.UnitOfWork):
    """``async with db.unit_of_work(tenant) as uow:`` load, decide, save, then ``await uow.commit()``."""

    async def save_all(self, *aggregates: *Aggregates) -> tuple[*Aggregates]:
        """Save any mix of versioned aggregates, none of them when one is stale.

        ``contact, session = await uow.save_all(contact, session)``. All are locked in one order, so that two
        units of work never wait for each other in a circle. Raises OptimisticLockErrors with all conflicts,
        else as the repositories' ``save``; see :func:`ventros.kernel.repository.save_all.save_all`.
        """
        return cast("tuple[*Aggregates]", tuple(await save_all.save_all(self, self._targets(aggregates))))

    async def add_all(self, *aggregates: *Aggregates) -> tuple[*Aggregates]:
        """Add any mix of new aggregates in the order given, so what is referred to comes first.

        Raises NotNew before anything is sent, else as the repositories' ``add``.
        """
        return cast("tuple[*Aggregates]", tuple(await save_all.add_all(self._targets(aggregates))))

    async def remove_all(self, *aggregates: object) -> None:
        """Remove any mix of versioned aggregates, none of them when one is stale; locks as ``save_all`` does.

        They are removed in the order given, so what refers comes first. Raises OptimisticLockErrors with all
        conflicts, else as the repositories' ``remove``.
        """
        await save_all.remove_all(self, self._targets(aggregates))

    def _targets(self, aggregates: Iterable[object]) -> list[tuple[Repository[Any], Any]]:
        return [(self.repository_of(aggregate), aggregate) for aggregate in aggregates]

    def repository_of(self, aggregate: object) -> Repository[Any]:
        """Raises UnitOfWorkError for what has no version."""
        resource = aggregate.resource if isinstance(aggregate, Entity) else type(aggregate).__name__
        if resource not in REPOSITORIES:
            raise UnitOfWorkError(f"{resource} is no aggregate with a version")
        return cast("Repository[Any]", getattr(self, REPOSITORIES[resource]))

    @cached_property
    def broadcasts(self) -> BroadcastRepository:
        return BroadcastRepository(self)

    @cached_property
    def campaigns(self) -> CampaignRepository:
        return CampaignRepository(self)

    @cached_property
    def sequences(self) -> SequenceRepository:
        return SequenceRepository(self)

    @cached_property
    def billing_accounts(self) -> BillingAccountRepository:
        return BillingAccountRepository(self)

    @cached_property
    def projects(self) -> ProjectRepository:
        return ProjectRepository(self)

    @cached_property
    def agents(self) -> AgentRepository:
        return AgentRepository(self)

    @cached_property
    def channels(self) -> ChannelRepository:
        return ChannelRepository(self)

    @cached_property
    def chats(self) -> ChatRepository:
        return ChatRepository(self)

    @cached_property
    def contact_custom_fields(self) -> ContactCustomFields:
        return ContactCustomFields(self)

    @cached_property
    def contact_identities(self) -> ContactIdentities:
        return ContactIdentities(self)

    @cached_property
    def contact_lists(self) -> ContactListRepository:
        return ContactListRepository(self)

    @cached_property
    def contacts(self) -> ContactRepository:
        return ContactRepository(self)

    @cached_property
    def credentials(self) -> CredentialRepository:
        return CredentialRepository(self)

    @cached_property
    def messages(self) -> MessageRepository:
        return MessageRepository(self)

    @cached_property
    def pipeline_statuses(self) -> PipelineStatusRepository:
        return PipelineStatusRepository(self)

    @cached_property
    def placements(self) -> PlacementRepository:
        return PlacementRepository(self)

    @cached_property
    def pipelines(self) -> PipelineRepository:
        return PipelineRepository(self)

    @cached_property
    def sessions(self) -> SessionRepository:
        return SessionRepository(self)

    @cached_property
    def webhook_subscriptions(self) -> WebhookSubscriptionRepository:
        return WebhookSubscriptionRepository(self)


@asynccontextmanager
async def connect(
    dsn: str | None = None, settings: Settings | None = None, telemetry: Telemetry = NO_TELEMETRY
) -> AsyncIterator[Database[UnitOfWork]]:
    """The database, for the time of an ``async with`` block.

    ``dsn``, else VENTROS_DATABASE_URL, else DATABASE_URL, else libpq's PG* variables. Raises
    ConfigurationError when none is set, ServerUnreachable when the server cannot be reached. To hold the
    database longer than a block: ``await Database.open(UnitOfWork, dsn)``, and ``close()`` it.
    """
    database = await Database.open(UnitOfWork, dsn, settings, telemetry)
    try:
        yield database
    finally:
        await database.close()
