"""The shape of a WAHA event, as far as it is used; null and absent are the same, all else is ignored."""

from __future__ import annotations

from msgspec import Struct, field


class AdReply(Struct):
    """The fields have the names of MessageFromAdTracked."""

    ad_source_type: str | None = field(default=None, name="sourceType")
    ad_source_id: str | None = field(default=None, name="sourceID")
    ad_source_app: str | None = field(default=None, name="sourceApp")
    ad_source_url: str | None = field(default=None, name="sourceURL")
    ctwa_click_id: str | None = field(default=None, name="ctwaClid")


class ContextInfo(Struct):
    """The fields have the names of MessageFromAdTracked; ``entry_point_source`` is one more."""

    conversion_source: str | None = field(default=None, name="conversionSource")
    conversion_data: str | None = field(default=None, name="conversionData")
    conversion_app: str | None = field(default=None, name="entryPointConversionApp")
    entry_point_source: str | None = field(default=None, name="entryPointConversionSource")
    external_source: str | None = field(default=None, name="entryPointConversionExternalSource")
    external_medium: str | None = field(default=None, name="entryPointConversionExternalMedium")
    ad_reply: AdReply | None = field(default=None, name="externalAdReply")


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


class Location(Struct):
    latitude: float | None = field(default=None, name="degreesLatitude")
    longitude: float | None = field(default=None, name="degreesLongitude")
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


class EngineData(Source, rename="pascal"):
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
    engine: EngineData | None = field(default=None, name="_data")

    @property
    def info(self) -> Info:
        return (self.engine and self.engine.info) or Info()

    @property
    def source(self) -> Source:
        return (self.engine and (self.engine.info or self.engine)) or Source()


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


class EventName(Struct):
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
