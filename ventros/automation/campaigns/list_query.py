"""What campaigns can be listed by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import attrs

from ventros.automation.campaigns import mapper
from ventros.automation.campaigns.values import CampaignStatus, GoalType
from ventros.kernel.lists import Direction, ListQuery, Sort, SortKey
from ventros.kernel.lists.conditions import among, at_least, at_most, contains
from ventros.statements import statement


class CampaignSort(Sort):
    """Time of creation has an index; by the others the tenant's campaigns are sorted in memory."""

    CREATED_AT = "created_at"
    NAME = "name"
    START_DATE = "start_date"


@attrs.frozen(kw_only=True)
class CampaignFilter:
    """What is left out does not matter. A campaign passes with any of several statuses or types of goal;
    both ends of a time span belong to it.
    """

    status: CampaignStatus | Iterable[CampaignStatus] | None = None
    goal_type: GoalType | Iterable[GoalType] | None = None
    name: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


LIST_QUERY: Final = ListQuery(
    of=statement.table("campaigns"),
    returns="campaign",
    columns=mapper.COLUMNS,
    filter=CampaignFilter,
    conditions=(
        among("status", CampaignStatus),
        among("goal_type", GoalType),
        contains("name"),
        at_least("created_from", "created_at", "timestamptz"),
        at_most("created_to", "created_at", "timestamptz"),
    ),
    sorts={
        CampaignSort.CREATED_AT: SortKey("timestamptz", Direction.DESC),
        CampaignSort.NAME: SortKey("text"),
        CampaignSort.START_DATE: SortKey("timestamptz", nullable=True),
    },
    default=CampaignSort.CREATED_AT,
    live=False,
)
