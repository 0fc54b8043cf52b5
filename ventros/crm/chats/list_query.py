"""What chats can be listed by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import attrs

from ventros.crm.chats import mapper
from ventros.crm.chats.values import ChatStatus
from ventros.kernel.lists import Direction, ListQuery, Sort, SortKey
from ventros.kernel.lists.conditions import among, contains, equal, related
from ventros.statements import statement


class ChatSort(Sort):
    CREATED_AT = "created_at"


@attrs.frozen(kw_only=True)
class ChatFilter:
    """What is left out does not matter. ``contact_id`` is that of one who takes part, in a chat of any type;
    an individual chat has no subject.
    """

    project_id: UUID | None = None
    contact_id: UUID | None = None
    status: ChatStatus | Sequence[ChatStatus] | None = None
    subject: str | None = None


LIST_QUERY: Final = ListQuery(
    of=statement.table("chats"),
    returns="chat",
    columns=mapper.COLUMNS,
    filter=ChatFilter,
    conditions=(
        equal("project_id", "uuid"),
        related("contact_id", statement.table("chat_participants"), "chat_id", live=False),
        among("status", ChatStatus),
        contains("subject"),
    ),
    sorts={ChatSort.CREATED_AT: SortKey("timestamptz", Direction.DESC)},
    default=ChatSort.CREATED_AT,
)
