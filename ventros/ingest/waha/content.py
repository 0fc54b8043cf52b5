"""What a WAHA message says: content type, text, media, and all that has no column of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec.structs import asdict

from ventros.crm.messages.aggregate import ContentType
from ventros.ingest.waha.parties import group_id
from ventros.ingest.waha.wire import (
    AdReply,
    Content,
    ContextInfo,
    EngineMedia,
    Event,
    Location,
    Media,
    MessagePayload,
    ReplyTo,
    Vcard,
)

TYPE_BY_MEDIA_TYPE: Final = {
    "image": ContentType.IMAGE,
    "video": ContentType.VIDEO,
    "gif": ContentType.VIDEO,
    "ptv": ContentType.VIDEO,
    "audio": ContentType.AUDIO,
    "ptt": ContentType.VOICE,
    "document": ContentType.DOCUMENT,
    "location": ContentType.LOCATION,
    "livelocation": ContentType.LOCATION,
    "contact": ContentType.CONTACT,
    "contact_array": ContentType.CONTACT,
    "vcard": ContentType.CONTACT,
    "sticker": ContentType.STICKER,
    "url": ContentType.TEXT,
}

AD_FIELDS: Final = {"conversion_source", "ad_source_type", "ad_source_id", "ad_source_url", "ctwa_click_id"}
"""Tracking data that only an advertisement brings; entry points are told of ordinary messages too."""


def content_type(payload: MessagePayload) -> ContentType | None:
    """The first hit wins; None when nothing fits.

    A body of which no engine says anything, and which comes without media, is text: the engines other
    than GOWS send no detail in this form.
    """
    info, content = payload.info, payload.content
    if info.type == "text" or content.conversation:
        return ContentType.TEXT
    by_part = next((type_ for type_, part in _parts(content) if part is not None), None)
    if by_part is ContentType.AUDIO and (info.media_type == "ptt" or _engine_media(payload).ptt):
        return ContentType.VOICE
    body_only = payload.body and not (info.type or info.media_type or payload.has_media)
    by_body = ContentType.TEXT if body_only else None
    return by_part or TYPE_BY_MEDIA_TYPE.get(info.media_type or "") or by_body


def platform_type(payload: MessagePayload) -> str:
    """The platform's own words for what the message is."""
    return f"type {_quote(payload.info.type)} and media type {_quote(payload.info.media_type)}"


def _quote(name: str | None) -> str:
    return repr(name[:40]) if name else "unknown"


def _parts(content: Content) -> tuple[tuple[ContentType, object], ...]:
    """In the order in which the first one that is there gives the message its type."""
    return (
        (ContentType.IMAGE, content.image_message),
        (ContentType.VIDEO, content.video_message),
        (ContentType.AUDIO, content.audio_message),
        (ContentType.DOCUMENT, content.document_message),
        (ContentType.LOCATION, content.location_message),
        (ContentType.CONTACT, content.contact_message),
        (ContentType.STICKER, content.sticker_message),
        (ContentType.TEXT, content.extended_text_message),
    )


def _engine_media(payload: MessagePayload) -> EngineMedia:
    """An empty one when there is none."""
    parts = (part for _, part in _parts(payload.content) if isinstance(part, EngineMedia))
    return next(parts, EngineMedia())


def _stored_media(payload: MessagePayload) -> Media:
    return (payload.has_media and payload.media) or Media()


def text(payload: MessagePayload) -> str | None:
    """Of a media message this is the caption."""
    extended = payload.content.extended_text_message
    return (
        payload.body
        or payload.content.conversation
        or (extended and extended.text)
        or _engine_media(payload).caption
        or None
    )


def media(payload: MessagePayload) -> tuple[str | None, str | None]:
    """Address and MIME type: what WAHA stored, else what the engine tells."""
    stored, engine = _stored_media(payload), _engine_media(payload)
    return stored.url or engine.url or None, stored.mimetype or engine.mimetype or None


def metadata(
    event: Event, payload: MessagePayload, content_type: ContentType, *, is_from_ad: bool
) -> dict[str, Any]:
    """All but the tracking data, which the message itself adds and tells of."""
    location = payload.content.location_message or Location()
    vcard = payload.content.contact_message or Vcard()
    document = payload.content.document_message or EngineMedia()
    reply_to = payload.reply_to
    group = group_id(payload)
    return _without_empty(
        source="waha",
        event_id=event.id,
        session=event.session,
        caption=text(payload) if content_type.is_media else None,
        filename=_stored_media(payload).filename or document.file_name,
        location=_without_empty(**asdict(location)),
        contact=_without_empty(**asdict(vcard)),
        group=_without_empty(group_external_id=group, participant=payload.participant) if group else None,
        reply_to=reply_to.id if isinstance(reply_to, ReplyTo) else reply_to,
        is_from_ad=is_from_ad or None,
    )


def tracking(payload: MessagePayload) -> dict[str, str]:
    """Where the conversation came from, under the names of MessageFromAdTracked and one more."""
    extended = payload.content.extended_text_message
    context = (extended and extended.context_info) or ContextInfo()
    values = asdict(context) | asdict(context.ad_reply or AdReply())
    del values["ad_reply"]
    return _without_empty(**values)


def is_from_ad(tracking: Mapping[str, str]) -> bool:
    return not AD_FIELDS.isdisjoint(tracking)


def _without_empty(**values: Any) -> dict[str, Any]:
    """Without what is absent or empty; 0 is neither, but a latitude."""
    return {name: value for name, value in values.items() if value not in (None, "", {})}
