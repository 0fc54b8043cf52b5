"""Chat and its rows, column by column, in the order of the statements in ``sql/chats.sql``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ventros.crm.chats.aggregate import Chat
from ventros.crm.chats.values import Participant

COLUMNS: Final = (
    "id",
    "version",
    "tenant_id",
    "project_id",
    "chat_type",
    "external_id",
    "subject",
    "description",
    "status",
    "metadata",
    "label_ids",
    "last_message_at",
    "created_at",
    "updated_at",
    "deleted_at",
)


def from_row(row: Iterable[Any], participants: Iterable[Participant] = ()) -> Chat:
    """Raises ValidationError when the rows together break a rule of the aggregate."""
    (
        id_,
        version,
        tenant_id,
        project_id,
        chat_type,
        external_id,
        subject,
        description,
        status,
        metadata,
        label_ids,
        last_message_at,
        created_at,
        updated_at,
        deleted_at,
    ) = row
    return Chat(
        id=id_,
        version=version,
        tenant_id=tenant_id,
        project_id=project_id,
        chat_type=chat_type,
        external_id=external_id,
        subject=subject,
        description=description,
        participants=participants,
        status=status,
        metadata=metadata,
        label_ids=label_ids,
        last_message_at=last_message_at,
        created_at=created_at,
        updated_at=updated_at,
        deleted_at=deleted_at,
    )


def insert_args(chat: Chat) -> tuple[object, ...]:
    """chats.insert, from $1."""
    return (
        chat.tenant_id,
        chat.id,
        chat.project_id,
        chat.chat_type,
        chat.individual_contact_id,
        chat.external_id,
        chat.subject,
        chat.description,
        chat.status,
        chat.metadata,
        chat.label_ids,
        chat.last_message_at,
        chat.created_at,
        chat.updated_at,
        chat.deleted_at,
    )


def update_args(chat: Chat) -> tuple[object, ...]:
    """chats.update, from $1."""
    return (
        chat.tenant_id,
        chat.id,
        chat.version,
        chat.external_id,
        chat.subject,
        chat.description,
        chat.status,
        chat.metadata,
        chat.label_ids,
        chat.last_message_at,
        chat.updated_at,
        chat.deleted_at,
        chat.individual_contact_id,
    )


def participant_from_row(row: Iterable[Any]) -> Participant:
    """Raises ValidationError when the row breaks a rule of a participant."""
    _chat_id, participant_id, participant_type, joined_at, is_admin = row
    return Participant(id=participant_id, type=participant_type, joined_at=joined_at, is_admin=is_admin)


def participant_args(chat: Chat, participant: Participant) -> tuple[object, ...]:
    """chat_participants.insert and chat_participants.update, from $1."""
    return (
        chat.tenant_id,
        chat.id,
        participant.id,
        participant.type,
        participant.joined_at,
        participant.is_admin,
    )
