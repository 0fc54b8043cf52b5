"""What a broadcast and its counters are made of."""

from __future__ import annotations

import attrs

from ventros.kernel.enums import ValidatedEnum


class BroadcastStatus(ValidatedEnum, field="status"):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


@attrs.frozen(kw_only=True)
class BroadcastCounters:
    """Kept beside the broadcast: see :meth:`BroadcastRepository.count_contacts`."""

    total_contacts: int
    sent_count: int
    failed_count: int
    skipped_count: int

    @property
    def pending_count(self) -> int:
        """Those whose message is yet to come: derived, so the sum always holds."""
        return self.total_contacts - self.sent_count - self.failed_count - self.skipped_count

    @property
    def progress(self) -> float:
        """Per cent of the contacts that are done with, skipped ones included; 0 when there are none."""
        done = self.total_contacts - self.pending_count
        return 100 * done / self.total_contacts if self.total_contacts else 0.0
