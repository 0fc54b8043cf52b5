"""Channel: a connection to a messaging platform, through which messages come and go."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

import attrs

from ventros.crm.channels.configs import (
    PlatformConfig,
    WahaImportStrategy,
    WahaSessionStatus,
    own_session_id,
)
from ventros.crm.channels.events import (
    ChannelActivated,
    ChannelActivationFailed,
    ChannelActivationRequested,
    ChannelCreated,
    ChannelDeactivated,
    ChannelDeleted,
    ChannelPipelineAssociated,
    ChannelPipelineDisassociated,
    ChannelResumed,
    ChannelSuspended,
)
from ventros.crm.channels.history_import import ChannelHistoryImport
from ventros.crm.channels.platform import ChannelPlatform
from ventros.crm.channels.values import ChannelStatus, ChannelType, ConnectionMode
from ventros.kernel.encryption import Encryptor
from ventros.kernel.errors import InvariantViolation, ValidationError

_STARTABLE = frozenset({ChannelStatus.INACTIVE, ChannelStatus.ERROR, ChannelStatus.DISCONNECTED})
_CONNECTABLE = _STARTABLE | {ChannelStatus.ACTIVATING}


@attrs.frozen(kw_only=True, slots=False)
class Channel(ChannelPlatform, ChannelHistoryImport):
    """What it counts is kept beside it: see :meth:`ChannelRepository.count_received`.

    Its fields stand in ``state.py``, the commands of its config in ``platform.py``, those of its import in
    ``history_import.py``, all others here. Owner, project, type, ``webhook_id`` (the path of its inbound
    webhook) and time of creation never change. ``external_id`` is its id on the platform, no two channels
    of one platform share it. The keys to its platform are encrypted, in ``secrets``, and gone when it is
    deleted.

    A command that would lead to the status that the channel has changes nothing::

        inactive, error, disconnected              -> activating   request_activation
        inactive, error, disconnected, activating  -> connecting   set_connecting
        every other                                -> active       activate
        activating                                 -> inactive     fail_activation
        every other                                -> inactive     deactivate
        any                                        -> error        set_error
        every other                                -> suspended    suspend
        suspended                                  -> what it was  resume

    A suspended channel is one of a suspended project. It takes no other status until it is resumed, whatever
    its platform tells.

    Stricter than the older system: no nil owner, project, pipeline or agent, ``channel.created`` tells the
    ``external_id``, a WhatsApp Business channel has its ``external_id`` from the start, a status follows
    only those that it may follow, both kinds of WAHA channel follow the status of their session, and no
    command works on a deleted channel.
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
        config: PlatformConfig | None = None,
        external_id: str | None = None,
        encryptor: Encryptor | None = None,
        now: datetime,
    ) -> Self:
        """A new, inactive channel, version 1. Its ``config`` gives its ``external_id``; both may come later.

        With a config ``encryptor`` encrypts its keys; ``external_id`` is for a channel that has none yet.

        One of type whatsapp_business is connecting: the service makes a session, named ``channel-<id>``, on
        a WAHA server of its own. Raises ValidationError for a nil or empty argument or an unknown type,
        InvariantViolation for the config of another type or session.
        """
        if config is not None and (encryptor is None or external_id is not None):
            raise ValidationError("a config takes an encryptor, and gives the external_id", field="config")
        channel = cls(
            external_id=external_id,
            tenant_id=tenant_id,
            user_id=user_id,
            project_id=project_id,
            name=name,
            type=type,
            created_at=now,
            updated_at=now,
        )
        if channel.type is ChannelType.WHATSAPP_BUSINESS:
            session_id = own_session_id(channel.id)
            channel = attrs.evolve(
                channel,
                status=ChannelStatus.CONNECTING,
                external_id=session_id,
                config={"session_id": session_id, "import_strategy": WahaImportStrategy.NONE.value},
                connection_mode=ConnectionMode.AUTO,
            )
        if config is not None and encryptor is not None:
            channel = attrs.evolve(channel, **channel._platform_fields(config, encryptor))
        return channel.record_creation(ChannelCreated())

    def rename(self, name: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty."""
        return self.record_update(now, name=name)

    def request_activation(self, *, now: datetime) -> Self:
        """Raises InvariantViolation when the channel is active or connecting."""
        if self.status is ChannelStatus.ACTIVATING:
            return self
        self._require(_STARTABLE, "request activation")
        return self.record_change(now, ChannelActivationRequested(), status=ChannelStatus.ACTIVATING)

    def activate(self, *, now: datetime) -> Self:
        """Raises InvariantViolation when it is suspended; so do deactivate and set_error."""
        if self.status is ChannelStatus.ACTIVE:
            return self
        self._require_not_suspended("activate")
        return self.record_change(now, ChannelActivated(), status=ChannelStatus.ACTIVE)

    def fail_activation(self, reason: str, *, now: datetime) -> Self:
        """Raises InvariantViolation unless the channel is activating."""
        self._require(frozenset({ChannelStatus.ACTIVATING}), "fail to activate")
        return self.record_change(
            now,
            ChannelActivationFailed(reason=reason),
            status=ChannelStatus.INACTIVE,
            last_error=reason,
            last_error_at=now,
        )

    def answer_activation(self, *, failure: str | None = None, now: datetime) -> Self:
        """What came of a request: it is active, or inactive with ``failure`` as its last error.

        An answer that nobody waits for any more, or that comes twice, changes nothing.
        """
        if self.status is not ChannelStatus.ACTIVATING:
            return self
        return self.activate(now=now) if failure is None else self.fail_activation(failure, now=now)

    def deactivate(self, *, now: datetime) -> Self:
        if self.status is ChannelStatus.INACTIVE:
            return self
        self._require_not_suspended("deactivate")
        return self.record_change(now, ChannelDeactivated(), status=ChannelStatus.INACTIVE)

    def set_connecting(self, *, now: datetime) -> Self:
        """Raises InvariantViolation when the channel is active."""
        if self.status is not ChannelStatus.CONNECTING:
            self._require(_CONNECTABLE, "connect")
        return self.record_update(now, status=ChannelStatus.CONNECTING)

    def set_error(self, message: str, *, now: datetime) -> Self:
        """The last error stays on record when the channel is active again."""
        self._require_not_suspended("set an error")
        return self.record_update(now, status=ChannelStatus.ERROR, last_error=message, last_error_at=now)

    def set_session_status(self, status: WahaSessionStatus, *, now: datetime) -> Self:
        """WORKING activates the channel, FAILED and STOPPED deactivate it; only WAHA has sessions.

        Of a suspended channel it is recorded, and changes nothing else.
        """
        if not self.type.is_waha_based:
            return self
        known = WahaSessionStatus(status)
        channel = self._configured(now, session_status=known.value)
        if channel.status is ChannelStatus.SUSPENDED:
            return channel
        if known is WahaSessionStatus.WORKING:
            return channel.activate(now=now)
        if known in {WahaSessionStatus.FAILED, WahaSessionStatus.STOPPED}:
            return channel.deactivate(now=now)
        return channel

    def suspend(self, *, now: datetime) -> Self:
        """For the time that its project is suspended."""
        if self.status is ChannelStatus.SUSPENDED:
            return self
        return self.record_change(
            now,
            ChannelSuspended(status=self.status.value),
            status=ChannelStatus.SUSPENDED,
            suspended_from=self.status,
        )

    def resume(self, *, now: datetime) -> Self:
        """It has again the status that it had; changes nothing of one that is not suspended."""
        if self.suspended_from is None:
            return self
        return self.record_change(
            now,
            ChannelResumed(status=self.suspended_from.value),
            status=self.suspended_from,
            suspended_from=None,
        )

    def _require_not_suspended(self, command: str) -> None:
        if self.status is ChannelStatus.SUSPENDED:
            raise InvariantViolation(
                f"cannot {command}: channel {self.id} is suspended, as its billing account is"
            )

    def _require(self, allowed: frozenset[ChannelStatus], command: str) -> None:
        if self.status not in allowed:
            raise InvariantViolation(f"cannot {command}: channel {self.id} is {self.status}")

    def set_pipeline(self, pipeline_id: UUID, *, now: datetime) -> Self:
        """Sessions of this channel start in it. Raises ValidationError for the nil UUID."""
        if pipeline_id == self.pipeline_id:
            return self
        return self.record_change(
            now, ChannelPipelineAssociated(pipeline_id=pipeline_id), pipeline_id=pipeline_id
        )

    def clear_pipeline(self, *, now: datetime) -> Self:
        if self.pipeline_id is None:
            return self
        return self.record_change(now, ChannelPipelineDisassociated(), pipeline_id=None)

    def set_session_timeout(self, minutes: int | None, *, now: datetime) -> Self:
        """None is the project's. Raises ValidationError unless it is from 1 to 1440."""
        return self.record_update(now, session_timeout_minutes=minutes)

    def set_debounce_timeout(self, milliseconds: int, *, now: datetime) -> Self:
        """0 is the default, 15 s. Raises ValidationError unless it is from 0 to 300,000."""
        return self.record_update(now, debounce_timeout_ms=milliseconds)

    def enable_groups(self, *, now: datetime) -> Self:
        return self.record_update(now, allow_groups=True)

    def disable_groups(self, *, now: datetime) -> Self:
        return self.record_update(now, allow_groups=False)

    def enable_tracking(self, *, now: datetime) -> Self:
        return self.record_update(now, tracking_enabled=True)

    def disable_tracking(self, *, now: datetime) -> Self:
        return self.record_update(now, tracking_enabled=False)

    def set_ai(self, *, enabled: bool, agents_enabled: bool, now: datetime) -> Self:
        """Raises ValidationError for agents without AI."""
        return self.record_update(now, ai_enabled=enabled, ai_agents_enabled=agents_enabled)

    def delete(self, *, now: datetime) -> Self:
        """Terminal: its ``external_id`` is free again, its keys are gone.

        Raises InvariantViolation when it is deleted.
        """
        return self.record_change(now, ChannelDeleted(), deleted_at=now, secrets=None)
