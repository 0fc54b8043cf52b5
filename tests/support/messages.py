"""Messages, not stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import attrs

from tests.support.constants import NOW
from ventros.crm.messages.aggregate import Message
from ventros.crm.messages.values import ContentType

LATER = NOW + timedelta(hours=1)
NIL = UUID(int=0)
LINK = uuid4()
URL = "https://media.example/a.ogg"
MEDIA = {"image", "video", "audio", "voice", "document", "sticker"}
PLAYABLE = {"audio", "voice"}
ARGUMENTS: dict[str, Any] = {
    "tenant_id": "acme",
    "user_id": uuid4(),
    "project_id": uuid4(),
    "contact_id": uuid4(),
    "channel_id": uuid4(),
    "content_type": ContentType.TEXT,
    "from_me": False,
    "timestamp": NOW,
}


def create(**arguments: Any) -> Message:
    return Message.create(**{**ARGUMENTS, **arguments})


def make_message(content_type: ContentType = ContentType.TEXT, **fields: Any) -> Message:
    """As of NOW, without events, as if it had been loaded."""
    return attrs.evolve(create(content_type=content_type).clear_events(), **fields)


def obey(message: Message, command: str, arguments: dict[str, Any], at: datetime = LATER) -> Message:
    changed: Message = getattr(message, command)(**arguments, now=at)
    return changed
