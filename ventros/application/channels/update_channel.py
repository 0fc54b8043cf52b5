"""Several settings of a channel change at once, in one version of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs
from msgspec import UNSET, UnsetType

from ventros.application.channels.create_channel import hold_pipeline, require_agents_who_wait
from ventros.crm.channels.aggregate import Channel
from ventros.crm.channels.configs import PlatformConfig
from ventros.kernel import validators
from ventros.kernel.encryption import Encryptor
from ventros.kernel.errors import NotFound, ValidationError
from ventros.unit_of_work import UnitOfWork

_ABOUT = frozenset({"project_id", "channel_id", "encryptor", "updated_at"})


@attrs.frozen(kw_only=True)
class UpdateChannel:
    """What is left UNSET stays as it is; None takes the pipeline away, and the timeout back to the project's.

    ``updated_at`` is the one clock of all that follows. A ``config`` takes an ``encryptor``. Raises
    ValidationError for a nil id, and when all is left UNSET.
    """

    project_id: UUID = attrs.field(validator=validators.not_nil)
    channel_id: UUID = attrs.field(validator=validators.not_nil)
    name: str | UnsetType = UNSET
    config: PlatformConfig | UnsetType = UNSET
    encryptor: Encryptor | None = None
    pipeline_id: UUID | UnsetType | None = UNSET
    session_timeout_minutes: int | UnsetType | None = UNSET
    ai_enabled: bool | UnsetType = UNSET
    ai_agents_enabled: bool | UnsetType = UNSET
    debounce_timeout_ms: int | UnsetType = UNSET
    allow_groups: bool | UnsetType = UNSET
    tracking_enabled: bool | UnsetType = UNSET
    updated_at: datetime = attrs.field(validator=validators.aware)

    def __attrs_post_init__(self) -> None:
        given = attrs.asdict(self, recurse=False, filter=lambda field, _value: field.name not in _ABOUT)
        if all(value is UNSET for value in given.values()):
            raise ValidationError(f"nothing is to be changed: give one of {', '.join(given)}", field="name")
        if self.config is not UNSET and self.encryptor is None:
            raise ValidationError("a config takes an encryptor", field="encryptor")


async def update_channel(uow: UnitOfWork, command: UpdateChannel) -> Channel:
    """To be run by :meth:`ventros.kernel.database.Database.run`, which commits and retries conflicts.

    What the channel has already is not changed, and not told. A new pipeline is held, so that it is not
    deleted before the channel is stored.

    Raises NotFound for a channel or a pipeline that is not the project's, InvariantViolation for the config
    of another type, AlreadyExists when another channel of the tenant has the new id on the platform,
    ValidationError for what a channel cannot be, and for a new debounce time above 0 without AI agents.
    """
    pipeline_id = command.pipeline_id if isinstance(command.pipeline_id, UUID) else None
    channel = await uow.channels.get(command.channel_id, lock="no key update" if pipeline_id else None)
    if channel.project_id != command.project_id:
        raise NotFound("channel", command.channel_id)
    if pipeline_id is not None and pipeline_id != channel.pipeline_id:
        await hold_pipeline(uow, command.project_id, pipeline_id)
    return await uow.channels.save(_changed(channel, command))


def _changed(channel: Channel, command: UpdateChannel) -> Channel:
    now = command.updated_at
    if command.name is not UNSET:
        channel = channel.rename(command.name, now=now)
    if command.config is not UNSET and command.encryptor is not None:
        channel = channel.set_config(command.config, encryptor=command.encryptor, now=now)
    if command.pipeline_id is None:
        channel = channel.clear_pipeline(now=now)
    elif command.pipeline_id is not UNSET:
        channel = channel.set_pipeline(command.pipeline_id, now=now)
    if command.session_timeout_minutes is not UNSET:
        channel = channel.set_session_timeout(command.session_timeout_minutes, now=now)
    if command.allow_groups is not UNSET:
        channel = channel.enable_groups(now=now) if command.allow_groups else channel.disable_groups(now=now)
    if command.tracking_enabled is not UNSET:
        tracked = command.tracking_enabled
        channel = channel.enable_tracking(now=now) if tracked else channel.disable_tracking(now=now)
    return _handled_by_ai(channel, command)


def _handled_by_ai(channel: Channel, command: UpdateChannel) -> Channel:
    enabled, agents = (
        stays if given is UNSET else given
        for given, stays in (
            (command.ai_enabled, channel.ai_enabled),
            (command.ai_agents_enabled, channel.ai_agents_enabled),
        )
    )
    channel = channel.set_ai(enabled=enabled, agents_enabled=agents, now=command.updated_at)
    if command.debounce_timeout_ms is UNSET:
        return channel
    require_agents_who_wait(command.debounce_timeout_ms, agents=agents)
    return channel.set_debounce_timeout(command.debounce_timeout_ms, now=command.updated_at)
