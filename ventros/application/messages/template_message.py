"""A message template becomes a message to one contact."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from ventros.application.messages.send_message import SendMessage
from ventros.automation.broadcasts.values import ClaimedContact
from ventros.automation.templates import filled
from ventros.automation.values import MessageTemplate, TemplateType
from ventros.crm.contacts.aggregate import Contact
from ventros.crm.messages.values import ContentType, MessageSource


def template_message(
    template: MessageTemplate,
    contact: Contact | ClaimedContact,
    channel_id: UUID,
    *,
    source: MessageSource,
    metadata: Mapping[str, Any],
    now: datetime,
) -> SendMessage:
    """What kind of medium it is tells the ending of its address; one that tells nothing is a document.

    Raises ValidationError for a template that makes no message.
    """
    media_url, mimetype, content_type = None, None, ContentType.TEXT
    if template.type is TemplateType.MEDIA and template.media_url is not None:
        media_url = template.media_url.value
        mimetype, _ = mimetypes.guess_type(media_url)
        content_type = _content_type(mimetype)
    return SendMessage(
        contact_id=contact.id,
        channel_id=channel_id,
        content_type=content_type,
        text=filled(template, contact_name=contact.name),
        media_url=media_url,
        media_mimetype=mimetype,
        source=source,
        metadata=metadata,
        sent_at=now,
    )


def _content_type(mimetype: str | None) -> ContentType:
    kind = (mimetype or "").partition("/")[0]
    kinds = {"image": ContentType.IMAGE, "video": ContentType.VIDEO, "audio": ContentType.AUDIO}
    return kinds.get(kind, ContentType.DOCUMENT)
