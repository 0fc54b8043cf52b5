"""What a chat is made of: its kinds, its states, and those who take part in it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import attrs

from ventros.kernel import validators
from ventros.kernel.enums import ValidatedEnum


class ChatType(ValidatedEnum, field="chat_type"):
    """Fixed for a chat's life."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    CHANNEL = "channel"


class ChatStatus(ValidatedEnum, field="status"):
    ACTIVE = "active"
    ARCHIVED = "archived"
    CLOSED = "closed"


class ParticipantType(ValidatedEnum, field="participant_type"):
    """Whose id a participant's is."""

    CONTACT = "contact"
    AGENT = "agent"


@attrs.frozen(kw_only=True)
class Participant:
    """``id`` is a contact's or an agent's, and alone tells participants of one chat apart."""

    id: UUID = attrs.field(validator=validators.not_nil)
    type: ParticipantType = attrs.field(converter=ParticipantType)
    joined_at: datetime = attrs.field(validator=validators.aware)
    is_admin: bool = False
