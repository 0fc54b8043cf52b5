"""What a contact gets of a broadcast: its template, filled in."""

from __future__ import annotations

import mimetypes
from datetime import datetime

from ventros.application.messages.send_message import SendMessage
from ventros.automation.broadcasts.aggregate import Broadcast
from ventros.automation.broadcasts.values import ClaimedContact
from ventros.automation.templates import filled
from ventros.automation.values import TemplateType
from ventros.crm.messages.aggregate import ContentType, MessageSource


def message_to(contact: ClaimedContact, broadcast: Broadcast, *, now: datetime) -> SendMessage:
    """What kind of medium it is tells the ending of its address; one that tells nothing is a document."""
    template = broadcast.message_template
    media_url, mimetype, content_type = None, None, ContentType.TEXT
    if template.type is TemplateType.MEDIA and template.media_url is not None:
        media_url = template.media_url.value
        mimetype, _ = mimetypes.guess_type(media_url)
        content_type = _content_type(mimetype)
    return SendMessage(
        contact_id=contact.contact_id,
        channel_id=broadcast.channel_required(),
        content_type=content_type,
        text=filled(template, contact_name=contact.name),
        media_url=media_url,
        media_mimetype=mimetype,
        source=MessageSource.BROADCAST,
        metadata={"broadcast_id": str(broadcast.id)},
        sent_at=now,
    )


def _content_type(mimetype: str | None) -> ContentType:
    kind = (mimetype or "").partition("/")[0]
    kinds = {"image": ContentType.IMAGE, "video": ContentType.VIDEO, "audio": ContentType.AUDIO}
    return kinds.get(kind, ContentType.DOCUMENT)
