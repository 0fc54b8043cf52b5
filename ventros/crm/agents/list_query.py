"""What agents can be listed by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import attrs

from ventros.crm.agents import mapper
from ventros.crm.agents.values import AgentStatus, AgentType
from ventros.kernel.lists import ListQuery, Sort, SortKey
from ventros.kernel.lists.conditions import among, contains, equal
from ventros.statements import statement


class AgentSort(Sort):
    """By name an index gives the order; by time of creation the agents that pass are sorted for each page.

    The last activity is none of them: it stands with the counters, in a row of its own.
    """

    NAME = "name"
    CREATED_AT = "created_at"


@attrs.frozen(kw_only=True)
class AgentFilter:
    """What is left out does not matter. ``text`` is looked for in name and email. System agents are listed
    like any other; ``type`` tells them apart.
    """

    project_id: UUID | None = None
    type: AgentType | Sequence[AgentType] | None = None
    status: AgentStatus | Sequence[AgentStatus] | None = None
    active: bool | None = None
    text: str | None = None


LIST_QUERY: Final = ListQuery(
    of=statement.table("agents"),
    returns="agent",
    columns=mapper.COLUMNS,
    filter=AgentFilter,
    conditions=(
        equal("project_id", "uuid"),
        among("type", AgentType),
        among("status", AgentStatus),
        equal("active", "boolean"),
        contains("text", "name", "email"),
    ),
    sorts={AgentSort.NAME: SortKey("text"), AgentSort.CREATED_AT: SortKey("timestamptz")},
    default=AgentSort.NAME,
)
