"""What messages can be listed by."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from ventros.crm.messages import mapper
from ventros.crm.messages.values import ContentType, MessageStatus
from ventros.kernel.lists import Direction, ListQuery, Sort, SortKey
from ventros.kernel.lists.conditions import among, at_least, at_most, contains, equal, present
from ventros.statements import statement


class MessageSort(Sort):
    """By the time of sending, all or a contact's, a session's or a chat's, an index gives the order; by that
    of creation the messages that pass are sorted for each page.
    """

    TIMESTAMP = "timestamp"
    CREATED_AT = "created_at"


@attrs.frozen(kw_only=True)
class MessageFilter:
    """What is left out does not matter. ``has_media`` asks for a media address or for none; both ends of a
    time span belong to it.
    """

    contact_id: UUID | None = None
    session_id: UUID | None = None
    chat_id: UUID | None = None
    channel_id: UUID | None = None
    project_id: UUID | None = None
    channel_type_id: int | None = None
    agent_id: UUID | None = None
    from_me: bool | None = None
    content_type: ContentType | Sequence[ContentType] | None = None
    status: MessageStatus | Sequence[MessageStatus] | None = None
    has_media: bool | None = None
    text: str | None = None
    timestamp_from: datetime | None = None
    timestamp_to: datetime | None = None


LIST_QUERY: Final = ListQuery(
    of=statement.table("messages"),
    returns="message",
    columns=mapper.COLUMNS,
    filter=MessageFilter,
    conditions=(
        equal("contact_id", "uuid"),
        equal("session_id", "uuid"),
        equal("chat_id", "uuid"),
        equal("channel_id", "uuid"),
        equal("project_id", "uuid"),
        equal("channel_type_id", "smallint"),
        equal("agent_id", "uuid"),
        equal("from_me", "boolean"),
        among("content_type", ContentType),
        among("status", MessageStatus),
        present("has_media", "media_url"),
        contains("text"),
        at_least("timestamp_from", "timestamp", "timestamptz"),
        at_most("timestamp_to", "timestamp", "timestamptz"),
    ),
    sorts={
        MessageSort.TIMESTAMP: SortKey("timestamptz", Direction.DESC),
        MessageSort.CREATED_AT: SortKey("timestamptz", Direction.DESC),
    },
    default=MessageSort.TIMESTAMP,
)
