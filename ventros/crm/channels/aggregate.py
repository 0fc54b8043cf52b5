"""Channel: a connection to a messaging platform, through which messages come and go."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

import attrs

from ventros.crm.channels.configs import (
    TelegramConfig,
    WahaConfig,
    WahaImportStrategy,
    WhatsAppConfig,
    own_session_id,
)
from ventros.crm.channels.events import (
    ChannelCreated,
    ChannelDeleted,
    ChannelPipelineAssociated,
    ChannelPipelineDisassociated,
)
from ventros.crm.channels.history_import import ChannelHistoryImport
from ventros.crm.channels.platform import ChannelPlatform
from ventros.crm.channels.values import ChannelStatus, ChannelType, ConnectionMode
from ventros.kernel.ids import new_id


@attrs.frozen(kw_only=True)
class Channel(ChannelPlatform, ChannelHistoryImport):
    """What it counts is kept beside it: see :meth:`ChannelRepository.count_received`.

    Its fields stand in ``state.py``; its commands in ``connection.py``, ``platform.py``,
    ``history_import.py`` and here. Owner, project, type, ``webhook_id`` (the path of its inbound webhook)
    and time of creation never change. ``external_id`` is its id on the platform, no two channels of one
    platform share it. ``config`` holds keys to the platform, so it is left out of the repr.

    Stricter than the older system: no nil owner, project, pipeline or agent, ``channel.created`` tells the
    ``external_id``, a WhatsApp Business channel has its ``external_id`` from the start, a status follows
    only those that it may follow, and no command works on a deleted channel.
    """

    @classmethod
    def create(
        cls,
        *,
        user_id: UUID,
        project_id: UUID,
        tenant_id: str,
        name: str,
        type: ChannelType,  # noqa: A002 - the field's name everywhere
        now: datetime,
    ) -> Self:
        """A new, inactive channel without a config, version 1.

        Raises ValidationError for a nil or empty argument or an unknown type.
        """
        return cls(
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            type=type,
            created_at=now,
            updated_at=now,
        )._announced()

    @classmethod
    def create_waha(
        cls, *, user_id: UUID, project_id: UUID, tenant_id: str, name: str, config: WahaConfig, now: datetime
    ) -> Self:
        """A session on a WAHA server of the user's own; its name is the ``external_id``."""
        return cls(
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            type=ChannelType.WAHA,
            external_id=config.session_id,
            config=config.as_dict(),
            connection_mode=ConnectionMode.MANUAL,
            created_at=now,
            updated_at=now,
        )._announced()

    @classmethod
    def create_whatsapp_business(
        cls, *, user_id: UUID, project_id: UUID, tenant_id: str, name: str, now: datetime
    ) -> Self:
        """Connecting: the service makes a session, named ``channel-<id>``, on a WAHA server of its own."""
        id_ = new_id()
        session_id = own_session_id(id_)
        return cls(
            id=id_,
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            type=ChannelType.WHATSAPP_BUSINESS,
            status=ChannelStatus.CONNECTING,
            external_id=session_id,
            config={"session_id": session_id, "import_strategy": WahaImportStrategy.NONE.value},
            connection_mode=ConnectionMode.AUTO,
            created_at=now,
            updated_at=now,
        )._announced()

    @classmethod
    def create_whatsapp(
        cls,
        *,
        user_id: UUID,
        project_id: UUID,
        tenant_id: str,
        name: str,
        config: WhatsAppConfig,
        now: datetime,
    ) -> Self:
        """A number of the WhatsApp Cloud API; its ``phone_number_id`` is the ``external_id``."""
        return cls(
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            type=ChannelType.WHATSAPP,
            external_id=config.phone_number_id,
            config=config.as_dict(),
            created_at=now,
            updated_at=now,
        )._announced()

    @classmethod
    def create_telegram(
        cls,
        *,
        user_id: UUID,
        project_id: UUID,
        tenant_id: str,
        name: str,
        config: TelegramConfig,
        now: datetime,
    ) -> Self:
        """A Telegram bot; its ``bot_id`` is the ``external_id``."""
        return cls(
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            type=ChannelType.TELEGRAM,
            external_id=config.bot_id,
            config=config.as_dict(),
            created_at=now,
            updated_at=now,
        )._announced()

    def rename(self, name: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty."""
        return self._updated(now, name=name)

    def associate_pipeline(self, pipeline_id: UUID, *, now: datetime) -> Self:
        """Sessions of this channel start in it. Raises ValidationError for the nil UUID."""
        if pipeline_id == self.pipeline_id:
            return self
        associated = ChannelPipelineAssociated(**self._fact(now), pipeline_id=pipeline_id, associated_at=now)
        return self._changed(now, associated, pipeline_id=pipeline_id)

    def disassociate_pipeline(self, *, now: datetime) -> Self:
        if self.pipeline_id is None:
            return self
        disassociated = ChannelPipelineDisassociated(
            **self._fact(now), pipeline_id=self.pipeline_id, disassociated_at=now
        )
        return self._changed(now, disassociated, pipeline_id=None)

    def set_session_timeout(self, minutes: int | None, *, now: datetime) -> Self:
        """None is the project's. Raises ValidationError unless it is from 1 to 1440."""
        return self._updated(now, session_timeout_minutes=minutes)

    def set_debounce_timeout(self, milliseconds: int, *, now: datetime) -> Self:
        """0 is the default, 15 s. Raises ValidationError unless it is from 0 to 300,000."""
        return self._updated(now, debounce_timeout_ms=milliseconds)

    def enable_groups(self, *, now: datetime) -> Self:
        return self._updated(now, allow_groups=True)

    def disable_groups(self, *, now: datetime) -> Self:
        return self._updated(now, allow_groups=False)

    def enable_tracking(self, *, now: datetime) -> Self:
        return self._updated(now, tracking_enabled=True)

    def disable_tracking(self, *, now: datetime) -> Self:
        return self._updated(now, tracking_enabled=False)

    def set_ai(self, *, enabled: bool, agents_enabled: bool, now: datetime) -> Self:
        """Raises ValidationError for agents without AI."""
        return self._updated(now, ai_enabled=enabled, ai_agents_enabled=agents_enabled)

    def delete(self, *, now: datetime) -> Self:
        """Terminal, and its ``external_id`` is free again. Raises InvariantViolation when it is deleted."""
        return self._changed(now, ChannelDeleted(**self._fact(now), deleted_at=now), deleted_at=now)

    def _announced(self) -> Self:
        """With its first event, made last, when all that the event tells is known."""
        created = ChannelCreated(
            occurred_at=self.created_at,
            channel_id=self.id,
            project_id=self.project_id,
            tenant_id=self.tenant_id,
            name=self.name,
            type=self.type.value,
            external_id=self.external_id,
            created_at=self.created_at,
        )
        return attrs.evolve(self, domain_events=(created,))
