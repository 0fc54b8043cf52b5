"""What can happen to a chat."""

from __future__ import annotations

from uuid import UUID

import attrs

from ventros.kernel.events import DomainEvent, from_aggregate


@attrs.frozen(kw_only=True)
class ChatEvent(DomainEvent):
    """What every one of them says first."""

    chat_id: UUID = from_aggregate("id")


@attrs.frozen(kw_only=True)
class ChatCreated(ChatEvent):
    event_name = "chat.created"

    chat_type: str = from_aggregate("chat_type")
    project_id: UUID = from_aggregate("project_id")


@attrs.frozen(kw_only=True)
class ChatUpdated(ChatEvent):
    """A change that has no event of its own; ``fields`` are the names of what changed."""

    event_name = "chat.updated"

    fields: tuple[str, ...]


@attrs.frozen(kw_only=True)
class ChatParticipantAdded(ChatEvent):
    event_name = "chat.participant_added"

    participant_id: UUID
    participant_type: str


@attrs.frozen(kw_only=True)
class ChatParticipantRemoved(ChatEvent):
    event_name = "chat.participant_removed"

    participant_id: UUID


@attrs.frozen(kw_only=True)
class ChatContactReplaced(ChatEvent):
    """``contact_id`` was merged into ``new_contact_id``, which takes part in its place."""

    event_name = "chat.contact_replaced"

    contact_id: UUID
    new_contact_id: UUID


@attrs.frozen(kw_only=True)
class ChatParticipantPromoted(ChatEvent):
    event_name = "chat.participant_promoted"

    participant_id: UUID


@attrs.frozen(kw_only=True)
class ChatParticipantDemoted(ChatEvent):
    event_name = "chat.participant_demoted"

    participant_id: UUID


@attrs.frozen(kw_only=True)
class ChatArchived(ChatEvent):
    event_name = "chat.archived"


@attrs.frozen(kw_only=True)
class ChatUnarchived(ChatEvent):
    event_name = "chat.unarchived"


@attrs.frozen(kw_only=True)
class ChatClosed(ChatEvent):
    event_name = "chat.closed"


@attrs.frozen(kw_only=True)
class ChatSubjectUpdated(ChatEvent):
    event_name = "chat.subject_updated"

    new_subject: str


@attrs.frozen(kw_only=True)
class ChatDescriptionUpdated(ChatEvent):
    """``new_description`` is None where it was cleared."""

    event_name = "chat.description_updated"

    new_description: str | None


@attrs.frozen(kw_only=True)
class ChatLabelAdded(ChatEvent):
    event_name = "chat.label_added"

    label_id: str


@attrs.frozen(kw_only=True)
class ChatLabelRemoved(ChatEvent):
    event_name = "chat.label_removed"

    label_id: str
