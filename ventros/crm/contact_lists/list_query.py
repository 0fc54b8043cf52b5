"""What contact lists can be listed by."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import attrs

from ventros.crm.contact_lists import mapper
from ventros.crm.contact_lists.audience_query import evaluation, evaluations
from ventros.kernel.lists import Direction, ListQuery, Sort, SortKey
from ventros.kernel.lists.conditions import contains, equal
from ventros.statements import statement


class ContactListSort(Sort):
    """Time of creation has an index, of use when the project is given; else, and by name, the tenant's
    lists are sorted in memory.
    """

    CREATED_AT = "created_at"
    NAME = "name"


@attrs.frozen(kw_only=True)
class ContactListFilter:
    """What is left out does not matter."""

    project_id: UUID | None = None
    name: str | None = None
    is_static: bool | None = None


LIST_QUERY: Final = ListQuery(
    of=statement.table("contact_lists"),
    returns="contact_list",
    columns=mapper.COLUMNS,
    filter=ContactListFilter,
    conditions=(equal("project_id", "uuid"), contains("name"), equal("is_static", "boolean")),
    sorts={
        ContactListSort.CREATED_AT: SortKey("timestamptz", Direction.DESC),
        ContactListSort.NAME: SortKey("text"),
    },
    default=ContactListSort.CREATED_AT,
    other_statements=evaluations,
    other_statement_named=evaluation,
)
