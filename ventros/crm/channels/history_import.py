"""The import of messages that are older than the channel: requested, started, then completed or failed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

import attrs

from ventros.crm.channels.events import (
    ChannelHistoryImportCompleted,
    ChannelHistoryImportEnabled,
    ChannelHistoryImportFailed,
    ChannelHistoryImportRequested,
    ChannelHistoryImportStarted,
)
from ventros.crm.channels.state import ChannelState
from ventros.crm.channels.values import (
    ChannelStatus,
    HistoryImportStats,
    HistoryImportStatus,
    HistoryImportStrategy,
)
from ventros.kernel.errors import InvariantViolation, ValidationError

_IMPORTABLE = frozenset({ChannelStatus.ACTIVE, ChannelStatus.CONNECTING})
_ENDED = frozenset({HistoryImportStatus.COMPLETED, HistoryImportStatus.FAILED})


@attrs.frozen(kw_only=True, slots=False)
class ChannelHistoryImport(ChannelState):
    """Whoever carries out a request tells of its life with the request's ``correlation_id``: then what is of
    another request, or comes late or twice, changes nothing.

    Stricter than the older system: only an enabled import that is not running can be requested, only
    a running one completed or failed, and enabling it again leaves a running one alone.
    """

    @property
    def is_importing(self) -> bool:
        return self.history_import_status is HistoryImportStatus.IMPORTING

    @property
    def can_start_history_import(self) -> bool:
        return self.history_import_enabled and not self.is_importing

    def history_import_from(self, now: datetime) -> datetime | None:
        """From when on messages are wanted: since the last import, but no more than the limit of days."""
        if self.history_import_max_days is None:
            return self.last_import_date
        limit = now - timedelta(days=self.history_import_max_days)
        return limit if self.last_import_date is None else max(limit, self.last_import_date)

    def enable_history_import(
        self,
        agent_id: UUID,
        *,
        max_days: int | None = None,
        max_messages_per_chat: int | None = None,
        now: datetime,
    ) -> Self:
        """``agent_id`` gets what is imported; a limit that is None is none.

        Raises InvariantViolation unless the channel is active or connecting, ValidationError for the nil
        id or a limit below 1.
        """
        if self.status not in _IMPORTABLE:
            raise InvariantViolation(f"cannot import history: channel {self.id} is {self.status}")
        changes: dict[str, Any] = {
            "history_import_enabled": True,
            "default_agent_id": agent_id,
            "history_import_max_days": max_days,
            "history_import_max_messages_per_chat": max_messages_per_chat,
        }
        if all(getattr(self, field) == value for field, value in changes.items()):
            return self
        if self.history_import_status in _ENDED:  # or a late word of that one would start it again
            changes["history_import_status"] = HistoryImportStatus.IDLE
            changes["history_import_correlation_id"] = None
        return self.record_change(now, ChannelHistoryImportEnabled(agent_id=agent_id), **changes)

    def disable_history_import(self, *, now: datetime) -> Self:
        """A running import may still be completed or failed."""
        return self.record_update(now, history_import_enabled=False)

    def set_history_import_limits(
        self, *, max_days: int | None, max_messages_per_chat: int | None, now: datetime
    ) -> Self:
        """None is without limit. Raises ValidationError for a limit below 1."""
        return self.record_update(
            now, history_import_max_days=max_days, history_import_max_messages_per_chat=max_messages_per_chat
        )

    def request_history_import(
        self,
        correlation_id: str,
        strategy: HistoryImportStrategy,
        *,
        time_range_days: int | None = None,
        limit: int | None = None,
        now: datetime,
    ) -> Self:
        """Announce it; whoever hears of it starts it. The same ``correlation_id`` again changes nothing.

        Raises InvariantViolation unless :attr:`can_start_history_import`, ValidationError for an unknown
        strategy, an empty ``correlation_id``, a number below 1, or days that the strategy does not take
        or lacks.
        """
        known = HistoryImportStrategy(strategy)
        if not correlation_id:
            raise ValidationError("correlation_id must not be empty", field="correlation_id")
        if (known is HistoryImportStrategy.TIME_RANGE) != (time_range_days is not None):
            raise ValidationError(
                "time_range_days belongs to the strategy time_range, and to no other", field="time_range_days"
            )
        for field, value in (("time_range_days", time_range_days), ("limit", limit)):
            if value is not None and value < 1:
                raise ValidationError(f"{field} must be at least 1", field=field)
        if correlation_id == self.history_import_correlation_id:
            return self
        self._require_startable("request")
        requested = ChannelHistoryImportRequested(
            correlation_id=correlation_id,
            strategy=known.value,
            time_range_days=time_range_days,
            limit=limit,
        )
        return self.record_change(
            now,
            requested,
            history_import_correlation_id=correlation_id,
            history_import_status=HistoryImportStatus.IDLE,
        )

    def start_history_import(self, *, correlation_id: str | None = None, now: datetime) -> Self:
        """Raises InvariantViolation unless :attr:`can_start_history_import`."""
        if self._is_no_answer(correlation_id, HistoryImportStatus.IDLE):
            return self
        self._require_startable("start")
        return self.record_change(
            now,
            ChannelHistoryImportStarted(),
            history_import_status=HistoryImportStatus.IMPORTING,
            history_import_stats=HistoryImportStats(started_at=now),
        )

    def complete_history_import(
        self, *, total: int, processed: int, failed: int, correlation_id: str | None = None, now: datetime
    ) -> Self:
        """With the counts of its messages. Raises InvariantViolation unless an import is running."""
        if self._is_no_answer(correlation_id, HistoryImportStatus.IMPORTING):
            return self
        self._require_importing("complete")
        stats = attrs.evolve(
            self._ended_stats(now) or HistoryImportStats(started_at=now, ended_at=now),
            total=total,
            processed=processed,
            failed=failed,
        )
        return self.record_change(
            now,
            ChannelHistoryImportCompleted(stats=stats.as_dict()),
            history_import_status=HistoryImportStatus.COMPLETED,
            history_import_stats=stats,
            last_import_date=now,
        )

    def fail_history_import(self, reason: str, *, correlation_id: str | None = None, now: datetime) -> Self:
        """Only the event keeps ``reason``. Raises InvariantViolation unless an import is running."""
        if self._is_no_answer(correlation_id, HistoryImportStatus.IMPORTING):
            return self
        self._require_importing("fail")
        return self.record_change(
            now,
            ChannelHistoryImportFailed(reason=reason),
            history_import_status=HistoryImportStatus.FAILED,
            history_import_stats=self._ended_stats(now),
        )

    def _is_no_answer(self, correlation_id: str | None, awaited: HistoryImportStatus) -> bool:
        """Whether it tells of a request, and not of the one that stands in that status."""
        asked = (self.history_import_correlation_id, self.history_import_status)
        return correlation_id is not None and asked != (correlation_id, awaited)

    def _ended_stats(self, now: datetime) -> HistoryImportStats | None:
        """None for an import that the older system started without any."""
        stats = self.history_import_stats
        return None if stats is None else attrs.evolve(stats, ended_at=now)

    def _require_startable(self, command: str) -> None:
        if not self.history_import_enabled:
            raise InvariantViolation(f"cannot {command} the import: channel {self.id} has it disabled")
        if self.is_importing:
            raise InvariantViolation(f"cannot {command} the import: one of channel {self.id} is running")

    def _require_importing(self, command: str) -> None:
        if not self.is_importing:
            raise InvariantViolation(f"cannot {command} the import: none of channel {self.id} is running")
