"""What a WAHA message says: content type, text, media, and all that has no column of its own."""

from __future__ import annotations

import math
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from ventros.crm.messages.values import ContentType
from ventros.ingest.delivery import RejectedLine, SkippedEvent
from ventros.ingest.waha.addresses import message_id
from ventros.ingest.waha.content_kinds import CONTENT_TYPES, SYSTEM_KINDS, TEXT_KINDS
from ventros.ingest.waha.detail import Detail
from ventros.ingest.waha.texts import is_readable, selected_id, text_of
from ventros.ingest.waha.tracking import AD_FIELDS, tracking_of
from ventros.ingest.waha.wire import Fields, fields, first_text, flag, items, jid, number, text
from ventros.kernel.errors import ValidationError
from ventros.values import MediaUrl

MAX_URL: Final = 2_048
MAX_QUOTE: Final = 1_000
MAX_MENTIONS: Final = 2_000
"""Of one message: twice the members that a group can have."""
MAX_KEPT_CHARACTERS: Final = 2_000
MAX_KEPT_ITEMS: Final = 100
MAX_KEPT_DEPTH: Final = 5

_EMPTY: Final[tuple[Any, ...]] = (None, "", {}, [])
_MEDIA_KINDS: Final = frozenset({"image", "video", "audio", "voice", "document", "sticker"})
_NO_ADDRESS_HOSTS: Final = ("whatsapp.net",)
"""What lies there is encrypted, or nothing but a place for an address."""
_BINARY: Final = (
    "thumbnail",
    "sha256",
    "mediakey",
    "directpath",
    "contextinfo",
    "secret",
    "waveform",
    "hash",
)


@attrs.frozen(kw_only=True)
class Written:
    """What was written, in the fields of InboundMessage."""

    content_type: ContentType
    text: str | None
    media_url: str | None
    media_mimetype: str | None
    mentions: tuple[str, ...]
    reply_to: str | None
    metadata: dict[str, Any]
    tracking: dict[str, str]
    is_from_ad: bool


def written(payload: Fields, detail: Detail) -> Written | SkippedEvent:
    """Raises RejectedLine for a body that is no text."""
    body = _body(payload)
    found = _content_type(payload, detail, body)
    if isinstance(found, SkippedEvent):
        return found
    content_type, kind_ = found
    shown = body or text_of(detail.content)
    if content_type in {ContentType.LOCATION, ContentType.CONTACT} and shown and not is_readable(shown):
        shown = None
    media_url, mimetype = _media(payload, detail)
    tracking = tracking_of(detail.context)
    is_from_ad = not AD_FIELDS.isdisjoint(tracking)
    reply_to, quoted = _reply(payload, detail)
    metadata = _without_empty(
        kind=kind_ if content_type.value != kind_ else None,
        selected_id=first_text(
            fields(payload.get("interactiveresponse")).get("selectedid"),
            detail.selected_id,
            selected_id(detail.content),
        ),
        view_once=detail.view_once or None,
        live_location=(content_type is ContentType.LOCATION and _is_live(payload, detail)) or None,
        location=_location(payload, detail) if content_type is ContentType.LOCATION else None,
        contacts=_contacts(payload, detail) if content_type is ContentType.CONTACT else None,
        content=_kept(detail.content.value) if _is_kept_whole(content_type, kind_) else None,
        filename=first_text(fields(payload.get("media")).get("filename"), detail.filename),
        mimetype=mimetype if media_url is None or not content_type.is_media else None,
        media_url=media_url if not content_type.is_media else None,
        quoted=quoted,
        is_from_ad=is_from_ad or None,
    )
    return Written(
        content_type=content_type,
        text=shown,
        media_url=media_url if content_type.is_media else None,
        media_mimetype=mimetype if content_type.is_media else None,
        mentions=_mentions(payload, detail),
        reply_to=reply_to,
        metadata=metadata,
        tracking=tracking,
        is_from_ad=is_from_ad,
    )


def _body(payload: Fields) -> str | None:
    value = payload.get("body")
    if value is not None and text(value) is None and value != "":
        raise RejectedLine("payload.body is no text", f"it is of type {type(value).__name__}")
    return text(value)


def _content_type(
    payload: Fields, detail: Detail, body: str | None
) -> tuple[ContentType, str | None] | SkippedEvent:
    """And the kind by its name, where the engine has one.

    A kind that is no content type of ours is text when there is text to read, else unsupported. What has
    neither text nor content is no message.
    """
    kind_ = "voice" if detail.kind == "audio" and flag(detail.content.fields.get("ptt")) else detail.kind
    if kind_ in SYSTEM_KINDS:
        return SkippedEvent(f"system entry: {kind_}")
    has_text = bool(body or text_of(detail.content))
    if kind_ in _MEDIA_KINDS:
        # GOWS says of a link with a preview that it is text, though a picture comes with it.
        as_text = detail.is_text and has_text
        return (ContentType.TEXT, "text") if as_text else (CONTENT_TYPES[kind_], kind_)
    if _location(payload, detail):
        return ContentType.LOCATION, kind_
    if kind_ == "contact" or (kind_ is None and items(payload.get("vcards"))):
        return ContentType.CONTACT, kind_
    if kind_ in {None, "text"}:
        return _without_kind(payload, detail, has_text=has_text)
    if has_text if kind_ in TEXT_KINDS else body:
        return ContentType.TEXT, kind_
    return ContentType.UNSUPPORTED, kind_


def _without_kind(
    payload: Fields, detail: Detail, *, has_text: bool
) -> tuple[ContentType, str | None] | SkippedEvent:
    if detail.kind is None or not has_text:
        by_mimetype = _type_of_mimetype(payload)
        if by_mimetype is not None:
            return by_mimetype, by_mimetype.value
        if flag(payload.get("hasmedia")):
            return ContentType.UNSUPPORTED, "media"
    if has_text:
        return ContentType.TEXT, detail.kind
    if detail.view_once:
        return ContentType.UNSUPPORTED, "view once"
    return SkippedEvent("message without content")


def _type_of_mimetype(payload: Fields) -> ContentType | None:
    """Voice messages are Opus in Ogg; stickers are WebP, which no camera makes."""
    media = fields(payload.get("media"))
    mimetype = (text(media.get("mimetype")) or "").lower()
    family, _, format_ = mimetype.partition("/")
    if not format_:
        return None
    if family == "audio":
        return ContentType.VOICE if "opus" in format_ else ContentType.AUDIO
    if mimetype.startswith("image/webp"):
        return ContentType.STICKER
    known = {"image": ContentType.IMAGE, "video": ContentType.VIDEO}
    return known.get(family, ContentType.DOCUMENT)


def _media(payload: Fields, detail: Detail) -> tuple[str | None, str | None]:
    """Address and MIME type. The engine's own address leads to what nobody can open."""
    media = fields(payload.get("media"))
    mimetype = first_text(media.get("mimetype"), detail.mimetype)
    url = first_text(media.get("url"), payload.get("mediaurl"))
    return (url if url and _can_be_opened(url) else None), mimetype


def _can_be_opened(url: str) -> bool:
    try:
        MediaUrl(url)
    except ValidationError:
        return False
    host = urlsplit(url).hostname or ""
    return len(url) <= MAX_URL and not any(
        host == name or host.endswith(f".{name}") for name in _NO_ADDRESS_HOSTS
    )


def _location(payload: Fields, detail: Detail) -> dict[str, Any]:
    told, inside = fields(payload.get("location")), detail.content.fields
    latitude = _coordinate(told.get("latitude"), inside.get("degreeslatitude"), limit=90)
    longitude = _coordinate(told.get("longitude"), inside.get("degreeslongitude"), limit=180)
    if latitude is None or longitude is None:
        return {}
    return _without_empty(
        latitude=latitude,
        longitude=longitude,
        name=first_text(told.get("name"), inside.get("name")),
        address=first_text(told.get("address"), inside.get("address")),
        description=first_text(told.get("description"), inside.get("comment")),
        url=first_text(told.get("url"), inside.get("url")),
    )


def _coordinate(*values: object, limit: int) -> float | None:
    found = (number(value) for value in values)
    return next((float(degrees) for degrees in found if degrees is not None and abs(degrees) <= limit), None)


def _is_live(payload: Fields, detail: Detail) -> bool:
    told = flag(fields(payload.get("location")).get("live"))
    return bool(told) or detail.kind == "live location"


def _contacts(payload: Fields, detail: Detail) -> list[dict[str, Any]]:
    """Every card, with the name that it is shown by."""
    inside = detail.content.fields
    cards = [fields(card) for card in items(inside.get("contacts"))] or [inside]
    found = [
        _without_empty(display_name=text(card.get("displayname")), vcard=text(card.get("vcard")))
        for card in cards
        if text(card.get("vcard"))
    ]
    body = text(payload.get("body")) or ""
    told = [card for card in map(text, items(payload.get("vcards"))) if card]
    if not told and body.startswith("BEGIN:VCARD"):
        told = [body]
    return found or [{"vcard": card} for card in told]


def _reply(payload: Fields, detail: Detail) -> tuple[str | None, dict[str, Any]]:
    """The bare id of the quoted message, and what is told of it: it may be none that is stored."""
    told, context = payload.get("replyto"), detail.context
    parts = fields(told)
    given = parts.get("id") if parts else told
    quoted = message_id(given or context.get("stanzaid") or detail.quoted)
    if quoted is None:
        return None, {}
    body = text(parts.get("body"))
    return quoted.bare, _without_empty(
        message_id=quoted.given if quoted.given != quoted.bare else None,
        participant=jid(parts.get("participant")) or jid(context.get("participant")),
        chat=jid(context.get("remotejid")),
        text=body[:MAX_QUOTE] if body else None,
        has_media=flag(parts.get("hasmedia")) or None,
    )


def _mentions(payload: Fields, detail: Detail) -> tuple[str, ...]:
    for told in (
        payload.get("mentionedids"),
        payload.get("mentionedjid"),
        payload.get("mentionedjidlist"),
        detail.mentions,
        detail.context.get("mentionedjid"),
    ):
        found = [id_ for id_ in map(jid, items(told)) if id_]
        if found:
            return tuple(found[:MAX_MENTIONS])
    return ()


def _is_kept_whole(content_type: ContentType, kind_: str | None) -> bool:
    """What has no place of its own in a message."""
    return content_type is ContentType.UNSUPPORTED or (
        content_type is ContentType.TEXT and kind_ not in {None, "text"}
    )


def _kept(value: Any, depth: int = MAX_KEPT_DEPTH) -> Any:
    """A copy of what can be read in it: no pictures, keys and hashes, and nothing long or deep."""
    if isinstance(value, dict):
        kept = {
            name[:MAX_KEPT_CHARACTERS]: _kept(member, depth - 1)
            for name, member in list(value.items())[:MAX_KEPT_ITEMS]
            if depth and not any(word in name.lower() for word in _BINARY)
        }
        return {name: member for name, member in kept.items() if member not in _EMPTY}
    if isinstance(value, list):
        return [_kept(item, depth - 1) for item in value[:MAX_KEPT_ITEMS]] if depth else None
    if isinstance(value, str):
        return value[:MAX_KEPT_CHARACTERS]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _without_empty(**values: Any) -> dict[str, Any]:
    """Without what is absent or empty; 0 is neither, but a latitude."""
    return {name: value for name, value in values.items() if value not in _EMPTY}
