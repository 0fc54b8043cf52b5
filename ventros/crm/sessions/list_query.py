"""What sessions can be listed by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from ventros.crm.sessions import mapper
from ventros.crm.sessions.aggregate import Sentiment, SessionStatus
from ventros.kernel.lists import Direction, ListQuery, Sort, SortKey
from ventros.kernel.lists.conditions import among, at_least, at_most, contains, equal, related
from ventros.statements import statement


class SessionSort(Sort):
    """By when they started, all or a contact's, an index gives the order; by anything else the sessions
    that pass are sorted for each page.
    """

    STARTED_AT = "started_at"
    ENDED_AT = "ended_at"
    MESSAGE_COUNT = "message_count"
    DURATION_SECONDS = "duration_seconds"
    """0 while the session is active."""


@attrs.frozen(kw_only=True)
class SessionFilter:
    """What is left out does not matter. A session is in a channel when it has a message there; ``text`` is
    looked for in summary, end reason, topics, next steps and outcome tags; both ends of a span belong to it.
    """

    contact_id: UUID | None = None
    channel_id: UUID | None = None
    channel_type_id: int | None = None
    pipeline_id: UUID | None = None
    status: SessionStatus | Sequence[SessionStatus] | None = None
    resolved: bool | None = None
    escalated: bool | None = None
    converted: bool | None = None
    sentiment: Sentiment | Sequence[Sentiment] | None = None
    text: str | None = None
    started_from: datetime | None = None
    started_to: datetime | None = None
    ended_from: datetime | None = None
    ended_to: datetime | None = None
    message_count_min: int | None = None
    message_count_max: int | None = None


LIST_QUERY: Final = ListQuery(
    of=statement.table("sessions"),
    returns="session",
    columns=mapper.COLUMNS,
    filter=SessionFilter,
    conditions=(
        equal("contact_id", "uuid"),
        related("channel_id", statement.table("messages"), "session_id", live=True),
        equal("channel_type_id", "smallint"),
        equal("pipeline_id", "uuid"),
        among("status", SessionStatus),
        equal("resolved", "boolean"),
        equal("escalated", "boolean"),
        equal("converted", "boolean"),
        among("sentiment", Sentiment),
        contains("text", "summary", "end_reason", arrays=("topics", "next_steps", "outcome_tags")),
        at_least("started_from", "started_at", "timestamptz"),
        at_most("started_to", "started_at", "timestamptz"),
        at_least("ended_from", "ended_at", "timestamptz"),
        at_most("ended_to", "ended_at", "timestamptz"),
        at_least("message_count_min", "message_count", "integer"),
        at_most("message_count_max", "message_count", "integer"),
    ),
    sorts={
        SessionSort.STARTED_AT: SortKey("timestamptz", Direction.DESC),
        SessionSort.ENDED_AT: SortKey("timestamptz", Direction.DESC, nullable=True),
        SessionSort.MESSAGE_COUNT: SortKey("integer", Direction.DESC),
        SessionSort.DURATION_SECONDS: SortKey("bigint", Direction.DESC),
    },
    default=SessionSort.STARTED_AT,
)
