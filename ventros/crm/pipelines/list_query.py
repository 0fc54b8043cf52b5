"""What pipelines can be listed by."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from ventros.crm.pipelines import mapper
from ventros.kernel.lists import ListQuery, Sort, SortKey
from ventros.kernel.lists.conditions import contains, equal
from ventros.statements import statement
from ventros.values import HexColor


class PipelineSort(Sort):
    """Position has an index; by the others the tenant's pipelines, which are few, are sorted in memory."""

    POSITION = "position"
    NAME = "name"
    CREATED_AT = "created_at"


def _hex(color: HexColor | str) -> str:
    return HexColor(str(color)).value


@attrs.frozen(kw_only=True)
class PipelineFilter:
    """What is left out does not matter. ``text`` is looked for in name and description; ``color`` is one as
    :class:`HexColor` takes it, and raises ValidationError when it is none.
    """

    project_id: UUID | None = None
    text: str | None = None
    active: bool | None = None
    color: str | None = attrs.field(default=None, converter=attrs.converters.optional(_hex))


LIST_QUERY: Final = ListQuery(
    of=statement.table("pipelines"),
    returns="pipeline",
    columns=mapper.COLUMNS,
    filter=PipelineFilter,
    conditions=(
        equal("project_id", "uuid"),
        contains("text", "name", "description"),
        equal("active", "boolean"),
        equal("color", "text"),
    ),
    sorts={
        PipelineSort.POSITION: SortKey("integer"),
        PipelineSort.NAME: SortKey("text"),
        PipelineSort.CREATED_AT: SortKey("timestamptz"),
    },
    default=PipelineSort.POSITION,
)
