"""What can happen to a chat."""

from __future__ import annotations

from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent


@attrs.frozen(kw_only=True)
class ChatCreated(DomainEvent):
    event_name = "chat.created"

    chat_id: UUID
    chat_type: str
    project_id: UUID


@attrs.frozen(kw_only=True)
class ChatUpdated(DomainEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "chat.updated"

    chat_id: UUID
    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ChatParticipantAdded(DomainEvent):
    event_name = "chat.participant_added"

    chat_id: UUID
    participant_id: UUID
    participant_type: str


@attrs.frozen(kw_only=True)
class ChatParticipantRemoved(DomainEvent):
    event_name = "chat.participant_removed"

    chat_id: UUID
    participant_id: UUID


@attrs.frozen(kw_only=True)
class ChatParticipantPromoted(DomainEvent):
    event_name = "chat.participant_promoted"

    chat_id: UUID
    participant_id: UUID


@attrs.frozen(kw_only=True)
class ChatParticipantDemoted(DomainEvent):
    event_name = "chat.participant_demoted"

    chat_id: UUID
    participant_id: UUID


@attrs.frozen(kw_only=True)
class ChatArchived(DomainEvent):
    event_name = "chat.archived"

    chat_id: UUID


@attrs.frozen(kw_only=True)
class ChatUnarchived(DomainEvent):
    event_name = "chat.unarchived"

    chat_id: UUID


@attrs.frozen(kw_only=True)
class ChatClosed(DomainEvent):
    event_name = "chat.closed"

    chat_id: UUID


@attrs.frozen(kw_only=True)
class ChatSubjectUpdated(DomainEvent):
    event_name = "chat.subject_updated"

    chat_id: UUID
    new_subject: str


@attrs.frozen(kw_only=True)
class ChatDescriptionUpdated(DomainEvent):
    """``new_description`` is None where it was cleared."""

    event_name = "chat.description_updated"

    chat_id: UUID
    new_description: str | None


@attrs.frozen(kw_only=True)
class ChatLabelAdded(DomainEvent):
    event_name = "chat.label_added"

    chat_id: UUID
    label_id: str


@attrs.frozen(kw_only=True)
class ChatLabelRemoved(DomainEvent):
    event_name = "chat.label_removed"

    chat_id: UUID
    label_id: str
