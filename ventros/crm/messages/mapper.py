"""Message and its row, column by column, in the order of the statements in ``sql/messages.sql``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType, MessageSource, MessageStatus
from ventros.values import MediaUrl, MessageText

COLUMNS: Final = (
    "id",
    "tenant_id",
    "timestamp",
    "user_id",
    "project_id",
    "contact_id",
    "channel_id",
    "channel_type_id",
    "chat_id",
    "session_id",
    "from_me",
    "content_type",
    "text",
    "media_url",
    "media_mimetype",
    "channel_message_id",
    "reply_to_id",
    "status",
    "language",
    "agent_id",
    "source",
    "metadata",
    "mentions",
    "delivered_at",
    "read_at",
    "played_at",
    "edited_at",
    "revoked_at",
    "created_at",
    "updated_at",
    "deleted_at",
)


def from_row(row: Sequence[Any]) -> Message:
    """Raises ValidationError when the row breaks a rule of the message.

    Long, because it is flat: a line to a column, twice.
    """
    (
        id_,
        tenant_id,
        timestamp,
        user_id,
        project_id,
        contact_id,
        channel_id,
        channel_type_id,
        chat_id,
        session_id,
        from_me,
        content_type,
        text,
        media_url,
        media_mimetype,
        channel_message_id,
        reply_to_id,
        status,
        language,
        agent_id,
        source,
        metadata,
        mentions,
        delivered_at,
        read_at,
        played_at,
        edited_at,
        revoked_at,
        created_at,
        updated_at,
        deleted_at,
    ) = row
    return Message(
        id=id_,
        tenant_id=tenant_id,
        timestamp=timestamp,
        user_id=user_id,
        project_id=project_id,
        contact_id=contact_id,
        channel_id=channel_id,
        channel_type_id=channel_type_id,
        chat_id=chat_id,
        session_id=session_id,
        from_me=from_me,
        content_type=ContentType(content_type),
        text=None if text is None else MessageText(text),
        media_url=None if media_url is None else MediaUrl(media_url),
        media_mimetype=media_mimetype,
        channel_message_id=channel_message_id,
        reply_to_id=reply_to_id,
        status=MessageStatus(status),
        language=language,
        agent_id=agent_id,
        source=MessageSource(source),
        metadata=metadata,
        mentions=tuple(mentions),
        delivered_at=delivered_at,
        read_at=read_at,
        played_at=played_at,
        edited_at=edited_at,
        revoked_at=revoked_at,
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
    )


def insert_args(message: Message) -> tuple[object, ...]:
    """messages.insert, from $1."""
    return (
        message.tenant_id,
        message.id,
        message.timestamp,
        message.user_id,
        message.project_id,
        message.contact_id,
        message.channel_id,
        message.channel_type_id,
        message.chat_id,
        message.session_id,
        message.from_me,
        message.content_type,
        message.text.value if message.text else None,
        message.media_url.value if message.media_url else None,
        message.media_mimetype,
        message.channel_message_id,
        message.reply_to_id,
        message.status,
        message.language,
        message.agent_id,
        message.source,
        message.metadata,
        message.mentions,
        message.delivered_at,
        message.read_at,
        message.played_at,
        message.edited_at,
        message.revoked_at,
        message.created_at,
        message.updated_at,
        message.deleted_at,
    )


def update_args(message: Message) -> tuple[object, ...]:
    """messages.update, from $1."""
    return (
        message.tenant_id,
        message.id,
        message.changed_fields,
        message.channel_id,
        message.channel_type_id,
        message.session_id,
        message.text.value if message.text else None,
        message.media_url.value if message.media_url else None,
        message.media_mimetype,
        message.channel_message_id,
        message.agent_id,
        message.source,
        message.metadata,
        message.mentions,
        message.edited_at,
        message.revoked_at,
        message.updated_at,
    )


def delivery_args(message: Message) -> tuple[object, ...]:
    """messages.advance_delivery, from $1."""
    return (
        message.tenant_id,
        message.id,
        message.status,
        message.delivered_at,
        message.read_at,
        message.played_at,
        message.updated_at,
    )
