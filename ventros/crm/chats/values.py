"""What a chat is made of: its kinds, its states, and those who take part in it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

import attrs

from ventros.kernel import validators
from ventros.kernel.errors import ValidationError


class ChatType(StrEnum):
    """Fixed for a chat's life. An unknown one raises ValidationError(field="chat_type")."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    CHANNEL = "channel"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no type of chat", field="chat_type")


class ChatStatus(StrEnum):
    """An unknown one raises ValidationError(field="status")."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    CLOSED = "closed"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no status of a chat", field="status")


class ParticipantType(StrEnum):
    """Whose id a participant's is. An unknown one raises ValidationError(field="participant_type")."""

    CONTACT = "contact"
    AGENT = "agent"

    @classmethod
    def _missing_(cls, value: object) -> Self:
        raise ValidationError(f"{value!r} is no type of participant", field="participant_type")


@attrs.frozen(kw_only=True)
class Participant:
    """``id`` is a contact's or an agent's, and alone tells participants of one chat apart."""

    id: UUID = attrs.field(validator=validators.not_nil)
    type: ParticipantType = attrs.field(converter=ParticipantType)
    joined_at: datetime = attrs.field(validator=validators.aware)
    is_admin: bool = False
