"""A customer begins: its owner, who pays, its project and its first channel, in one transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.application.projects.beginning import begin_tenant
from ventros.core.billing_accounts.aggregate import BillingAccount
from ventros.core.projects.aggregate import Project
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import PlatformConfig
from ventros.crm.channels.values import ChannelType
from ventros.kernel import validators
from ventros.kernel.encryption import Encryptor
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class OnboardTenant:
    """Tenant and owner are the unit's, the owner its ``user=``. ``owner_email`` is for one who is to be made.

    ``name`` is the project's and the billing account's. ``onboarded_at`` is the one clock of all that
    follows. A ``channel_config`` takes an ``encryptor`` for its keys; without one the channel's id on the
    platform may be given as ``channel_external_id``. Raises ValidationError for an empty email.
    """

    name: str
    owner_email: str | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_empty)
    )
    billing_email: str
    channel_name: str
    channel_type: ChannelType
    channel_config: PlatformConfig | None = None
    channel_external_id: str | None = None
    encryptor: Encryptor | None = None
    onboarded_at: datetime = attrs.field(validator=validators.aware)


@attrs.frozen(kw_only=True)
class OnboardedTenant:
    """What was made, as it is stored. ``user_id`` is the owner's, whether new or not."""

    user_id: UUID
    billing_account: BillingAccount
    project: Project
    channel: Channel


async def onboard_tenant(uow: UnitOfWork, command: OnboardTenant) -> OnboardedTenant:
    """To be run by :meth:`ventros.kernel.database.Database.run`, in a unit of the new tenant and its owner.

    The billing account is new and pending: whether it may have more projects is asked when there is a second
    one. The channel is active.

    A tenant is onboarded once. Raises AlreadyExists when the tenant has a project, a deleted one included;
    what is there is not returned, since it may be another customer's, who took the name first. A caller that
    may ask twice gives ``db.run`` a ``command_id``. AlreadyExists, too, when the email of a new owner or the
    channel's id on its platform is taken; ReferenceNotFound when the owner is not there and has no
    ``owner_email``; TenancyViolation when the unit has no user; ValidationError for an empty argument.
    """
    now = command.onboarded_at
    begun = await begin_tenant(
        uow,
        name=command.name,
        owner_email=command.owner_email,
        billing_email=command.billing_email,
        now=now,
    )
    user_id, project = begun.project.customer_id, begun.project
    channel = Channel.create(
        user_id=user_id,
        project_id=project.id,
        tenant_id=uow.tenant,
        name=command.channel_name,
        type=command.channel_type,
        config=command.channel_config,
        external_id=command.channel_external_id,
        encryptor=command.encryptor,
        now=now,
    )
    account, project, channel = await uow.add_all(begun.account, project, channel.activate(now=now))
    return OnboardedTenant(user_id=user_id, billing_account=account, project=project, channel=channel)
