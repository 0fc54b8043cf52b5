"""A project gets a channel, whole in its first save: the way to the platform, settings and webhook."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import PlatformConfig
from ventros.crm.channels.values import ChannelType
from ventros.kernel import validators
from ventros.kernel.encryption import Encryptor
from ventros.kernel.errors import InvariantViolation, NotFound, ValidationError
from ventros.unit_of_work import UnitOfWork


@attrs.frozen(kw_only=True)
class CreateChannel:
    """``created_at`` is the one clock of all that follows.

    A ``config`` takes an ``encryptor`` for its keys, and gives the ``external_id``, which may be given
    without one. ``webhook_base`` is where the service takes the platform's events,
    ``https://crm.example/webhook``; the channel's own ``webhook_id`` is put behind it.
    ``debounce_timeout_ms`` is left out for the default.

    Raises ValidationError for a nil id, and for a debounce time above 0 without AI agents, who alone wait
    for it.
    """

    project_id: UUID = attrs.field(validator=validators.not_nil)
    name: str
    type: ChannelType = attrs.field(converter=ChannelType)
    config: PlatformConfig | None = None
    external_id: str | None = None
    encryptor: Encryptor | None = None
    webhook_base: str | None = None
    pipeline_id: UUID | None = None
    session_timeout_minutes: int | None = None
    ai_enabled: bool = False
    ai_agents_enabled: bool = False
    debounce_timeout_ms: int | None = None
    allow_groups: bool = False
    tracking_enabled: bool = False
    created_at: datetime = attrs.field(validator=validators.aware)

    def __attrs_post_init__(self) -> None:
        require_agents_who_wait(self.debounce_timeout_ms, agents=self.ai_agents_enabled)


async def create_channel(uow: UnitOfWork, command: CreateChannel) -> Channel:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    The channel is its project's owner's, and inactive, or connecting where the service makes the session:
    what is done at the platform is done afterwards, by whoever is told of ``channel.created``. Project and
    pipeline are held, so that neither is deleted, and the project not suspended, before the channel is
    stored.

    Raises NotFound for the project or the pipeline, InvariantViolation for a suspended project, the config
    of another type or a webhook of a channel that is not WAHA's, AlreadyExists when another channel of the
    tenant has its id on the platform, ValidationError for what a channel cannot be.
    """
    now = command.created_at
    project = await uow.projects.get(command.project_id, lock="share")
    if project.suspended:
        raise InvariantViolation(
            f"project {project.id} is suspended, as its billing account is: it gets no channel"
        )
    channel = Channel.create(
        user_id=project.customer_id,
        project_id=project.id,
        tenant_id=uow.tenant,
        name=command.name,
        type=command.type,
        config=command.config,
        external_id=command.external_id,
        encryptor=command.encryptor,
        now=now,
    )
    if command.webhook_base is not None:
        channel = channel.set_webhook(f"{command.webhook_base.rstrip('/')}/{channel.webhook_id}", now=now)
    if command.pipeline_id is not None:
        await hold_pipeline(uow, project.id, command.pipeline_id)
        channel = channel.set_pipeline(command.pipeline_id, now=now)
    if command.debounce_timeout_ms is not None:
        channel = channel.set_debounce_timeout(command.debounce_timeout_ms, now=now)
    if command.allow_groups:
        channel = channel.enable_groups(now=now)
    if command.tracking_enabled:
        channel = channel.enable_tracking(now=now)
    channel = channel.set_session_timeout(command.session_timeout_minutes, now=now).set_ai(
        enabled=command.ai_enabled, agents_enabled=command.ai_agents_enabled, now=now
    )
    return await uow.channels.add(channel)


async def hold_pipeline(uow: UnitOfWork, project_id: UUID, pipeline_id: UUID) -> None:
    """Until the transaction ends it is not deleted. Raises NotFound for one that is not the project's."""
    pipeline = await uow.pipelines.get(pipeline_id, lock="share")
    if pipeline.project_id != project_id:
        raise NotFound("pipeline", pipeline_id)


def require_agents_who_wait(debounce_timeout_ms: int | None, *, agents: bool) -> None:
    """Raises ValidationError for a debounce time that nobody waits for."""
    if debounce_timeout_ms and not agents:
        raise ValidationError(
            "debounce_timeout_ms needs ai_agents_enabled: only AI agents wait for more messages",
            field="debounce_timeout_ms",
        )
