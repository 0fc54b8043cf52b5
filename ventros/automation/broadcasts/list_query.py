"""What broadcasts can be listed by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from ventros.automation.broadcasts import mapper
from ventros.automation.broadcasts.values import BroadcastStatus
from ventros.kernel.lists import Direction, ListQuery, Sort, SortKey
from ventros.kernel.lists.conditions import among, at_least, at_most, contains, equal
from ventros.statements import statement


class BroadcastSort(Sort):
    """Time of creation has an index; by the others the tenant's broadcasts are sorted in memory."""

    CREATED_AT = "created_at"
    NAME = "name"
    SCHEDULED_FOR = "scheduled_for"


@attrs.frozen(kw_only=True)
class BroadcastFilter:
    """What is left out does not matter. A broadcast passes with any of several statuses; both ends of a
    time span belong to it.
    """

    status: BroadcastStatus | Iterable[BroadcastStatus] | None = None
    list_id: UUID | None = None
    name: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


LIST_QUERY: Final = ListQuery(
    of=statement.table("broadcasts"),
    returns="broadcast",
    columns=mapper.COLUMNS,
    filter=BroadcastFilter,
    conditions=(
        among("status", BroadcastStatus),
        equal("list_id", "uuid"),
        contains("name"),
        at_least("created_from", "created_at", "timestamptz"),
        at_most("created_to", "created_at", "timestamptz"),
    ),
    sorts={
        BroadcastSort.CREATED_AT: SortKey("timestamptz", Direction.DESC),
        BroadcastSort.NAME: SortKey("text"),
        BroadcastSort.SCHEDULED_FOR: SortKey("timestamptz", nullable=True),
    },
    default=BroadcastSort.CREATED_AT,
    live=False,
)
