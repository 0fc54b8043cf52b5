"""How a unit of work ended, and the marker by which that can be found out later."""

from __future__ import annotations

import asyncio
import enum
from uuid import UUID

import attrs


class Outcome(enum.Enum):
    """What became of a unit of work."""

    NOT_STARTED = "not started"
    ACTIVE = "active"
    COMMITTED = "committed"
    ROLLED_BACK = "rolled back"
    IN_DOUBT = "in doubt"
    LEFT_TO_CALLER = "left to the caller, whose transaction it joined"


@attrs.frozen
class CommitMarker:
    """Names a unit of work for :meth:`Database.resolve`; two strings, should it have to be kept."""

    tenant: str
    id: UUID


def attach_outcome(
    cancelled: asyncio.CancelledError, outcome: Outcome, marker: CommitMarker | None
) -> asyncio.CancelledError:
    """``cancelled`` with ``outcome`` and ``marker`` as attributes: it says by itself nothing about either."""
    if getattr(cancelled, "outcome", None) is not outcome:
        cancelled.outcome = outcome  # type: ignore[attr-defined]
        cancelled.marker = marker  # type: ignore[attr-defined]
        cancelled.add_note(f"the unit of work: {outcome.value}")
    return cancelled
