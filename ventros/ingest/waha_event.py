"""The shape of a WAHA webhook event, as far as it is used; null and absent are the same, all else is ignored.

Engines differ in what they fill in. An own message may come with ``to`` empty and the contact's chat in
``from``, and a person may be addressed by a ``@lid``, which is an alias and not a phone number.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct, field

# false_<chat>_<id>[_<participant>]; a bare id does not match.
_COMPOSED_ID: Final = re.compile(r"(true|false)_([^_@]+@[^_]+)_[^_]+(?:_(.+))?")


class AdReply(Struct, rename="camel"):
    source_type: str | None = None
    source_id: str | None = field(default=None, name="sourceID")
    source_app: str | None = None
    source_url: str | None = field(default=None, name="sourceURL")
    ctwa_clid: str | None = None


class ContextInfo(Struct, rename="camel"):
    conversion_source: str | None = None
    conversion_data: str | None = None
    entry_point_conversion_source: str | None = None
    entry_point_conversion_app: str | None = None
    entry_point_conversion_external_source: str | None = None
    entry_point_conversion_external_medium: str | None = None
    external_ad_reply: AdReply | None = None


class ExtendedText(Struct, rename="camel"):
    text: str | None = None
    context_info: ContextInfo | None = None


class EngineMedia(Struct, rename="camel"):
    lower_url: str | None = field(default=None, name="url")
    upper_url: str | None = field(default=None, name="URL")
    mimetype: str | None = None
    caption: str | None = None
    file_name: str | None = None
    ptt: bool | None = field(default=None, name="PTT")

    @property
    def url(self) -> str | None:
        return self.lower_url or self.upper_url


class Location(Struct, rename="camel"):
    degrees_latitude: float | None = None
    degrees_longitude: float | None = None
    name: str | None = None
    address: str | None = None


class Vcard(Struct, rename="camel"):
    display_name: str | None = None
    vcard: str | None = None


class Content(Struct, rename="camel"):
    """What was written; the engine sets one of these."""

    conversation: str | None = None
    extended_text_message: ExtendedText | None = None
    image_message: EngineMedia | None = None
    video_message: EngineMedia | None = None
    audio_message: EngineMedia | None = None
    document_message: EngineMedia | None = None
    sticker_message: EngineMedia | None = None
    location_message: Location | None = None
    contact_message: Vcard | None = None


class Source(Struct, rename="pascal"):
    """Who wrote it where; the ``alt`` ones are the phone where the other is a lid, and the reverse."""

    chat: str | None = None
    sender: str | None = None
    sender_alt: str | None = None
    recipient_alt: str | None = None


class Info(Source, rename="pascal"):
    type: str | None = None
    media_type: str | None = None
    push_name: str | None = None
    is_from_me: bool | None = None


class Engine(Source, rename="pascal"):
    """A message has its source in ``Info``, a delivery report has it here."""

    info: Info | None = None
    message: Content | None = None


class Payload(Struct, rename="camel"):
    """What messages and delivery reports have in common."""

    id: str | None = None
    timestamp: int | None = None
    sender: str | None = field(default=None, name="from")
    to: str | None = None
    from_me: bool | None = None
    participant: str | None = None
    engine: Engine | None = field(default=None, name="_data")

    @property
    def info(self) -> Info:
        return (self.engine and self.engine.info) or Info()

    @property
    def source(self) -> Source:
        return (self.engine and (self.engine.info or self.engine)) or Source()

    @property
    def composed_id(self) -> tuple[str | None, str | None, str | None]:
        """``true`` for an own message or ``false``, chat and participant, as far as the id tells."""
        match = _COMPOSED_ID.fullmatch(self.id or "")
        return (match[1], match[2], match[3]) if match else (None, None, None)

    @property
    def own(self) -> bool:
        if self.from_me is not None:
            return self.from_me
        return bool(self.info.is_from_me) or self.composed_id[0] == "true"

    @property
    def chats(self) -> tuple[str, ...]:
        """Every id that may be the chat's."""
        ids = (self.sender, self.to, self.source.chat, self.composed_id[1])
        return tuple(id_ for id_ in ids if id_)

    @property
    def group(self) -> str | None:
        return next((id_ for id_ in self.chats if id_.endswith("@g.us")), None)


class Media(Struct):
    """What WAHA stored."""

    url: str | None = None
    mimetype: str | None = None
    filename: str | None = None


class ReplyTo(Struct):
    id: str | None = None


class MessagePayload(Payload, rename="camel"):
    mentioned_jid: list[str] | None = None
    body: str | None = None
    has_media: bool | None = None
    media: Media | None = None
    reply_to: str | ReplyTo | None = None

    @property
    def content(self) -> Content:
        return (self.engine and self.engine.message) or Content()


class AckPayload(Payload, rename="camel"):
    ack: int | None = None
    ack_name: str | None = None


class Me(Struct):
    """The channel's own identity."""

    id: str | None = None
    lid: str | None = None
    jid: str | None = None


class Named(Struct):
    """Enough of any event to tell whether it is ours."""

    event: str | None = None


class Event(Struct):
    id: str | None = None
    timestamp: int | None = None
    session: str | None = None
    me: Me | None = None


class MessageEvent(Event):
    payload: MessagePayload | None = None


class AckEvent(Event):
    payload: AckPayload | None = None
