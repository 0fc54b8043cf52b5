"""How the sessions of a period went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import attrs

from ventros.crm.sessions.aggregate import EndReason
from ventros.kernel import validators
from ventros.kernel.errors import ValidationError
from ventros.statements import statement
from ventros.unit_of_work import UnitOfWork

LONGEST: Final = timedelta(days=366)
"""What one statement may read."""
_SUMMARIZE: Final = statement("sessions.summarize").of("session")


@attrs.frozen(kw_only=True)
class SessionStatistics:
    """The sessions that started from ``started_from`` on and before ``started_before``.

    Raises ValidationError for a period that is empty or longer than 366 days.
    """

    started_from: datetime = attrs.field(validator=validators.aware)
    started_before: datetime = attrs.field(validator=validators.aware)

    def __attrs_post_init__(self) -> None:
        if not timedelta() < self.started_before - self.started_from <= LONGEST:
            raise ValidationError(
                f"a period is up to {LONGEST.days} days long, and ends after it starts; this one is from "
                f"{self.started_from} to before {self.started_before}",
                field="started_before",
            )


@attrs.frozen(kw_only=True)
class Spread:
    """Whole seconds that a part of the sessions took at most: half, nine in ten, 99 in 100; each is one that
    was measured. The average is of all ``count`` of them.
    """

    count: int
    average: float
    median: int
    p90: int
    p99: int


@attrs.frozen(kw_only=True)
class SessionFigures:
    """``duration`` is of those that ended, ``response`` of those in which an agent has answered: the seconds
    from the contact's first message to the answer. Each is None where there are none.
    """

    sessions: int
    messages: int
    resolved: int
    escalated: int
    converted: int
    duration: Spread | None
    response: Spread | None


@attrs.frozen(kw_only=True)
class PeriodFigures:
    """``active`` is None without such sessions; ``ended`` has an entry for each reason that there was."""

    all: SessionFigures
    active: SessionFigures | None
    ended: Mapping[EndReason, SessionFigures]


async def session_statistics(uow: UnitOfWork, query: SessionStatistics) -> PeriodFigures:
    """Of the tenant, which is one project, in one statement, so all of one moment.

    Deleted sessions do not count.
    """
    rows = await uow.connection.many(_SUMMARIZE, uow.tenant, query.started_from, query.started_before)
    total, *groups = rows
    by_reason = {row["end_reason"]: _figures(row) for row in groups}
    return PeriodFigures(
        all=_figures(total),
        active=by_reason.pop(None, None),
        ended={EndReason(reason): figures for reason, figures in by_reason.items()},
    )


def _figures(row: Any) -> SessionFigures:
    return SessionFigures(
        sessions=row["sessions"],
        messages=row["messages"],
        resolved=row["resolved"],
        escalated=row["escalated"],
        converted=row["converted"],
        duration=_spread(row["ended"], row["average_duration_seconds"], row["duration_seconds"]),
        response=_spread(row["responses"], row["average_response_seconds"], row["response_seconds"]),
    )


def _spread(count: int, average: float | None, percentiles: Sequence[int] | None) -> Spread | None:
    if average is None or percentiles is None:
        return None
    median, p90, p99 = percentiles
    return Spread(count=count, average=average, median=median, p90=p90, p99=p99)
