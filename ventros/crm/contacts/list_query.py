"""What contacts can be listed by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from ventros.crm.contacts import mapper
from ventros.kernel.lists import Direction, ListQuery, Sort, SortKey
from ventros.kernel.lists.conditions import at_least, at_most, contains, equal, overlaps
from ventros.statements import statement


class ContactSort(Sort):
    CREATED_AT = "created_at"
    NAME = "name"
    UPDATED_AT = "updated_at"


@attrs.frozen(kw_only=True)
class ContactFilter:
    """What is left out does not matter. ``text`` is looked for in name, phone and email; a contact passes
    with any of ``tags``; both ends of a time span belong to it.
    """

    project_id: UUID | None = None
    text: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    tags: Sequence[str] | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None


LIST_QUERY: Final = ListQuery(
    of=statement.table("contacts"),
    returns="contact",
    columns=mapper.COLUMNS,
    filter=ContactFilter,
    conditions=(
        equal("project_id", "uuid"),
        contains("text", "name", "phone", "email"),
        contains("name"),
        contains("phone"),
        contains("email"),
        overlaps("tags"),
        at_least("created_from", "created_at", "timestamptz"),
        at_most("created_to", "created_at", "timestamptz"),
    ),
    sorts={
        ContactSort.CREATED_AT: SortKey("timestamptz", Direction.DESC),
        ContactSort.NAME: SortKey("text"),
        ContactSort.UPDATED_AT: SortKey("timestamptz"),
    },
    default=ContactSort.CREATED_AT,
)
