"""The unit of work of this application: the kernel's, with a repository for each aggregate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from ventros.automation.broadcasts.repository import BroadcastRepository
from ventros.automation.campaign_enrollments.repository import CampaignEnrollmentRepository
from ventros.automation.campaigns.repository import CampaignRepository
from ventros.automation.sequence_enrollments.repository import SequenceEnrollmentRepository
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
from ventros.crm.messages.sends import MessageSends
from ventros.crm.pipeline_statuses.repository import PipelineStatusRepository
from ventros.crm.pipelines.placement_repository import PlacementRepository
from ventros.crm.pipelines.repository import PipelineRepository
from ventros.crm.sessions.repository import SessionRepository
from ventros.crm.webhook_subscriptions.repository import WebhookSubscriptionRepository
from ventros.kernel.application import KERNEL, Application
from ventros.kernel.connection.settings import Settings
from ventros.kernel.database import Database
from ventros.kernel.resources import directory
from ventros.kernel.telemetry import NO_TELEMETRY, Telemetry
from ventros.kernel.transaction import unit_of_work
from ventros.kernel.transaction.held import Held
from ventros.statements import statement


class UnitOfWork(unit_of_work.UnitOfWork):
    """``async with db.unit_of_work(tenant) as uow:`` load, decide, save, then ``await uow.commit()``."""

    broadcasts = Held(BroadcastRepository)
    campaign_enrollments = Held(CampaignEnrollmentRepository)
    campaigns = Held(CampaignRepository)
    sequence_enrollments = Held(SequenceEnrollmentRepository)
    sequences = Held(SequenceRepository)
    billing_accounts = Held(BillingAccountRepository)
    projects = Held(ProjectRepository)
    agents = Held(AgentRepository)
    channels = Held(ChannelRepository)
    chats = Held(ChatRepository)
    contact_custom_fields = Held(ContactCustomFields)
    contact_identities = Held(ContactIdentities)
    contact_lists = Held(ContactListRepository)
    contacts = Held(ContactRepository)
    credentials = Held(CredentialRepository)
    message_sends = Held(MessageSends)
    messages = Held(MessageRepository)
    pipeline_statuses = Held(PipelineStatusRepository)
    placements = Held(PlacementRepository)
    pipelines = Held(PipelineRepository)
    sessions = Held(SessionRepository)
    webhook_subscriptions = Held(WebhookSubscriptionRepository)


CRM: Final = Application(
    name="crm",
    statements=statement,
    migrations=directory("migrations"),
    unit_of_work=UnitOfWork,
    stands_on=(KERNEL,),
)


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
