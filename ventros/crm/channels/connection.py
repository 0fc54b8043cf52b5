"""Whether a channel can take messages: its status, and the commands that move it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import attrs

from ventros.crm.channels.events import (
    ChannelActivated,
    ChannelActivationFailed,
    ChannelActivationRequested,
    ChannelDeactivated,
)
from ventros.crm.channels.state import ChannelState
from ventros.crm.channels.values import ChannelStatus
from ventros.kernel.errors import InvariantViolation

_STARTABLE = frozenset({ChannelStatus.INACTIVE, ChannelStatus.ERROR, ChannelStatus.DISCONNECTED})
_CONNECTABLE = _STARTABLE | {ChannelStatus.ACTIVATING}


@attrs.frozen(kw_only=True)
class ChannelConnection(ChannelState):
    """A command that would lead to the status that the channel has changes nothing::

    inactive, error, disconnected              -> activating   request_activation
    inactive, error, disconnected, activating  -> connecting   set_connecting
    every other                                -> active       activate
    activating                                 -> inactive     fail_activation
    every other                                -> inactive     deactivate
    any                                        -> error        set_error
    """

    def request_activation(self, *, now: datetime) -> Self:
        """Raises InvariantViolation when the channel is active or connecting."""
        if self.status is ChannelStatus.ACTIVATING:
            return self
        self._require(_STARTABLE, "request activation")
        requested = ChannelActivationRequested(
            **self._fact(now), channel_type=self.type.value, requested_at=now
        )
        return self._changed(now, requested, status=ChannelStatus.ACTIVATING)

    def activate(self, *, now: datetime) -> Self:
        """From every status."""
        if self.status is ChannelStatus.ACTIVE:
            return self
        activated = ChannelActivated(**self._fact(now), activated_at=now)
        return self._changed(now, activated, status=ChannelStatus.ACTIVE)

    def fail_activation(self, reason: str, *, now: datetime) -> Self:
        """Raises InvariantViolation unless the channel is activating."""
        self._require(frozenset({ChannelStatus.ACTIVATING}), "fail to activate")
        return self._changed(
            now,
            ChannelActivationFailed(**self._fact(now), reason=reason, failed_at=now),
            status=ChannelStatus.INACTIVE,
            last_error=reason,
            last_error_at=now,
        )

    def deactivate(self, *, now: datetime) -> Self:
        """From every status."""
        if self.status is ChannelStatus.INACTIVE:
            return self
        deactivated = ChannelDeactivated(**self._fact(now), deactivated_at=now)
        return self._changed(now, deactivated, status=ChannelStatus.INACTIVE)

    def set_connecting(self, *, now: datetime) -> Self:
        """Raises InvariantViolation when the channel is active."""
        if self.status is not ChannelStatus.CONNECTING:
            self._require(_CONNECTABLE, "connect")
        return self._updated(now, status=ChannelStatus.CONNECTING)

    def set_error(self, message: str, *, now: datetime) -> Self:
        """From every status. The last error stays on record when the channel is active again."""
        return self._updated(now, status=ChannelStatus.ERROR, last_error=message, last_error_at=now)

    def _require(self, allowed: frozenset[ChannelStatus], command: str) -> None:
        if self.status not in allowed:
            raise InvariantViolation(f"cannot {command}: channel {self.id} is {self.status}")
