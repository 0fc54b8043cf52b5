"""What a broadcast and its counters are made of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel.enums import ValidatedEnum


class BroadcastStatus(ValidatedEnum, field="status"):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ExecutionStatus(ValidatedEnum, field="status"):
    """How far a broadcast has come with one contact: see :class:`BroadcastExecution`."""

    PENDING = "pending"
    SENDING = "sending"
    """The message is stored, to be sent, and the platform has not answered."""
    SENT = "sent"
    """The platform took the message; whether it was delivered is said by the message."""
    FAILED = "failed"
    SKIPPED = "skipped"


@attrs.frozen(kw_only=True)
class BroadcastExecution:
    """What became of a broadcast for one contact. ``error`` is why it failed or was skipped."""

    contact_id: UUID
    status: ExecutionStatus
    message_id: UUID | None
    error: str | None
    queued_at: datetime | None
    sent_at: datetime | None
    created_at: datetime
    updated_at: datetime


@attrs.frozen(kw_only=True)
class ClaimedContact:
    """Whose turn it is. ``skipped_because`` is why no message can be sent; None when one can."""

    id: UUID
    name: str
    skipped_because: str | None


@attrs.frozen(kw_only=True)
class BroadcastCounters:
    """Kept beside the broadcast: see :meth:`BroadcastRepository.counting`."""

    total_contacts: int
    sent_count: int
    failed_count: int
    skipped_count: int

    @property
    def pending_count(self) -> int:
        """Those whose message the platform has not answered yet: derived, so the sum always holds."""
        return self.total_contacts - self.sent_count - self.failed_count - self.skipped_count

    @property
    def progress(self) -> float:
        """Per cent of the contacts that are done with, skipped ones included; 0 when there are none."""
        done = self.total_contacts - self.pending_count
        return 100 * done / self.total_contacts if self.total_contacts else 0.0
