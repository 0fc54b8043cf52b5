"""What a WAHA message says: content type, text, media, and all that has no column of its own."""

from __future__ import annotations

from typing import Any, Final

from ventros.crm.messages.aggregate import ContentType
from ventros.ingest.waha_event import (
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

_BY_MEDIA_TYPE: Final = {
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


OF_AN_AD: Final = {"conversion_source", "ad_source_type", "ad_source_id", "ad_source_url", "ctwa_click_id"}
"""Tracking data that only an advertisement brings; entry points are told of ordinary messages too."""


def content_type(payload: MessagePayload) -> ContentType | None:
    """The first hit wins; None when nothing fits.

    A body of which no engine says anything, and which comes without media, is text: the engines other
    than GOWS send no detail in this form.
    """
    info, content = payload.info, payload.content
    if info.type == "text" or content.conversation:
        return ContentType.TEXT
    found = next((kind for kind, part in _parts(content) if part is not None), None)
    if found is ContentType.AUDIO and (info.media_type == "ptt" or _engine_media(payload).ptt):
        return ContentType.VOICE
    bare = payload.body and not (info.type or info.media_type or payload.has_media)
    return found or _BY_MEDIA_TYPE.get(info.media_type or "") or (ContentType.TEXT if bare else None)


def named_type(payload: MessagePayload) -> str:
    """The platform's own words for what the message is."""
    return f"type {_named(payload.info.type)} and media type {_named(payload.info.media_type)}"


def _named(name: str | None) -> str:
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


def _stored(payload: MessagePayload) -> Media:
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
    stored, engine = _stored(payload), _engine_media(payload)
    return stored.url or engine.url or None, stored.mimetype or engine.mimetype or None


def metadata(event: Event, payload: MessagePayload, kind: ContentType) -> dict[str, Any]:
    """All but the tracking data, which the message itself adds and tells of."""
    location = payload.content.location_message or Location()
    vcard = payload.content.contact_message or Vcard()
    document = payload.content.document_message or EngineMedia()
    reply_to = payload.reply_to
    group = payload.group
    return _present(
        source="waha",
        event_id=event.id,
        session=event.session,
        caption=text(payload) if kind.is_media else None,
        filename=_stored(payload).filename or document.file_name,
        location=_present(
            latitude=location.degrees_latitude,
            longitude=location.degrees_longitude,
            name=location.name,
            address=location.address,
        ),
        contact=_present(display_name=vcard.display_name, vcard=vcard.vcard),
        group=_present(group_external_id=group, participant=payload.participant) if group else None,
        reply_to=reply_to.id if isinstance(reply_to, ReplyTo) else reply_to,
        is_from_ad=True if OF_AN_AD & tracking(payload).keys() else None,
    )


def tracking(payload: MessagePayload) -> dict[str, str]:
    """Where the conversation came from, under the names of MessageFromAdTracked and one more."""
    extended = payload.content.extended_text_message
    context = (extended and extended.context_info) or ContextInfo()
    ad = context.external_ad_reply or AdReply()
    return _present(
        conversion_source=context.conversion_source,
        conversion_data=context.conversion_data,
        conversion_app=context.entry_point_conversion_app,
        entry_point_source=context.entry_point_conversion_source,
        external_source=context.entry_point_conversion_external_source,
        external_medium=context.entry_point_conversion_external_medium,
        ad_source_type=ad.source_type,
        ad_source_id=ad.source_id,
        ad_source_app=ad.source_app,
        ad_source_url=ad.source_url,
        ctwa_click_id=ad.ctwa_clid,
    )


def _present(**values: Any) -> dict[str, Any]:
    """Without what is absent or empty; 0 is neither, but a latitude."""
    return {name: value for name, value in values.items() if value not in (None, "", {})}
