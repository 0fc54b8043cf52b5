"""Broadcast: one message to everybody on a contact list."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

import attrs

from ventros.automation.broadcasts.events import (
    BroadcastCancelled,
    BroadcastCompleted,
    BroadcastCreated,
    BroadcastFailed,
    BroadcastScheduled,
    BroadcastStarted,
    BroadcastUpdated,
)
from ventros.automation.broadcasts.values import BroadcastCounters, BroadcastStatus
from ventros.automation.status import Automation
from ventros.automation.templates import require_sendable
from ventros.automation.values import MessageTemplate, not_negative, require_not_past
from ventros.kernel import validators
from ventros.kernel.errors import InvariantViolation, ValidationError

DRAFT, SCHEDULED, RUNNING = BroadcastStatus.DRAFT, BroadcastStatus.SCHEDULED, BroadcastStatus.RUNNING
COMPLETED, FAILED, CANCELLED = BroadcastStatus.COMPLETED, BroadcastStatus.FAILED, BroadcastStatus.CANCELLED


@attrs.frozen(kw_only=True, slots=False)
class Broadcast(Automation):
    """Its messages are counted beside it: see :meth:`BroadcastRepository.counters`.

    ``rate_limit`` is in messages a minute, 0 for none. A draft may be without a ``channel_id``; nothing is
    scheduled or started without it. Only a draft or a cancelled one may be removed.

    Stricter than the older system: only a running broadcast fails, for a reason that is kept; completed,
    failed and cancelled are final, and the rate limit of such a one does not change.
    """

    resource = "broadcast"
    created_event = BroadcastCreated
    updated_event = BroadcastUpdated

    list_id: UUID = attrs.field(validator=validators.not_nil)
    channel_id: UUID | None = attrs.field(
        default=None, validator=attrs.validators.optional(validators.not_nil)
    )
    message_template: MessageTemplate
    status: BroadcastStatus = DRAFT
    scheduled_for: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    started_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    completed_at: datetime | None = attrs.field(default=None, validator=validators.aware_or_none)
    failure_reason: str | None = None
    rate_limit: int = attrs.field(default=0, validator=not_negative)

    @classmethod
    def create(
        cls,
        *,
        tenant_id: str,
        name: str,
        list_id: UUID,
        message_template: MessageTemplate,
        now: datetime,
        channel_id: UUID | None = None,
        rate_limit: int = 0,
    ) -> Self:
        """A draft, version 1. Raises ValidationError for a nil or empty argument or a negative limit."""
        broadcast = cls(
            tenant_id=tenant_id,
            name=name,
            list_id=list_id,
            channel_id=channel_id,
            message_template=message_template,
            rate_limit=rate_limit,
            created_at=now,
            updated_at=now,
        )
        return broadcast.record_creation(BroadcastCreated())

    def is_ready_to_start(self, at: datetime) -> bool:
        """Whether its scheduled time has come."""
        return self.status is SCHEDULED and self.scheduled_for is not None and self.scheduled_for <= at

    def schedule(self, when: datetime, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft with a channel, ValidationError for a time in the
        past or a template that cannot be sent.
        """
        self._require("schedule", DRAFT)
        self._require_sendable()
        require_not_past(when, now=now, field="scheduled_for")
        scheduled = BroadcastScheduled(scheduled_for=when)
        return self.record_change(now, scheduled, status=SCHEDULED, scheduled_for=when)

    def start(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft or scheduled and has a channel, ValidationError for
        a template that cannot be sent.
        """
        self._require("start", DRAFT, SCHEDULED)
        self._require_sendable()
        return self.record_change(now, BroadcastStarted(), status=RUNNING, started_at=now)

    def complete(self, counters: BroadcastCounters, *, now: datetime) -> Self:
        """``counters`` as read in the same unit of work: the event tells them.

        Raises InvariantViolation unless it is running.
        """
        self._require("complete", RUNNING)
        completed = BroadcastCompleted(total_sent=counters.sent_count, total_failed=counters.failed_count)
        return self.record_change(now, completed, status=COMPLETED, completed_at=now)

    def cancel(self, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft, scheduled or running."""
        self._require("cancel", DRAFT, SCHEDULED, RUNNING)
        return self.record_change(now, BroadcastCancelled(), status=CANCELLED)

    def fail(self, reason: str, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is running, ValidationError when ``reason`` is empty."""
        self._require("fail", RUNNING)
        if not reason:
            raise ValidationError("reason must not be empty", field="reason")
        failed = BroadcastFailed(reason=reason)
        return self.record_change(now, failed, status=FAILED, failure_reason=reason)

    def rename(self, name: str, *, now: datetime) -> Self:
        """Raises ValidationError when ``name`` is empty, InvariantViolation unless it is a draft."""
        self._require("rename", DRAFT)
        return self.record_update(now, name=name)

    def set_channel(self, channel_id: UUID, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft, ValidationError for a nil id."""
        self._require("set the channel", DRAFT)
        return self.record_update(now, channel_id=channel_id)

    def set_message_template(self, message_template: MessageTemplate, *, now: datetime) -> Self:
        """Raises InvariantViolation unless it is a draft."""
        self._require("set the message template", DRAFT)
        return self.record_update(now, message_template=message_template)

    def set_rate_limit(self, rate_limit: int, *, now: datetime) -> Self:
        """Raises ValidationError when it is negative, InvariantViolation when the broadcast is over."""
        self._require("set the rate limit", DRAFT, SCHEDULED, RUNNING)
        return self.record_update(now, rate_limit=rate_limit)

    def require_removable(self) -> None:
        """Raises InvariantViolation unless it is a draft or cancelled."""
        self._require("remove", DRAFT, CANCELLED)

    def require_running(self) -> None:
        """Raises InvariantViolation unless it is running."""
        self._require("send", RUNNING)

    def channel_required(self) -> UUID:
        """That by which it goes. Raises InvariantViolation when it has none."""
        if self.channel_id is None:
            raise InvariantViolation(
                f"broadcast {self.id} has no channel by which it could be sent; set_channel() first"
            )
        return self.channel_id

    def _require_sendable(self) -> None:
        self.channel_required()
        require_sendable(self.message_template)
