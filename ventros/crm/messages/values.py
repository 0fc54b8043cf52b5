"""What a message is, how far it got, and what it was sent by."""

from __future__ import annotations

from uuid import UUID

from ventros.kernel.enums import ValidatedEnum


class ContentType(ValidatedEnum, field="content_type"):
    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    VOICE = "voice"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"
    STICKER = "sticker"
    SYSTEM = "system"
    UNSUPPORTED = "unsupported"
    """Something that has no type of its own yet; ``metadata["kind"]`` says what."""

    @property
    def is_media(self) -> bool:
        return self in _MEDIA

    @property
    def is_playable(self) -> bool:
        return self in {ContentType.AUDIO, ContentType.VOICE}


_MEDIA = frozenset(
    {
        ContentType.IMAGE,
        ContentType.VIDEO,
        ContentType.AUDIO,
        ContentType.VOICE,
        ContentType.DOCUMENT,
        ContentType.STICKER,
    }
)


class MessageStatus(ValidatedEnum, field="status"):
    """In the order in which delivery moves, which messages.advance_delivery repeats.

    ``failed`` lies below ``delivered``: a message reported as delivered after all was delivered.
    """

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS = {status: rank for rank, status in enumerate(MessageStatus)}


class MessageSource(ValidatedEnum, field="source"):
    """What a message was sent by."""

    MANUAL = "manual"
    BROADCAST = "broadcast"
    SEQUENCE = "sequence"
    TRIGGER = "trigger"
    BOT = "bot"
    SYSTEM = "system"
    WEBHOOK = "webhook"
    SCHEDULED = "scheduled"
    TEST = "test"
    HISTORY_IMPORT = "history_import"

    @property
    def is_automated(self) -> bool:
        return self is not MessageSource.MANUAL

    @property
    def system_agent_id(self) -> UUID:
        """The reserved agent that stands for this source when no human does."""
        return _SYSTEM_AGENTS.get(self, DEFAULT_SYSTEM_AGENT)


DEFAULT_SYSTEM_AGENT = UUID("00000000-0000-0000-0000-000000000099")
_SYSTEM_AGENTS = {
    MessageSource.BROADCAST: UUID("00000000-0000-0000-0000-000000000001"),
    MessageSource.SEQUENCE: UUID("00000000-0000-0000-0000-000000000002"),
    MessageSource.TRIGGER: UUID("00000000-0000-0000-0000-000000000003"),
    MessageSource.WEBHOOK: UUID("00000000-0000-0000-0000-000000000004"),
    MessageSource.SCHEDULED: UUID("00000000-0000-0000-0000-000000000005"),
    MessageSource.TEST: UUID("00000000-0000-0000-0000-000000000010"),
}
